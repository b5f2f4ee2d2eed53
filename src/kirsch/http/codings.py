"""Content codings (RFC 9110 §8.4.1): which one a client wants, and bytes into zstd, br and gzip and out of them.

gzip is always there; zstd is with Python 3.14 or the package backports.zstd, br with brotlicffi or brotli. Reading what
a client sent keeps to pieces of bounded size, so that nothing swells in memory; how many there may be is for the caller
to say. What is made from the same bytes is the same each time: there is no date in a gzip header.
"""

from __future__ import annotations

import sys
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from kirsch.http.accept import parse_accept
from kirsch.http.media import LONGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

IDENTITY: Final = "identity"
LEVELS: Final = {"zstd": (1, 19), "br": (0, 11), "gzip": (0, 9)}
"""The codings that can be made, the best first, each with its lowest and highest level.

zstd has more, but their windows are larger than clients need to have (RFC 9659).
"""

USUAL_LEVELS: Final = {"zstd": 3, "br": 4, "gzip": 5}
"""For what is made while the client waits."""

READABLE: Final = ("zstd", "br", "gzip", "deflate")
"""The codings that can be read."""

BLOCK: Final = 64 * 1024
MOST_MEMBERS: Final = 1000
"""How many members a gzip body, or frames a zstd body, may consist of: an empty one costs a client 20 bytes."""

_ALIASES: Final = {"x-gzip": "gzip"}
_GZIP: Final = 31
"""For zlib: the header of gzip, and a window of 32 KB."""

_UNNAMED: Final = 0.0001
"""The quality of `identity` where the client says nothing of it: below all that it names."""

_WINDOW: Final = 17
"""The window of a stream, as a power of two: many may be open at a time, and memory grows with it."""

_TABLES: Final = 14
"""The tables of a zstd stream, likewise: 107 KB for each stream instead of 840, and 1 % more to send."""


class CodingError(ValueError):
    """What was sent is not what its coding says."""


class Missing(ValueError):
    """A coding for which a package must be installed: the message says which."""


# -- choosing --------------------------------------------------------------------------------------------------------


def coding_name(name: str) -> str:
    """The usual name of a coding, in lower case."""
    name = name.strip(" \t").lower()
    return _ALIASES.get(name, name)


def choose(offers: Sequence[str], accept: str | None) -> str | None:
    """The coding to send of those on offer, or `identity`; None if the client excludes that, too (406).

    accept: Accept-Encoding; None, without the field, is `identity`: RFC 9110 §12.5.3 would allow anything then, but
    such clients seldom can. At equal quality the first offer goes first, and `identity` last; so it does where it is
    not named.
    """
    if accept is None:
        return IDENTITY
    return _choose(tuple(offers), accept[:LONGEST])


@lru_cache(256)  # PERF: a look-up instead of 5 µs
def _choose(offers: tuple[str, ...], accept: str) -> str | None:
    listed = qualities(accept)
    best, quality = IDENTITY, listed.get(IDENTITY, listed.get("*", _UNNAMED))
    for offer in reversed(offers):
        wanted = listed.get(offer, listed.get("*", 0.0))
        if wanted and wanted >= quality:
            best, quality = offer, wanted
    return best if quality else None


def accepts(coding: str, accept: str | None) -> bool:
    """Whether a client would take this coding at all."""
    if accept is None:
        return True
    listed = qualities(accept)
    return listed.get(coding, listed.get("*", float(coding == IDENTITY))) > 0


def qualities(accept: str) -> Mapping[str, float]:
    """Of each coding that an Accept-Encoding names; the lowest, if one is named twice: what is excluded is not sent."""
    return _qualities(accept[:LONGEST])


@lru_cache(256)
def _qualities(accept: str) -> Mapping[str, float]:
    listed: dict[str, float] = {}
    for text, quality in parse_accept(accept):
        name = coding_name(text.partition(";")[0])
        listed[name] = min(quality, listed.get(name, 1.0))
    return listed


# -- what is installed -----------------------------------------------------------------------------------------------


def need(coding: str) -> None:
    """Raise Missing if nothing is installed that knows the coding."""
    if coding == "zstd":
        _zstd()
    elif coding == "br":
        _brotli()


@lru_cache(1)
def installed() -> tuple[str, ...]:
    """Those of LEVELS for which everything is there, in that order."""
    found = []
    for coding in LEVELS:
        try:
            need(coding)
        except Missing:
            continue
        found.append(coding)
    return tuple(found)


def _zstd() -> Any:
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:
        raise Missing("zstd needs the package backports.zstd: pip install 'kirsch[compress]'") from None
    return zstd


def _brotli() -> Any:
    try:
        import brotlicffi as brotli
    except ImportError:
        try:
            import brotli
        except ImportError:
            raise Missing("br needs the package brotlicffi: pip install 'kirsch[compress]'") from None
    return brotli


@lru_cache(1)
def _fast_gzip() -> Any:
    """What writes gzip at levels up to 6: isal, where it is installed, is six times as fast as zlib."""
    try:
        from isal import isal_zlib
    except ImportError:
        return None
    return isal_zlib


