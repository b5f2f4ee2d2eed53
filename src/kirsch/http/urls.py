"""The parts of a URL: target, path, host; percent-encoding both ways; putting references and paths together.

A path is decoded once, and so that nothing is lost: in the text, `%2F` is a slash that belongs to a segment's data, and
the three characters "%2F", should a client ever mean them, stand as `%252F`. So every path has one text and every text
one path, `split_target` and `quote_path` undo each other, and turning `%2F` into a slash never decodes twice.

Nothing here needs `urllib.parse`, which would cost 5 ms at import and does not know the rule above.
"""

from __future__ import annotations

import re
from binascii import a2b_qp

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ESCAPED_SLASH = re.compile(rb"%2[Ff]")
_LOOKS_LIKE_SLASH = re.compile(r"%(?=(?:25)*2[Ff])")
_PLAIN = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/]*")
_TO_QUOTE = re.compile(r"(%2[Ff]|%25(?=(?:25)*2[Ff]))|%|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]+")
_REFERENCE = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_HOSTLIKE = re.compile(r"/[\t\n\r]*[/\\][/\\\t\n\r]*")
"""What browsers take for the two slashes before a host: a backslash is a slash, a tab or line end nothing."""

_NAME = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2}){1,255}+"
_PORT = r"[0-5]?[0-9]{0,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_HOST = re.compile(rf"({_NAME}|\[[0-9A-Fa-f:.]{{2,45}}\])(?::({_PORT}))?".encode("ascii"))
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_BYTE}(?:\.{_BYTE}){{3}}".encode("ascii"))


def unquote(data: bytes) -> bytes:
    """Percent-decode; a `%` without two hexadecimal digits stays as it is.

    PERF: quoted-printable is the same with `=`, and binascii decodes it in C: 3 to 20 times faster than a loop, and
    without an object per escape. All that is left to do is to escape what is no escape.
    """
    if b"%" not in data:
        return data
    return a2b_qp(_BAD_ESCAPE.sub(b"%25", data).replace(b"=", b"=3D").replace(b"%", b"="))


def split_target(target: bytes) -> tuple[str, str]:
    """Path, decoded by the rule at the top of this module, and raw query of a target in origin-form.

    Bytes are UTF-8, or else latin-1, all of the path alike. Raises ValueError for a NUL and for a `%` that
    is not followed by two hexadecimal digits: the client's fault (400).
    """
    path, _, query = target.decode("latin-1").partition("?")
    if "%" in path or "\0" in path or not path.isascii():
        path = _decode_path(path.encode("latin-1"))
    return path, query


def _decode_path(path: bytes) -> str:
    if _BAD_ESCAPE.search(path):
        raise ValueError("the path has a % that is not followed by two hexadecimal digits")
    pieces = [unquote(piece) for piece in _ESCAPED_SLASH.split(path)]
    if any(b"\0" in piece for piece in pieces):
        raise ValueError("the path has a NUL in it")
    try:
        texts = [piece.decode("utf-8") for piece in pieces]
    except UnicodeDecodeError:
        texts = [piece.decode("latin-1") for piece in pieces]
    return "%2F".join([_LOOKS_LIKE_SLASH.sub("%25", text) if "%" in text else text for text in texts])


def quote_path(path: str) -> str:
    """The path as it stands in a URL: what `split_target` reads back as the same text.

    Raises UnicodeEncodeError (a ValueError) for half a surrogate pair.
    """
    if _PLAIN.fullmatch(path):
        return path
    return _TO_QUOTE.sub(_quoted, path)


def _quoted(match: re.Match[str]) -> str:
    if match[1]:
        return match[1]
    return "".join([f"%{byte:02X}" for byte in match[0].encode("utf-8")])


