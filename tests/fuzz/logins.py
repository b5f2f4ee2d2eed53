"""What is fuzzed of credentials, seals, hashes and addresses to come back to; see targets.py."""

from __future__ import annotations

import re

from kirsch.http.credentials import (
    MOST_PARAMETERS,
    CredentialsError,
    challenge,
    parse_authorization,
    parse_basic,
    parse_challenges,
)
from kirsch.http.digest import parse_digest
from kirsch.http.origins import local_target, parse_origin
from kirsch.http.passwords import Passwords
from kirsch.http.signing import SealError, Signer

SIGNER = Signer([b"k" * 16], "fuzz")
SEALED = SIGNER.seal(b"value", "context", 1.0)
SEEDS = [
    b'Digest username="ada", realm="r", nonce="n", uri="/", response="0", qop=auth, nc=00000001, cnonce="c"',
    b'Digest username*=UTF-8\'\'%c3%a4, realm="r", nonce=n, uri="/", response=0, algorithm=SHA-256, userhash=false',
    b"Basic YWRhOmxvdmVsYWNl",
    b"Basic w6Q6w7Y=",
]
LISTS = [
    *SEEDS,
    b'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple", Negotiate',
]
WORDS = [
    b",", b"=", b'"', b"\\", b'\\"', b" ", b"Basic ", b"Digest ", b"qop=auth", b"nc=", b"username*=", b"UTF-8''", b"==",
    b'","', b"a=b,", b"a=,", b"/+", b"algorithm=MD5-sess",
]  # fmt: skip
HASH_SEED = b"$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"
HASH_WORDS = [b"$", b"=", b",", b"ln=", b"r=1", b"p=", b"v=19", b"scrypt", b"argon2id", b"m=8,t=1,p=1", b"0", b"A" * 30]
ADDRESSES = [b"/page?a=1", b"//evil.example/", b"https://example.com/x", b"https://example.com@evil.example", b"\\\\x"]
ADDRESS_WORDS = [
    b"/",
    b"//",
    b"\\",
    b":",
    b"@",
    b".",
    b"https://",
    b"javascript:",
    b"example.com",
    b"\t",
    b"\n",
    b"%2f",
]
LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def text(data: bytes) -> str:
    """As a header value comes."""
    return data.decode("latin-1")


def check_challenges(data, found):
    """Parameters are few, and what is written of them is read again."""
    for each in found:
        assert len(each.params) <= MOST_PARAMETERS
        assert not (each.token and each.params)
        if each.params and not any(re.search(r"[\x00-\x1f\x7f]", value) for value in each.params.values()):
            again = challenge(each.scheme, each.params.items())
            assert len(again) > 8192 or parse_challenges(again) == [each]


def read_login(data):
    """User and password, or what Digest says."""
    said = parse_authorization(text(data))
    return parse_digest(said) if said.scheme == "digest" else parse_basic(said)


def check_login(data, said):
    """All of it is text."""
    assert all(isinstance(each, (str, bool)) or each is None for each in said)


def check_seal(data, sealed):
    """Nobody makes one by chance."""
    assert data == SEALED.encode()
    assert sealed.value == b"value"


def read_hash(data):
    """Whether the hash is better made anew; and it costs nothing to find out."""
    return Passwords("scrypt").needs_rehash(text(data))


def check_hash(data, answer):
    """It is told."""
    assert answer in (True, False)


def check_address(data, target):
    """It is a path of ours, or None."""
    assert target is None or LOCAL.fullmatch(target)


def check_origin(data, origin):
    """It is told as it is read."""
    assert origin is None or parse_origin(str(origin)) == origin


def read_address(data):
    """A page to come back to."""
    return local_target(text(data), "https://example.com")


REFUSED = (CredentialsError,)
SEAL_REFUSED = (SealError,)
