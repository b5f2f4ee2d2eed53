"""What is fuzzed of content codings; see targets.py."""

from __future__ import annotations

import zlib

from kirsch.http.codings import IDENTITY, LEVELS, READABLE, CodingError, accepts, choose, decode, encode

MOST = 1 << 20
ACCEPTS = [b"gzip, deflate, br, zstd", b"gzip;q=0.5, *;q=0", b"identity;q=0, br", b"x-gzip;q=.001", b"*"]
ACCEPT_WORDS = [b",", b";", b"=", b"q", b";q=0", b";q=1.5", b"identity", b"zstd", b"br", b"*", b"x-", b"GZIP", b'"']
BODY = b"a body, which is a body, which is a body" * 3
BODIES = [encode("gzip", BODY, 6), encode("zstd", BODY, 3), encode("br", BODY, 5), zlib.compress(BODY)]
BODIES += [BODIES[0] * 3, BODIES[1] * 3, encode("gzip", bytes(100_000), 9)]
BODY_WORDS = [b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x78\x9c", b"\0\0\xff\xff", b"\x03\0", b"\x50\x2a\x4d\x18"]
REFUSED = (CodingError,)


def read_accept(data: bytes) -> str | None:
    """The coding that is chosen."""
    return choose(tuple(LEVELS), data.decode("latin-1"))


def check_accept(data: bytes, chosen: str | None) -> None:
    """It is one that the client takes, and there is none only if it takes none."""
    taken = [name for name in (*LEVELS, IDENTITY) if accepts(name, data.decode("latin-1"))]
    assert chosen in taken or (chosen is None and not taken)


def read_body(data: bytes) -> list[bytes]:
    """What is in it, in each coding that it may be in. CodingError if it is in none."""
    found = []
    for coding in READABLE:
        try:
            found.append(decode(coding, data, MOST))
        except CodingError:
            continue
    if not found:
        raise CodingError
    return found


def check_body(data: bytes, found: list[bytes]) -> None:
    """Not more than there may be."""
    assert all(len(each) <= MOST for each in found)
