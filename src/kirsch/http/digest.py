"""The sums of HTTP Digest (RFC 7616, and 2617 for those who know no better), and the nonces that a server hands out.

    HA1 = H(user:realm:password), of a session H(HA1:nonce:cnonce)      HA2 = H(method:uri[:H(body)])
    response = H(HA1:nonce:nc:cnonce:qop:HA2)

SHA-512-256 is the algorithm of FIPS 180-4. The example in RFC 7616 §3.9.2 cuts SHA-512 short instead (erratum 4897).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.http.credentials import Credentials, CredentialsError, decode
from kirsch.http.media import decode_extended
from kirsch.http.signing import SealError, Signer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AUTH: Final = "auth"
AUTH_INT: Final = "auth-int"
QOPS: Final = (AUTH, AUTH_INT)

_HASHES: Final = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
ALGORITHMS: Final = (*_HASHES, *(f"{name}-sess" for name in _HASHES))
_BY_NAME: Final = {name.lower(): name for name in ALGORITHMS}

_NC = re.compile(r"[0-9A-Fa-f]{8}")
_REQUIRED: Final = ("realm", "nonce", "uri", "response")
_RANDOM: Final = 9
"""Bytes that tell the nonces of one moment apart: each client counts its own."""


def algorithm_named(name: str) -> str:
    """As it is spelled, of a name in any case. ValueError for one that nobody here can compute."""
    known = _BY_NAME.get(name.lower())
    if known is None:
        raise ValueError(f"there is no digest algorithm {name!r}; there are {', '.join(ALGORITHMS)}")
    hashed(known, b"")
    return known


def base_of(algorithm: str) -> str:
    """The algorithm that a password is hashed with."""
    return algorithm.removesuffix("-sess")


def hashed(algorithm: str, data: bytes | str) -> str:
    """H(data), in hexadecimal digits. Text is UTF-8."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    # MD5 is what the protocol asks for, and a build for FIPS allows it if one says that nothing leans on it
    return hashlib.new(_HASHES[base_of(algorithm)], raw, usedforsecurity=False).hexdigest()


def ha1(algorithm: str, username: str, realm: str, password: str) -> str:
    """What a server keeps of a password: as good as the password itself for this realm, so keep it as well."""
    return hashed(algorithm, f"{username}:{realm}:{password}")


class Digest(NamedTuple):
    """What a client says in the field Authorization. username: as said, which is a hash if `userhash`.

    qop "": of RFC 2617, without cnonce and count. charset: that names were decoded by.
    """

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: str = "MD5"
    cnonce: str = ""
    opaque: str | None = None
    qop: str = ""
    nc: str = ""
    userhash: bool = False

    @property
    def number(self) -> int:
        """Which request with this nonce it is, by the client."""
        return int(self.nc, 16) if self.nc else 0

    def expected(self, known_ha1: str, method: str, body_hash: str = "") -> str:
        """The response that a client would give who knows the password. body_hash: of the body, for auth-int."""
        algorithm, nonce = self.algorithm, self.nonce
        if algorithm.endswith("-sess"):
            known_ha1 = hashed(algorithm, f"{known_ha1}:{nonce}:{self.cnonce}")
        about_body = f":{body_hash}" if self.qop == AUTH_INT else ""
        ha2 = hashed(algorithm, f"{method}:{self.uri}{about_body}")
        if not self.qop:
            return hashed(algorithm, f"{known_ha1}:{nonce}:{ha2}")
        return hashed(algorithm, f"{known_ha1}:{nonce}:{self.nc}:{self.cnonce}:{self.qop}:{ha2}")

    def fits(self, known_ha1: str, method: str, body_hash: str = "") -> bool:
        """Whether the client has shown that it knows the password. Takes as long whatever it has sent."""
        expected = self.expected(known_ha1.lower(), method, body_hash).encode("ascii")
        return hmac.compare_digest(expected, self.response.lower().encode("utf-8", "surrogatepass"))


def parse_digest(credentials: Credentials, charset: str = "utf-8") -> Digest:
    """What a client says. Raises CredentialsError for what is missing, or does not go together (RFC 7616 §3.4)."""
    params = credentials.params
    missing = [name for name in _REQUIRED if name not in params]
    if missing:
        raise CredentialsError(f"Digest lacks {', '.join(missing)}")
    try:
        algorithm = algorithm_named(params.get("algorithm", "MD5"))
    except ValueError as error:
        raise CredentialsError(str(error)) from None
    qop = params.get("qop", "").lower()
    _check_quality(params, qop, algorithm)
    return Digest(
        _username(params, charset),
        _text(params["realm"], charset),
        params["nonce"],
        params["uri"],
        params["response"],
        algorithm,
        _text(params.get("cnonce", ""), charset),
        params.get("opaque"),
        qop,
        params.get("nc", ""),
        params.get("userhash", "").lower() == "true",
    )


def _check_quality(params: Mapping[str, str], qop: str, algorithm: str) -> None:
    if qop not in ("", *QOPS):
        raise CredentialsError(f"there is no qop {qop[:40]!r}")
    if qop and not params.get("cnonce"):
        raise CredentialsError("Digest with a qop needs a cnonce")
    if qop and not _NC.fullmatch(params.get("nc", "")):
        raise CredentialsError("Digest with a qop needs an nc of eight hexadecimal digits")
    if not qop and ("nc" in params or ("cnonce" in params and not algorithm.endswith("-sess"))):
        raise CredentialsError("Digest with a cnonce or nc needs a qop")


def _username(params: Mapping[str, str], charset: str) -> str:
    plain, extended = params.get("username"), params.get("username*")
    if (plain is None) is (extended is None):
        raise CredentialsError("Digest needs a username, or a username*, and not both")
    if plain is not None:
        return _text(plain, charset)
    name = decode_extended(extended or "")
    if name is None or params.get("userhash", "").lower() == "true":
        raise CredentialsError("the username* of Digest cannot be read, or is not allowed with userhash")
    return decode(name.encode("utf-8"), "utf-8")


def _text(value: str, charset: str) -> str:
    """What came as raw bytes, latin-1 in our hands."""
    try:
        return value if value.isascii() else decode(value.encode("latin-1"), charset)
    except UnicodeEncodeError:  # it did not come by the wire
        return value


class Nonces:
    """Makes nonces, and knows them again: a time and some random bytes, sealed for one realm, kept nowhere.

    keys: the first one makes them, see Signer.
    """

    def __init__(self, keys: Sequence[bytes | str], realm: str) -> None:
        # Keys of applications have been short for years; what is sealed here is not worth the guessing.
        self._signer = Signer([hashlib.sha256(_raw(key)).digest() for key in keys], "digest nonce")
        self._realm = realm
        self.opaque = hashed("SHA-256", f"opaque:{realm}")[:32]  # not of the key, which may change

    def make(self, now: float | None = None) -> str:
        """Another one."""
        return self._signer.seal(os.urandom(_RANDOM), self._realm, now)

    def made(self, nonce: str) -> float | None:
        """When it was made, in seconds since the epoch; None if not by us."""
        try:
            return self._signer.open(nonce, self._realm).made
        except SealError:
            return None


def _raw(key: Any) -> bytes:
    return key.encode() if isinstance(key, str) else bytes(key)
