"""Passwords as they may be kept: hashed slowly, with a salt, as text that says how (the PHC string format).

    $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>     with `pip install kirsch[auth]`
    $scrypt$ln=15,r=8,p=3$<salt>$<hash>              without anything

Both are what OWASP asks for (Password Storage Cheat Sheet, 2025): 19 MiB and two passes, 32 MiB and three. One takes
about 30 ms here, the other 200, which is the point: so at most as many are computed at a time as there are processors.
Whoever would have to wait for longer than `patience` gets Busy.
"""

from __future__ import annotations

import os
import re
import unicodedata
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from importlib.util import find_spec
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST: Final = 1024
"""Characters of a password. More than anybody types, and few enough to be hashed at once."""

PATIENCE: Final = 5.0
MOST_REMEMBERED: Final = 1000

ARGON2: Final = "argon2id"
SCRYPT: Final = "scrypt"
EXTRA: Final = "it needs the package argon2-cffi: pip install 'kirsch[auth]'"

_COSTS: Final = {ARGON2: {"m": 19456, "t": 2, "p": 1}, SCRYPT: {"ln": 15, "r": 8, "p": 3}}
_SALT: Final = 16
_LENGTH: Final = 32

_PHC = re.compile(
    r"\$(argon2(?:id|i|d)|scrypt)(?:\$v=([0-9]{1,3}))?\$([a-z]{1,2}=[0-9]{1,9}(?:,[a-z]{1,2}=[0-9]{1,9}){0,5})"
    r"\$([A-Za-z0-9+/]{11,128})\$([A-Za-z0-9+/]{16,256})"
)
_MOST_MEMORY: Final = 1 << 30
"""Bytes that a hash may ask for, so that one that was smuggled in does not take all there is."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")


class Busy(Exception):
    """So many passwords are being hashed that this one's turn did not come in time. Worth another try later."""


class _Hash(NamedTuple):
    """A hash, read. cost: by the names of the format."""

    kind: str
    cost: dict[str, int]
    salt: bytes
    value: bytes


def prepared(password: str) -> str:
    """The password as it is hashed, however its letters were typed (OpaqueString, RFC 8265 §4.2).

    ValueError for one that is empty, too long, or has control characters.
    """
    if not password:
        raise ValueError("a password has one character at least")
    if len(password) > LONGEST:
        raise ValueError(f"a password has {LONGEST} characters at most")
    if _CONTROL.search(password):
        raise ValueError("a password has no control characters")
    return unicodedata.normalize("NFC", _SPACES.sub(" ", password))


class Passwords:
    """See the module. Any thread may call it at any time.

    kind: argon2id, scrypt, or None for the best there is. at_once: hashes that are computed at the same time; None: as
    many as there are processors. patience: seconds to wait for one's turn.
    """

    def __init__(self, kind: str | None = None, at_once: int | None = None, patience: float = PATIENCE) -> None:
        if kind not in (None, ARGON2, SCRYPT):
            raise ValueError(f"there is no kind of hash {kind!r}; there are {ARGON2} and {SCRYPT}")
        self._kind = kind
        self._patience = patience
        self._turn = BoundedSemaphore(at_once or os.cpu_count() or 1)
        self._lock = Lock()
        self._nobody: str | None = None

    @property
    def kind(self) -> str:
        """What hash() makes."""
        if self._kind is None:
            self._kind = ARGON2 if _has_argon2() else SCRYPT
        return self._kind

    def hash(self, password: str) -> str:
        """The text to be kept, another one each time. ValueError: see prepared(). Raises Busy."""
        raw = prepared(password).encode("utf-8")
        made = _Hash(self.kind, _COSTS[self.kind], os.urandom(_SALT), b"")
        return _text_of(made._replace(value=self._compute(raw, made, _LENGTH)))

    def verify(self, password: str, hashed: str | None) -> bool:
        """Whether this is the password.

        hashed: None if there is no such user: that takes as long as a wrong password, and is False. ValueError for text
        that is no hash, RuntimeError for one that cannot be computed here. Raises Busy.
        """
        known = _parse(hashed if hashed is not None else self._nobodys())
        try:
            raw = prepared(password).encode("utf-8")
        except ValueError:
            raw, hashed = b"-", None
        return _equal(self._compute(raw, known, len(known.value)), known.value) and hashed is not None

    def needs_rehash(self, hashed: str) -> bool:
        """Whether hash() makes something better by now: ask when somebody has just logged in, and keep that."""
        known = _parse(hashed)
        return known.kind != self.kind or known.cost != _COSTS[self.kind] or len(known.value) < _LENGTH

    def _nobodys(self) -> str:
        """A hash that no password has, as expensive as any."""
        with self._lock:
            if self._nobody is None:
                self._nobody = _text_of(_Hash(self.kind, _COSTS[self.kind], os.urandom(_SALT), os.urandom(_LENGTH)))
            return self._nobody

    def _compute(self, raw: bytes, how: _Hash, length: int) -> bytes:
        if not self._turn.acquire(timeout=self._patience):
            raise Busy("too many passwords are being checked at this moment")
        try:
            return _scrypt(raw, how, length) if how.kind == SCRYPT else _argon2(raw, how, length)
        finally:
            self._turn.release()

    def __repr__(self) -> str:
        return f"<Passwords {self.kind}>"


