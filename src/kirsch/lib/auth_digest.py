"""`cherrypy.lib.auth_digest`: what is in `kirsch.toolbox.auth_digest` and `kirsch.http.digest`, under the old names.

Nonces are the tool's, whoever makes them here: sealed, with their time inside.
"""

from __future__ import annotations

import time
from typing import Any, Final

from kirsch.http.credentials import challenge, parse_authorization
from kirsch.http.digest import ALGORITHMS, AUTH, AUTH_INT, QOPS, Nonces, algorithm_named, hashed, parse_digest
from kirsch.http.signing import SealError, told_time
from kirsch.toolbox.auth_digest import (
    BARE,
    digest_auth,
    get_ha1_dict,
    get_ha1_dict_plain,
    get_ha1_file_htdigest,
)

__all__ = [
    "DEFAULT_CHARSET", "H", "HttpDigestAuthorization", "digest_auth", "get_ha1_dict", "get_ha1_dict_plain",
    "get_ha1_file_htdigest", "md5_hex", "qop_auth", "qop_auth_int", "synthesize_nonce", "valid_algorithms",
    "valid_qops", "www_authenticate",
]  # fmt: skip

DEFAULT_CHARSET: Final = "UTF-8"
qop_auth, qop_auth_int, valid_qops, valid_algorithms = AUTH, AUTH_INT, QOPS, ALGORITHMS


def md5_hex(s: str) -> str:
    """MD5 of text in UTF-8, in hexadecimal digits."""
    return hashed("MD5", s)


H = md5_hex


def synthesize_nonce(s: str, key: str, timestamp: float | None = None) -> str:
    """A nonce for realm `s`. timestamp: in seconds, by default now."""
    return Nonces([key], s).make(timestamp)


def www_authenticate(
    realm: str,
    key: str,
    algorithm: str = "MD5",
    nonce: str | None = None,
    qop: str = qop_auth,
    **more: Any,
) -> str:
    """The value of a field WWW-Authenticate. ValueError for an algorithm or qop that there is not.

    more: `stale` and `accept_charset`.
    """
    accept_charset = more.pop("accept_charset", DEFAULT_CHARSET)
    stale = more.pop("stale", False)
    if more:
        raise TypeError(f"www_authenticate() knows no {', '.join(more)}")
    if qop not in valid_qops:
        raise ValueError(f"there is no qop {qop!r}; there are {', '.join(valid_qops)}")
    params = [("realm", realm), ("nonce", nonce or synthesize_nonce(realm, key))]
    params += [("algorithm", algorithm_named(algorithm)), ("qop", qop)]
    params += [("stale", "true")] if stale else []
    params += [("charset", accept_charset)] if accept_charset.upper() != "ISO-8859-1" else []
    return challenge("Digest", params, BARE)


class HttpDigestAuthorization:
    """What a client says in the field Authorization. ValueError for what is not by the rules."""

    def __init__(
        self, auth_header: str, http_method: str, debug: bool = False, accept_charset: str = DEFAULT_CHARSET
    ) -> None:
        if not self.matches(auth_header):
            raise ValueError("this is not of the scheme Digest")
        self.http_method = http_method
        self.debug = debug
        self.auth_header = auth_header
        self._said = said = parse_digest(parse_authorization(auth_header), accept_charset)
        self.realm, self.username, self.nonce, self.uri = said.realm, said.username, said.nonce, said.uri
        self.method, self.response, self.algorithm = http_method, said.response, said.algorithm
        self.cnonce, self.qop, self.nc = said.cnonce or None, said.qop or None, said.nc or None
        self.opaque = said.opaque

    @classmethod
    def matches(cls, header: str) -> bool:
        """Whether a value is of the scheme Digest."""
        return header.partition(" ")[0].lower() == "digest"

    def validate_nonce(self, s: str, key: str) -> bool:
        """Whether the nonce was made for realm `s` with this key."""
        return Nonces([key], s).made(self.nonce) is not None

    def is_nonce_stale(self, max_age_seconds: float = 600) -> bool:
        """Whether it is older, by what it says itself: ask validate_nonce(), too."""
        try:
            return time.time() - told_time(self.nonce) > max_age_seconds
        except SealError:
            return True

    def HA2(self, entity_body: str | bytes = "") -> str:
        """The sum of method and address, and under auth-int of the body."""
        body = f":{hashed(self.algorithm, entity_body)}" if self.qop == qop_auth_int else ""
        return hashed(self.algorithm, f"{self.http_method}:{self.uri}{body}")

    def request_digest(self, ha1: str, entity_body: str | bytes = "") -> str:
        """The response that a client gives who knows the password."""
        return self._said.expected(ha1, self.http_method, hashed(self.algorithm, entity_body))
