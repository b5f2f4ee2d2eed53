"""Status codes and their phrases (RFC 9110 §15), and reading what a handler calls a status."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

REASONS: Final[dict[int, str]] = {status.value: status.phrase for status in HTTPStatus} | {
    # Older Pythons know these by the names of RFC 2616 and RFC 4918.
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""The standard phrases, alike on every Python."""

_CLASSES: Final = ("Unknown", "Information", "Success", "Redirection", "Client Error", "Server Error")
_LINE = re.compile(r"([1-5][0-9]{2})(?: (.*))?", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def reason(status: int) -> str:
    """The standard phrase; for a code without one, something like `Unknown Client Error`."""
    known = REASONS.get(status)
    if known is not None:
        return known
    return f"Unknown {_CLASSES[status // 100]}" if 100 <= status <= 599 else _CLASSES[0]


def bodiless(status: int) -> bool:
    """Whether an answer with this status never has a body, whatever the method (RFC 9112 §6.3)."""
    return status in (204, 304) or 100 <= status < 200


def parse_status(value: int | str | bytes | HTTPStatus | None) -> tuple[int, str]:
    """Code and reason of `404`, `'404'`, `'404 Gone Fishing'`, an HTTPStatus, or nothing (200).

    A reason is the caller's own, or the standard phrase. Raises ValueError, fit to be shown to the developer, unless
    the code is 100 to 599 and the reason free of control characters (response splitting).
    """
    if value is None:
        return 200, "OK"
    if isinstance(value, int):
        code = int(value)
        if code in REASONS:
            return code, REASONS[code]
        if 100 <= code <= 599:
            return code, reason(code)
        raise ValueError(f"the status {code} is not between 100 and 599")
    if isinstance(value, (str, bytes)):
        return _parse_line(value if isinstance(value, str) else value.decode("latin-1"))
    raise ValueError(f"{value!r} is not a status: write 404, '404' or '404 Not Found'")


def _parse_line(text: str) -> tuple[int, str]:
    if not text:
        return 200, "OK"
    match = _LINE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:80]!r} is not a status: write three digits from 100 to 599, a blank and the reason")
    code = int(match[1])
    own = (match[2] or "").strip(" \t")
    if _CONTROL.search(own):
        raise ValueError(f"the reason {own[:80]!r} of status {code} has a control character")
    return code, own or reason(code)