class Remembered:
    """A function that checks passwords, asked once in a while only: `Remembered(check, seconds=60)`.

    For Basic, where each request brings the password and hashing it each time takes too long. Of what was right,
    something that is worth nothing outside of this process is kept in memory; what was wrong is asked for again.
    A password that has been changed or taken away goes on being right until it is forgotten: after `seconds`, or by
    forget(). most: that are kept.
    """

    def __init__(self, check: Callable[..., Any], seconds: float = 60, most: int = MOST_REMEMBERED) -> None:
        self._check = check
        self._seconds = seconds
        self._most = most
        self._key = os.urandom(32)
        self._lock = Lock()
        self._known: dict[bytes, float] = {}

    def __call__(self, *credentials: str) -> Any:
        """What the function says of them; True if it has said so before."""
        from hmac import digest

        parts = [part.encode("utf-8", "surrogatepass") for part in credentials]
        mark = digest(self._key, b"".join([len(part).to_bytes(4, "big") + part for part in parts]), "sha256")
        with self._lock:
            if self._known.get(mark, 0) > monotonic():
                return True
        answer = self._check(*credentials)
        if answer:
            with self._lock:
                self._known.pop(mark, None)
                while len(self._known) >= self._most:
                    del self._known[next(iter(self._known))]
                self._known[mark] = monotonic() + self._seconds
        return answer

    def forget(self) -> None:
        """Ask anew for all."""
        with self._lock:
            self._known.clear()


def _has_argon2() -> bool:
    return find_spec("argon2") is not None


def _equal(one: bytes, other: bytes) -> bool:
    from hmac import compare_digest

    return compare_digest(one, other)


def _scrypt(raw: bytes, how: _Hash, length: int) -> bytes:
    from hashlib import scrypt

    n, r, p = 1 << how.cost["ln"], how.cost["r"], how.cost["p"]
    return scrypt(raw, salt=how.salt, n=n, r=r, p=p, maxmem=128 * r * (n + p + 2) + (1 << 20), dklen=length)


def _argon2(raw: bytes, how: _Hash, length: int) -> bytes:
    try:
        from argon2.low_level import Type, hash_secret_raw
    except ImportError:
        raise RuntimeError(f"a password was hashed by {how.kind}, and {EXTRA}") from None
    kinds = {ARGON2: Type.ID, "argon2i": Type.I, "argon2d": Type.D}
    cost = how.cost
    return hash_secret_raw(raw, how.salt, cost["t"], cost["m"], cost["p"], length, kinds[how.kind])


def _text_of(made: _Hash) -> str:
    version = "" if made.kind == SCRYPT else "$v=19"
    cost = ",".join([f"{name}={value}" for name, value in made.cost.items()])
    return f"${made.kind}{version}${cost}${_to_base64(made.salt)}${_to_base64(made.value)}"


def _parse(text: str) -> _Hash:
    """ValueError without a word of the text: it may be somebody's password."""
    match = _PHC.fullmatch(text)
    if match is None:
        raise ValueError(f"this is no hash that can be read; it begins with ${ARGON2}$ or ${SCRYPT}$")
    kind, version = match[1], match[2]
    cost = {name: int(value) for name, _, value in (pair.partition("=") for pair in match[3].split(","))}
    wanted = _COSTS[SCRYPT if kind == SCRYPT else ARGON2]
    if cost.keys() != wanted.keys() or version not in ((None,) if kind == SCRYPT else ("19",)):
        raise ValueError(f"this hash by {kind} has other parameters than {', '.join(wanted)}, or is of another version")
    if not all(cost.values()) or _memory(kind, cost) > _MOST_MEMORY or max(cost.get("t", 1), cost["p"]) > 100:
        raise ValueError(f"this hash by {kind} costs more than is allowed")
    try:
        return _Hash(kind, cost, _from_base64(match[4]), _from_base64(match[5]))
    except Base64Error:
        raise ValueError(f"the salt or value of this hash by {kind} cannot be read") from None


def _memory(kind: str, cost: dict[str, int]) -> int:
    if kind != SCRYPT:
        return cost["m"] * 1024
    return 128 * cost["r"] << cost["ln"] if cost["ln"] < 32 else _MOST_MEMORY + 1


def _to_base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).rstrip(b"=").decode("ascii")


def _from_base64(text: str) -> bytes:
    return a2b_base64(text + "=" * (-len(text) % 4))
