"""Errors and redirects made readable: pure functions from words to a content type and bytes.

Whatever comes in is text of unknown origin and goes out escaped. Nothing here tells what software answers, nor anything
of an exception but the traceback that it is handed: in production that is None.
"""

from __future__ import annotations

import json
import re
from binascii import b2a_base64
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.app.errors import HTTPRedirect, InternalRedirect, KirschError
from kirsch.http.accept import best_match, parse_accept
from kirsch.http.urls import quote_path

if TYPE_CHECKING:
    from collections.abc import Sequence

HTML: Final = "text/html;charset=utf-8"
PROBLEM: Final = "application/problem+json"
PLAIN: Final = "text/plain;charset=utf-8"

_KINDS: Final = {"text/html": HTML, PROBLEM: PROBLEM, "application/json": PROBLEM, "text/plain": PLAIN}
"""What is on offer, first choice first, and what is sent for it."""

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_SAFE_LINK = re.compile(r"https?://|(?![A-Za-z][A-Za-z0-9+.\-]*:)", re.IGNORECASE)
"""Addresses that may be clicked: of the web, or without a scheme. `javascript:` is text, not a link."""

_ESCAPES: Final = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#x27;"} | {
    code: "\N{REPLACEMENT CHARACTER}" for code in range(32) if chr(code) not in "\t\n\r"
}

_REDIRECTS: Final = {
    300: "This page is in several places. Choose one:",
    301: "This page has moved for good to",
    302: "This page is for now at",
    303: "The answer is at",
    307: "This page is for now at",
    308: "This page has moved for good to",
}

_STYLE: Final = """\
:root{color-scheme:light dark;--paper:#fff;--ink:#1c1c21;--soft:#686873;--line:#e6e6ea;--accent:#a6183c}
@media(prefers-color-scheme:dark){:root{--paper:#17171b;--ink:#ececf0;--soft:#9c9ca8;--line:#303038;--accent:#ff7d98}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;grid-template-columns:minmax(0,1fr);
place-items:center;padding:2rem 1.5rem;background:var(--paper);color:var(--ink);
font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{width:100%;max-width:36rem}
main.wide{max-width:72rem}
.code{margin:0;font-size:.9375rem;font-weight:600;letter-spacing:.08em;color:var(--accent)}
h1{margin:.25rem 0 .75rem;font-size:clamp(1.75rem,5vw,2.5rem);line-height:1.15;letter-spacing:-.02em;font-weight:650}
p{margin:0 0 1rem;overflow-wrap:anywhere}
pre{margin:1.5rem 0;padding:1rem 1.25rem;overflow:auto;border:1px solid var(--line);border-radius:.5rem;
font:.8125rem/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
footer{margin-top:2rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.8125rem;color:var(--soft)}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;user-select:all}"""
"""Colours are five variables; an application that wants another look names a page of its own (`error_page.default`)."""


_START = b'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>'
_STYLED = f"<style>\n{_STYLE}\n</style>".encode()


class Problem(NamedTuple):
    """What went wrong, in words for the client. traceback: for development only. request_id: also in the log."""

    code: int
    reason: str
    message: str = ""
    traceback: str | None = None
    request_id: str = ""


class ErrorPageFailed(KirschError):
    """A page that the application has for its errors could not be made; the standard one takes its place."""


def render(problem: Problem, accept: str | None = None, unsaid: str = "text/plain") -> tuple[str, bytes]:
    """Content type and body for an error: HTML, JSON (RFC 9457) or text, whichever the client likes best.

    accept: the value of its Accept field. unsaid: what a client gets that names none of the three, such as curl.
    """
    kind = _wanted(accept, unsaid)
    if kind == HTML:
        return HTML, html_page(problem)
    return (PROBLEM, problem_json(problem)) if kind == PROBLEM else (PLAIN, plain_text(problem))


def _wanted(accept: str | None, unsaid: str) -> str:
    if accept:
        named = {element.partition(";")[0] for element, quality in parse_accept(accept) if quality}
        if PROBLEM not in named and any(
            name.endswith("+json") for name in named
        ):  # whoever reads a JSON of its own kind can read ours
            named.add(PROBLEM)
            accept = f"{accept}, {PROBLEM}"
        if not named.isdisjoint(_KINDS):
            unsaid = best_match(tuple(_KINDS), accept) or unsaid
    return _KINDS.get(unsaid, PLAIN)


def html_page(problem: Problem) -> bytes:
    """The page for people: short, in light or dark, without a word about the software behind it."""
    code, reason = problem.code, escape(problem.reason)
    message = f"<p>{escape(problem.message)}</p>\n" if problem.message else ""
    trace = f'<pre id="traceback">{escape(problem.traceback)}</pre>\n' if problem.traceback else ""
    wide = ' class="wide"' if trace else ""
    footer = f"<footer>Request <code>{escape(problem.request_id)}</code></footer>\n" if problem.request_id else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{code} {reason}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
        f"<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<main{wide}>\n"
        f'<p class="code">{code}</p>\n<h1>{reason}</h1>\n{message}{trace}{footer}</main>\n</body>\n</html>\n'
    ).encode("utf-8", "replace")


