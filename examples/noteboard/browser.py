"""What browsers send, and what may come of it: methods, fields, numbers and cookies, none of which can be trusted."""

from __future__ import annotations

import secrets

import kirsch

YEAR = 365 * 24 * 3600


def allow(*methods: str) -> None:
    """Refuse all methods but these (and HEAD, which is a GET that does not want the body)."""
    if kirsch.request.method not in (*methods, "HEAD"):
        raise kirsch.HTTPError(405, headers={"Allow": ", ".join(methods)})


def one(value: str | list) -> str:
    """A parameter that is to come once: whoever sends it twice gives us a list."""
    if not isinstance(value, str):
        raise kirsch.HTTPError(400, "Something came twice, or with a file in place of its text.")
    return value


def attached(value: object) -> bytes:
    """The bytes of a field with a file; none if it was left empty."""
    if not value:
        return b""
    if not hasattr(value, "file"):
        raise kirsch.HTTPError(400, "Where one file should be, something else came.")
    return value.value


def number_of(text: str | list) -> int:
    """What a path or a query says is a number."""
    text = one(text)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise kirsch.NotFound
    return int(text)


def cookie(name: str) -> str:
    """A cookie of the browser, as it sent it."""
    morsel = kirsch.request.cookie.get(name)
    return morsel.value if morsel else ""


def visitor() -> str:
    """The key by which we know this browser again: the one that it has, or a new one."""
    key = cookie("key")
    return key if len(key) == 22 else secrets.token_urlsafe(16)  # 16 bytes make 22 letters


def remember(name: str, value: str) -> None:
    """Set a cookie that no script and no other site can use."""
    cookies = kirsch.response.cookie
    cookies[name] = value
    cookies[name].update({"path": "/", "max-age": YEAR, "httponly": True, "samesite": "Lax"})
