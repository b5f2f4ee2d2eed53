"""What is not shown to anybody: values whose names say that they are secret, also where they stand inside of text.

A name is judged by its words, so that too much is hidden rather than too little. What cannot be seen here is a secret
under a harmless name.
"""

from __future__ import annotations

import re
from typing import Any, Final

from kirsch.http.urls import unquote

REDACTED: Final = "[redacted]"

LONGEST_NAME: Final = 200
"""Characters of a name; what hides behind a longer one is not looked for."""

DEEPEST: Final = 6
"""How far dicts and lists in a value are followed; what lies deeper is not shown."""

_STEMS = re.compile(
    r"passw|passphrase|secret|token|authoriz|cookie|session|sessid|csrf|xsrf|credential|private|apikey|accesskey|bearer"
)
"""What makes a name secret wherever it stands in one of its words."""

_LAST_WORDS: Final = frozenset({"auth", "jwt", "otp", "pass", "pin", "pwd", "sid"})
"""What makes a name secret as its last word: `db_pass` is, `pass_count` is not."""

_OPEN_KEYS: Final = frozenset({"foreign", "primary", "public", "sort"})
"""Which `…_key` anybody may know; a `key` that is nothing but that is the one of a dict."""

_TELLING_NOTHING: Final = frozenset({"", "None", "True", "False", "''", '""'})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_TOOL = re.compile(r"tools\.\w+\.")

_USERINFO = re.compile(r"(://[^\s:/@'\"]*:)[^\s/]+@")
_CREDENTIALS = re.compile(r"\b(Basic|Bearer|Digest|Negotiate)\s+(?=\S*[A-Z\d=])[\w.~+/=:\-]{8,}")
_NAMED = re.compile(
    r"(?<![\w.\-])(?P<name>[A-Za-z_][\w.\-]*)(?P<close>['\"]?\]?)\s{0,3}(?P<sign>[:=]=?>?|,)[^\S\n]{0,3}"
)
_QUOTED: Final = r"""'(?:[^'\\]|\\.)*+'?|"(?:[^"\\]|\\.)*+"?"""
_QUOTED_VALUE = re.compile(rf"[A-Za-z]{{0,2}}(?:{_QUOTED})", re.DOTALL)
_BRACKET = re.compile(rf"{_QUOTED}|[\[({{<]|[\])}}>]", re.DOTALL)
_BARE = re.compile(r"[^\s,;&'\"\[\](){}<>]+")
_REST_OF_LINE = re.compile(r"[^\n]*")
_LAST_WORD_OF_LINE = re.compile(r"[^\s'\"\[\](){}<>]+(?=[^\S\n]*(?:\n|$))")


def is_secret(name: str) -> bool:
    """Whether the value of this name must not be shown: a variable, a header, a parameter, a cookie, a config key.

    The name of a tool tells nothing of its settings: `tools.sessions.timeout` may be seen.
    """
    if len(name) > LONGEST_NAME:
        return True
    setting = _TOOL.sub("", name, count=1) if name.startswith("tools.") else name
    words = [word.lower() for word in _WORD.findall(setting)]
    if not words:
        return False
    last = words[-1].removesuffix("s") if words[-1] != "pass" else "pass"
    if last == "key":
        return words[-2] not in _OPEN_KEYS if len(words) > 1 else setting != name
    return last in _LAST_WORDS or _STEMS.search("_".join(words)) is not None


def redacted(name: str, value: Any) -> Any:
    """The value as it may be shown under its name; dicts and lists in it are copied, others only looked at as text.

    None, True, False and "" tell nothing and stay what they are.
    """
    if value is None or value is True or value is False or (type(value) is str and not value):
        return value
    return REDACTED if is_secret(name) else _redacted_inside(value, DEEPEST)


def _redacted_inside(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return redacted_text(value)
    if not isinstance(value, (dict, list, tuple)):
        return value
    if depth == 0:
        return REDACTED
    if isinstance(value, dict):
        return {key: _redacted_item(key, each, depth - 1) for key, each in value.items()}
    if is_secret_pair(value):
        return (value[0], REDACTED)
    items = [_redacted_inside(each, depth - 1) for each in value]
    return items if isinstance(value, list) else tuple(items)


def _redacted_item(key: Any, value: Any, depth: int) -> Any:
    if is_secret_key(key):
        return value if value is None or isinstance(value, bool) else REDACTED
    return _redacted_inside(value, depth)


def is_secret_key(key: Any) -> bool:
    """As is_secret, for the key of a dict, which may be anything."""
    if isinstance(key, bytes):
        key = key.decode("latin-1")
    return isinstance(key, str) and is_secret(key)


def is_secret_pair(value: Any) -> bool:
    """Whether this is a name with its secret value, such as one of a list of header fields."""
    return type(value) is tuple and len(value) == 2 and isinstance(value[1], (str, bytes)) and is_secret_key(value[0])


# -- text ------------------------------------------------------------------------------------------------------------


def redacted_text(text: str) -> str:
    """Text without what it says of secrets: `password='…'`, `"token": …`, `Bearer …`, `//user:…@host`.

    Prose after a colon stays, as in `session: it has expired`; a single word after it goes.
    """
    text = _USERINFO.sub(rf"\1{REDACTED}@", text)
    text = _CREDENTIALS.sub(rf"\1 {REDACTED}", text)
    pieces = []
    done = 0
    for match in _NAMED.finditer(text):
        if match.start() >= done and is_secret(match["name"]):
            end = _end_of_value(text, match)
            if text[match.end() : end] not in _TELLING_NOTHING:
                pieces += [text[done : match.end()], REDACTED]
                done = end
    return "".join([*pieces, text[done:]])


def redacted_url(url: str) -> str:
    """A URL without the values of secret parameters, however their names are escaped."""
    path, mark, query = url.partition("?")
    return redacted_text(path) + mark + "&".join([_redacted_field(field) for field in query.split("&")])


def _redacted_field(field: str) -> str:
    name, sign, value = field.partition("=")
    plain = unquote(name.encode("utf-8", "replace")).decode("latin-1")
    return f"{name}={REDACTED}" if value and is_secret(plain) else f"{name}{sign}{redacted_text(value)}"


def _end_of_value(text: str, match: re.Match[str]) -> int:
    """Where the value ends that belongs to this name; where it begins if there is none to be hidden."""
    at = match.end()
    if match["sign"] == ",":  # ("Cookie", "a=1")
        opening = text[max(0, match.start() - 3) : match.start()]
        return _end_of_things(text, at) if opening.endswith(("('", '("', "(b'", '(b"')) and match["close"] else at
    if match["sign"] == ":" and not match["close"] and not text.startswith(("'", '"', "[", "(", "{", "<"), at):
        field = match["name"].lower().endswith(("authorization", "cookie"))
        line = (_REST_OF_LINE if field else _LAST_WORD_OF_LINE).match(text, at)
        return line.end() if line else at
    return _end_of_things(text, at)


def _end_of_things(text: str, at: int) -> int:
    """Past quoted text, brackets with all that is in them, and words, such as the three in `Secret('x')`."""
    while at < len(text):
        thing = _QUOTED_VALUE.match(text, at) or _BARE.match(text, at)
        if thing:
            at = thing.end()
        elif text[at] in "[({<":
            at = _end_of_brackets(text, at)
        else:
            break
    return at


def _end_of_brackets(text: str, at: int) -> int:
    depth = 0
    for match in _BRACKET.finditer(text, at):
        if match[0] in "[({<":
            depth += 1
        elif match[0] in "])}>":
            depth -= 1
            if depth == 0:
                return match.end()
    return len(text)