def style_source() -> str:
    """How a Content-Security-Policy allows the style of that page, and no other."""
    return hash_source(_STYLE)


def hash_source(style: str) -> str:
    """How a Content-Security-Policy allows a style that stands in a page, on lines of its own."""
    import hashlib

    digest = hashlib.sha256(f"\n{style}\n".encode()).digest()
    return f"'sha256-{b2a_base64(digest, newline=False).decode()}'"


def is_html_page(page: object) -> bool:
    """Whether a body is that page."""
    return type(page) is bytes and page.startswith(_START) and _STYLED in page


def problem_json(problem: Problem) -> bytes:
    """Problem details (RFC 9457). `instance` names the request, by its id."""
    details: dict[str, Any] = {"type": "about:blank", "title": problem.reason, "status": problem.code}
    if problem.message:
        details["detail"] = problem.message
    if problem.request_id:
        uuid = _UUID.fullmatch(problem.request_id)
        details["instance"] = f"urn:uuid:{problem.request_id}" if uuid else _reference(problem.request_id)
    if problem.traceback:
        details["traceback"] = problem.traceback.splitlines()
    return json.dumps(details).encode("ascii") + b"\n"


def _reference(request_id: str) -> str:
    return quote_path(request_id.encode("utf-8", "replace").decode("utf-8"))


def plain_text(problem: Problem) -> bytes:
    """The same in a few lines of text."""
    lines = [f"{problem.code} {problem.reason}"]
    if problem.message:
        lines += ["", problem.message]
    if problem.traceback:
        lines += ["", problem.traceback.rstrip("\n")]
    if problem.request_id:
        lines += ["", f"Request {problem.request_id}"]
    return "\n".join([*lines, ""]).encode("utf-8", "replace")


def redirect_body(urls: Sequence[str], status: int = 303) -> bytes:
    """What clients show that do not follow a redirect: a link to each place. urls: as they are sent."""
    words = _REDIRECTS.get(status, "This page is at")
    links = "<br />\n".join([f"{words} {_link(url)}." for url in urls])
    return f'<!DOCTYPE html>\n<html lang="en">\n<title>Redirect</title>\n<p>{links}</p>\n</html>\n'.encode()


def _link(url: str) -> str:
    text = escape(url)
    return f'<a href="{text}">{text}</a>' if _SAFE_LINK.match(url) else text


def custom_page(value: Any, status: str, message: str, traceback: str, version: str) -> bytes:
    """The application's own page for an error: what `error_page.404` or `error_page.default` names.

    value: a file with `%(status)s`, `%(message)s`, `%(traceback)s` and `%(version)s` in it, or a callable that takes
    these by name and returns str, bytes or an iterable of them. All four arrive with HTML escaped. The content type is
    the caller's: it says HTML before the call, so that the callable may say something else.
    Redirects come through; for any other failure it is ErrorPageFailed, with the failure as its cause, to be logged.
    """
    words = {
        "status": escape(status), "message": escape(message), "traceback": escape(traceback), "version": escape(version)
    }  # fmt: skip
    try:
        return _as_bytes(value(**words)) if callable(value) else _filled(value, words)
    except (HTTPRedirect, InternalRedirect):
        raise
    except Exception as error:
        raise ErrorPageFailed(f"the error page {value!r} for {status} failed: {_explained(error, value)}") from error


def _filled(path: Any, words: dict[str, str]) -> bytes:
    with open(path, encoding="utf-8", newline="") as file:
        return (file.read() % words).encode("utf-8", "replace")


def _as_bytes(page: Any) -> bytes:
    if isinstance(page, bytes):
        return page
    if isinstance(page, str):
        return page.encode("utf-8", "replace")
    if isinstance(page, (bytearray, memoryview)):
        return bytes(page)
    if page is None or isinstance(page, dict) or not hasattr(page, "__iter__"):
        raise TypeError(f"it returned {type(page).__name__}; it may return str, bytes or an iterable of them")
    try:
        return b"".join([_as_bytes(piece) for piece in page])
    finally:
        close = getattr(page, "close", None)
        if close is not None:
            close()


def _explained(error: Exception, value: Any) -> str:
    text = f"{type(error).__name__}: {error}"
    if not callable(value) and isinstance(error, (ValueError, TypeError)) and not isinstance(error, UnicodeError):
        text += " (in a page a percent sign that is no %(name)s is written %%)"
    return text


def escape(text: str) -> str:
    """The text as HTML, fit for attributes in either kind of quotes, too."""
    return text.translate(_ESCAPES)
