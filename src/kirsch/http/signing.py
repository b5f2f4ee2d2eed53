"""Short values with a seal: whoever has not the key can neither make one nor change it; anybody can read it.

    signer = Signer([key], "csrf")
    text = signer.seal(b"value", "session 7")
    signer.open(text, "session 7")  # Sealed(value=b"value", made=…), or SealError

The seal is HMAC-SHA-256 over the purpose, the context, the time and the value. What was sealed for one purpose, or in
one context, is worth nothing in another.
"""

from __future__ import annotations

import hmac
import time
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_KEY: Final = 16
"""Bytes of a key: whoever can guess it can seal."""

LONGEST: Final = 4096
"""Characters of what open() reads."""

_SEAL: Final = 16
"""Bytes of the HMAC that are kept: half of it, which nobody can find by trying (RFC 2104 §5)."""

_TIME: Final = 6
_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = str.maketrans("-_", "+/")


class SealError(ValueError):
    """What was sealed by nobody who has the key, or for something else, or too long ago."""


class Sealed(NamedTuple):
    """What was sealed, and when, in seconds since the epoch."""

    value: bytes
    made: float


class Signer:
    """See the module. keys: the first one seals, all of them open: put a new one in front, and drop the last later.

    purpose: what it is for. A key for it is derived from each, so that one secret serves for several purposes.
    """

    def __init__(self, keys: Sequence[bytes | str], purpose: str) -> None:
        raw = [key.encode() if isinstance(key, str) else bytes(key) for key in keys]
        if not raw or any(len(key) < LEAST_KEY for key in raw):
            raise ValueError(f"a key has {LEAST_KEY} bytes at least, which nobody can guess")
        self._keys = [hmac.digest(key, b"kirsch." + purpose.encode(), "sha256") for key in raw]

    def seal(self, value: bytes = b"", context: str = "", now: float | None = None) -> str:
        """The value with its seal, as letters, digits, `-` and `_`."""
        made = int((time.time() if now is None else now) * 1000)
        body = made.to_bytes(_TIME, "big") + value
        return _to_text(_mac(self._keys[0], context, body) + body)

    def open(self, text: str, context: str = "", most_age: float | None = None, now: float | None = None) -> Sealed:
        """What was sealed. Raises SealError. most_age: in seconds."""
        data = _from_text(text)
        seal, body = data[:_SEAL], data[_SEAL:]
        good = False
        for key in self._keys:  # all of them, always: how long it takes tells nothing
            good |= hmac.compare_digest(_mac(key, context, body), seal)
        if not good:
            raise SealError("the seal is wrong")
        made = int.from_bytes(body[:_TIME], "big") / 1000
        if most_age is not None and (time.time() if now is None else now) - made > most_age:
            raise SealError("it was sealed too long ago")
        return Sealed(body[_TIME:], made)


def told_time(text: str) -> float:
    """When something was sealed by what it says itself, which proves nothing. SealError for what says nothing."""
    return int.from_bytes(_from_text(text)[_SEAL : _SEAL + _TIME], "big") / 1000


def _mac(key: bytes, context: str, body: bytes) -> bytes:
    where = context.encode("utf-8", "surrogatepass")
    return hmac.digest(key, len(where).to_bytes(4, "big") + where + body, "sha256")[:_SEAL]


def _to_text(data: bytes) -> str:
    return b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def _from_text(text: str) -> bytes:
    if len(text) > LONGEST:
        raise SealError(f"it is longer than {LONGEST} characters")
    try:
        data = a2b_base64(text.translate(_FROM_URL).encode("ascii") + b"=" * (-len(text) % 4))
    except (Base64Error, UnicodeEncodeError):
        raise SealError("it cannot be read") from None
    if len(data) < _SEAL + _TIME or _to_text(data) != text:  # each has one spelling only
        raise SealError("it cannot be read")
    return data
