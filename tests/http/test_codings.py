"""Content codings: what a client takes, and what others make of what we write, and we of what they write."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from contextlib import suppress
from functools import partial
from typing import Any

import brotlicffi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http import codings
from kirsch.http.codings import (
    IDENTITY,
    LEVELS,
    READABLE,
    CodingError,
    Missing,
    accepts,
    choose,
    decode,
    encode,
    encoded,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ALL = ("zstd", "br", "gzip")
FOREIGN = {
    "zstd": (zstd.compress, zstd.decompress),
    "br": (lambda data: brotlicffi.compress(data, quality=5), brotlicffi.decompress),
    "gzip": (gzip.compress, gzip.decompress),
    "deflate": (zlib.compress, zlib.decompress),
}
PIECES = st.lists(st.binary(max_size=300).map(lambda data: data * 7), max_size=8)
MOST = 1 << 20


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, IDENTITY),
        ("", IDENTITY),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("zstd;q=0.5, gzip;q=0.8", "gzip"),
        ("*", "zstd"),
        ("*;q=0.5, br;q=0.1", "zstd"),
        ("zstd;q=0, *", "br"),
        ("gzip;q=0, *;q=0.1", "zstd"),
        ("deflate", IDENTITY),
        ("compress, deflate", IDENTITY),
        ("gzip;q=0", IDENTITY),
        ("gzip, identity", "gzip"),
        ("gzip;q=0.5, identity", IDENTITY),
        ("gzip;q=0.5, identity;q=0.1", "gzip"),
        ("gzip;q=x", IDENTITY),
        ("gzip;q=1, gzip;q=0", IDENTITY),
        ("*;q=0", None),
        ("identity;q=0", None),
        ("identity;q=0, deflate", None),
        ("identity;q=0, gzip;q=0.001", "gzip"),
        ("identity, *;q=0", IDENTITY),
        ("gzip, *;q=0", "gzip"),
    ],
)
def test_choose(accept, expected):
    """The best that both sides like; as it is, if the client does not forbid that."""
    assert choose(ALL, accept) == expected


@given(st.lists(st.tuples(st.sampled_from([*ALL, "x-gzip", "identity", "*", "x"]), st.integers(0, 3)), max_size=6))
def test_what_is_forbidden_is_never_chosen(elements):
    """Whatever is listed with quality 0 is not sent, nor what is not listed beside `*;q=0`."""
    accept = ", ".join(f"{name};q={quality / 3:.2f}" for name, quality in elements)
    forbidden = {name.removeprefix("x-") for name, quality in elements if not quality}
    named = {name.removeprefix("x-") for name, _ in elements}
    chosen = choose(ALL, accept)

    assert chosen is None or (chosen not in forbidden and not ("*" in forbidden and chosen not in named))
    assert chosen is None or chosen == IDENTITY or accepts(chosen, accept)
    assert (chosen is None) is not any(accepts(coding, accept) for coding in (*ALL, IDENTITY))


@given(st.text(max_size=60))
def test_any_text(accept):
    """What a client sends is no trouble, whatever it is."""
    assert choose(ALL, accept) in (*ALL, IDENTITY, None)


def test_a_long_list_is_read_in_linear_time():
    """Only its beginning is looked at."""
    assert choose(ALL, "x;q=0.1," * 100_000 + "gzip") == IDENTITY


@pytest.mark.parametrize("coding", LEVELS)
@given(data=st.binary(max_size=3000), place=st.integers(0, 9))
def test_whole(coding, data, place):
    """Others read what we write, at every level, and it is the same each time."""
    least, most = LEVELS[coding]
    coded = encode(coding, data, level := min(least + place, most))

    assert FOREIGN[coding][1](coded) == data
    assert encode(coding, data, level) == coded


@pytest.mark.parametrize("coding", LEVELS)
@given(pieces=PIECES)
def test_pieces(coding, pieces):
    """Others read what we write piece by piece."""
    assert FOREIGN[coding][1](b"".join(encoded(coding, pieces, 3))) == b"".join(pieces)


READERS: dict[str, Any] = {
    "zstd": lambda: zstd.ZstdDecompressor().decompress,
    "br": lambda: partial(brotlicffi.Decompressor().decompress, output_buffer_limit=MOST),
    "gzip": lambda: zlib.decompressobj(31).decompress,
}


@pytest.mark.parametrize("coding", LEVELS)
def test_each_piece_can_be_read_at_once(coding):
    """Who has received a piece need not wait for the next one to read it."""
    read = READERS[coding]()
    writing = encoded(coding, [b"first", b"", b"second" * 1000], 3)

    assert read(next(writing)) == b"first"
    assert read(next(writing)) == b"second" * 1000


@pytest.mark.parametrize("coding", READABLE)
@given(pieces=PIECES)
def test_read(coding, pieces):
    """We read what others write."""
    data = b"".join(pieces)

    assert decode(coding, FOREIGN[coding][0](data), MOST) == data


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_members(coding):
    """A body may consist of several, one after the other; of a thousand at most."""
    write = FOREIGN[coding][0]

    assert decode(coding, write(b"a") + write(b"") + write(b"b"), MOST) == b"ab"
    with pytest.raises(CodingError, match="more behind the end"):
        decode(coding, write(b"") * 1001, MOST)


@pytest.mark.parametrize("coding", READABLE)
@given(place=st.integers(0, 200), data=st.binary(min_size=100, max_size=400))
def test_what_is_cut(coding, place, data):
    """What has no end is an error, wherever it was cut."""
    coded = FOREIGN[coding][0](data)

    with pytest.raises(CodingError):
        decode(coding, coded[: min(place, len(coded) - 1)], MOST)


@pytest.mark.parametrize("coding", READABLE)
@given(data=st.binary(max_size=200))
def test_what_is_not_coded(coding, data):
    """Nonsense is an error, or by chance something, and never anything else."""
    with suppress(CodingError):
        assert isinstance(decode(coding, data, MOST), bytes)


@pytest.mark.parametrize("coding", READABLE)
def test_a_bomb(coding):
    """No piece is larger than 64 KiB, and it is not unpacked any further than somebody asks for."""
    packed = io.BytesIO(FOREIGN[coding][0](bytes(30_000_000)))
    pieces = codings.decoded(coding, packed.read)
    sizes = [len(next(pieces)) for _ in range(100)]

    assert max(sizes) <= codings.BLOCK
    assert packed.tell() <= 2 * codings.BLOCK
    with pytest.raises(CodingError, match="more than 1048576 bytes"):
        decode(coding, packed.getvalue(), MOST)


@pytest.fixture
def bare(monkeypatch):
    """Nothing is installed beside Python (of a version without zstd)."""
    for name in ("backports", "backports.zstd", "compression", "compression.zstd", "brotlicffi", "brotli", "isal"):
        monkeypatch.setitem(sys.modules, name, None)
    for each in (codings.installed, codings._fast_gzip):
        each.cache_clear()
    yield
    for each in (codings.installed, codings._fast_gzip):
        each.cache_clear()


def test_without_packages(bare):
    """There is gzip, the others say what to install."""
    assert codings.installed() == ("gzip",)
    assert gzip.decompress(encode("gzip", b"data", 5)) == b"data"
    for coding in ("zstd", "br"):
        with pytest.raises(Missing, match=r"pip install 'kirsch\[compress\]'"):
            codings.need(coding)


def test_the_other_brotli(monkeypatch):
    """The package brotli does as well as brotlicffi."""
    monkeypatch.setitem(sys.modules, "brotlicffi", None)
    monkeypatch.setitem(sys.modules, "brotli", brotlicffi)

    assert brotlicffi.decompress(encode("br", b"data", 5)) == b"data"