def join(base: str, url: str) -> str:
    """The URL that a reference means when it stands on the page `base` (RFC 3986 §5.2).

    A URL with a scheme comes back as it is. Without a host the result never begins with two slashes, nor with what a
    browser takes for them: no path can turn into a host.
    """
    scheme, host, path, query, fragment = _parts(url)
    if scheme is not None:
        return url
    scheme, base_host, base_path, base_query, _ = _parts(base)
    if host is None:
        host = base_host
        if not path:
            path, query = base_path, query or base_query
        elif not path.startswith("/"):
            path = base_path[: base_path.rfind("/") + 1] + path if base_path or host is None else f"/{path}"
    path = _without_dots(path)
    if host is None:
        path = _hostless(path)
    return f"{f'{scheme}:' if scheme else ''}{'' if host is None else f'//{host}'}{path}{query}{fragment}"


def _parts(url: str) -> tuple[str | None, str | None, str, str, str]:
    """Scheme, host, path, query with its `?`, fragment with its `#` (RFC 3986, appendix B)."""
    match = _REFERENCE.fullmatch(url)
    assert match is not None  # the pattern takes any text
    return match[1], match[2], match[3], match[4] or "", match[5] or ""


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4; never climbs above the root."""
    if "." not in path:
        return path
    segments = path.split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            if kept and kept != [""]:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _hostless(path: str) -> str:
    """The path with one slash where a browser would see two, and a host after them."""
    match = _HOSTLIKE.match(path)
    return f"/{path[match.end() :]}" if match else path


def normalize_path(path: str) -> str:
    """The path without dot segments, and where there were any, without empty ones; it never begins with two slashes.

    `..` does not climb above the root. A slash at the end stays, and one is put where a dot segment stood there.
    """
    path = _hostless(path)
    if "." not in path:
        return path
    segments = path.split("/")
    if "." not in segments and ".." not in segments:
        return path
    kept: list[str] = []
    for raw in segments:
        segment = raw if kept else raw.lstrip("\\\t\n\r")  # the first must not make a host of itself, see _HOSTLIKE
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    root = "/" if path.startswith("/") else ""
    end = "/" if kept and segments[-1] in ("", ".", "..") else ""
    return root + "/".join(kept) + end


def relative(from_path: str, to_path: str) -> str:
    """The reference that leads from one page to another on the same host; `to_path` may have a query."""
    path, mark, query = to_path.partition("?")
    here, there = from_path.split("/")[:-1], path.split("/")
    shared = 0
    for one, other in zip(here, there[:-1], strict=False):
        if one != other:
            break
        shared += 1
    steps = [".."] * (len(here) - shared) + there[shared:]
    if shared and (steps[0] == "" or ":" in steps[0]):
        steps.insert(0, ".")  # else it would be read as nothing, as a path from the root, or as a scheme
    return "/".join(steps) + mark + query


def valid_host(value: bytes) -> bool:
    """Whether this is a host with an optional port (RFC 9110 §7.2, RFC 3986 §3.2.2); an empty one is not."""
    match = _HOST.fullmatch(value)
    return match is not None and (value[:1] != b"[" or _is_ipv6(match[1][1:-1]))


def split_host(host: bytes | str) -> tuple[str, int | None]:
    """Name, in lower case, and port of `Example.com:8080` or `[::1]`, which keeps its brackets.

    Raises ValueError for what is no host: the client's fault (400). Without a port, or with an empty one: None.
    """
    value = host if isinstance(host, bytes) else host.encode("latin-1", "replace")
    match = _HOST.fullmatch(value)
    if match is None or (value[:1] == b"[" and not _is_ipv6(match[1][1:-1])):
        raise ValueError(f"{host[:100]!r} is not a host with an optional port")
    return match[1].decode("ascii").lower(), int(match[2]) if match[2] else None


def _is_ipv6(text: bytes) -> bool:
    """Whether these hexadecimal digits, colons and dots are an address: eight words, or fewer with one `::`.

    Not a pattern: one that says all of it takes 4 ms to compile, at every start.
    """
    left, gap, right = text.partition(b"::")
    words = [*(left.split(b":") if left else ()), *(right.split(b":") if right else ())]
    count = len(words)
    if words and b"." in words[-1] and (right or not gap):
        if not _IPV4.fullmatch(words.pop()):
            return False
        count += 1
    return (count <= 7 if gap else count == 8) and all(len(word) in (1, 2, 3, 4) and b"." not in word for word in words)