def _gzip(level: int) -> tuple[Any, int]:
    """The module to use for a level, and the level by its own count."""
    fast = _fast_gzip() if 1 <= level <= 6 else None
    return (zlib, level) if fast is None else (fast, 1 if level < 3 else 2)


# -- writing ---------------------------------------------------------------------------------------------------------


def encode(coding: str, data: bytes, level: int) -> bytes:
    """All of the data in a coding of LEVELS."""
    coded: bytes
    if coding == "gzip":
        module, level = _gzip(level)
        coded = module.compress(data, level, _GZIP)
    elif coding == "zstd":
        coded = _zstd().compress(data, level)
    else:
        coded = _brotli().compress(data, quality=level)
    return coded


def encoded(coding: str, pieces: Iterable[bytes], level: int) -> Iterator[bytes]:
    """Pieces in a coding. Whoever has received one that was given can read all that went into it."""
    writer = _WRITERS[coding](level)
    for piece in pieces:
        if piece:
            yield writer.write(piece)
    yield writer.finish()


class Writer(NamedTuple):
    """write: a piece, coded and flushed. finish: what comes behind the last one."""

    write: Callable[[bytes], bytes]
    finish: Callable[[], bytes]


def _gzip_writer(level: int) -> Writer:
    module, level = _gzip(level)
    coder = module.compressobj(level, zlib.DEFLATED, _GZIP)
    return Writer(lambda data: coder.compress(data) + coder.flush(zlib.Z_SYNC_FLUSH), coder.flush)


def _zstd_writer(level: int) -> Writer:
    zstd = _zstd()
    names = zstd.CompressionParameter
    sizes = {names.window_log: _WINDOW, names.hash_log: _TABLES, names.chain_log: _TABLES}
    coder = zstd.ZstdCompressor(options={names.compression_level: level, **sizes})
    return Writer(lambda data: coder.compress(data, coder.FLUSH_BLOCK), coder.flush)


def _brotli_writer(level: int) -> Writer:
    coder = _brotli().Compressor(quality=level, lgwin=_WINDOW)
    return Writer(lambda data: coder.process(data) + coder.flush(), coder.finish)


_WRITERS: Final = {"gzip": _gzip_writer, "zstd": _zstd_writer, "br": _brotli_writer}


# -- reading ---------------------------------------------------------------------------------------------------------


class Reader(Protocol):
    """What undoes one member of a coding: decompress() gives at most so many bytes, and what is left waits inside."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing comes before more is put in."""

    @property
    def unused_data(self) -> bytes:
        """What came behind the end of the member."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Put in more data, and take out what there is. It may raise errors of its own module."""


def decode(coding: str, data: bytes, most: int) -> bytes:
    """All of what is in the data. CodingError if it is not in that coding, or has more than `most` bytes."""
    start = 0

    def read(size: int) -> bytes:
        nonlocal start
        start += size
        return data[start - size : start]

    pieces, total = [], 0
    for piece in decoded(coding, read):
        total += len(piece)
        if total > most:
            raise CodingError(f"more than {most} bytes come out of what is in {coding}")
        pieces.append(piece)
    return b"".join(pieces)


def decoded(coding: str, read: Callable[[int], bytes]) -> Iterator[bytes]:
    """What is in a body of one of READABLE, in pieces of BLOCK bytes at most. CodingError where it is broken.

    read: gives up to so many bytes of it, b"" at its end.
    """
    reader = _READERS[coding]()
    members, waiting, ended = 1, b"", False
    while True:
        if not waiting and not ended and (reader.eof or reader.needs_input):
            waiting = read(BLOCK)
            ended = not waiting
        if reader.eof:
            waiting = reader.unused_data + waiting
            if not waiting and ended:
                return
            if waiting:
                members += 1
                if members > MOST_MEMBERS or coding not in _OF_MEMBERS:
                    raise CodingError(f"there is more behind the end of what is in {coding}")
                reader = _READERS[coding]()
            continue
        try:
            piece = reader.decompress(waiting, BLOCK)
        except Exception:  # each module has errors of its own
            raise CodingError(f"this is not in {coding}") from None
        waiting = b""
        if piece:
            yield piece
        elif ended and not reader.eof:
            raise CodingError(f"the end of what is in {coding} is missing")


class _Inflate:
    """A Reader of zlib's; its own object keeps what waits outside of itself."""

    def __init__(self, window: int) -> None:
        self._inflate = zlib.decompressobj(window)

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflate.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inflate.decompress(self._inflate.unconsumed_tail + data, max_length)


class _Unbrotli:
    """A Reader of br, which has one member only: data behind its end is an error."""

    unused_data = b""

    def __init__(self) -> None:
        self._reader = _brotli().Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._reader.is_finished())

    @property
    def needs_input(self) -> bool:
        return bool(self._reader.can_accept_more_data())

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece: bytes = self._reader.process(data, output_buffer_limit=max_length)
        return piece


def _unzstd() -> Reader:
    zstd = _zstd()
    reader: Reader = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: 23})
    return reader


_READERS: Final[dict[str, Callable[[], Reader]]] = {
    "gzip": lambda: _Inflate(_GZIP),
    "deflate": lambda: _Inflate(15),
    "zstd": _unzstd,
    "br": _Unbrotli,
}
_OF_MEMBERS: Final = ("gzip", "zstd")
