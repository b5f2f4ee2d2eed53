from __future__ import annotations

import mimetypes

import pytest

from kirsch.http.filetypes import TYPES, by_ending, ending, type_of
from kirsch.http.media import parse_media_type


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("style.css", "text/css"),
        ("/srv/a.b/SITE.MIN.JS", "text/javascript"),
        ("page.html", "text/html"),
        ("a.tar.gz", "application/x-gzip"),
        ("a.bz2", "application/x-bzip2"),
        ("plan.dwg", "image/x-dwg"),
        ("favicon.ico", "image/x-icon"),
        ("font.woff2", "font/woff2"),
        ("picture.avif", "image/avif"),
        ("picture.jxl", "image/jxl"),
        ("module.mjs", "text/javascript"),
        ("code.wasm", "application/wasm"),
        ("site.webmanifest", "application/manifest+json"),
        ("LICENSE", None),
        ("/srv/v1.2/README", None),
        (".css", None),
        ("a.", None),
        ("a.unknown", None),
    ],
)
def test_types(name, kind):
    """By what follows the last dot of the name, in any case."""
    assert type_of(name) == kind


def test_own_types_go_first():
    """Endings may be written with a dot or without, in any case."""
    own = by_ending({"rss": "application/xml", ".ATOM": "application/x-atom", "css": "text/x-own"})

    assert [type_of(f"a.{end}", own) for end in ("rss", "Atom", "css", "png")] == [
        "application/xml", "application/x-atom", "text/x-own", "image/png",
    ]  # fmt: skip


def test_the_table_is_sound():
    """Each entry is a media type without parameters, under an ending in lower case."""
    for end, kind in TYPES.items():
        assert parse_media_type(kind) == (kind, {})
        assert ending(f"x.{end}") == end


def test_what_python_knows_is_known():
    """No ending of Python's own table of this version is missing, but for what nobody serves."""
    known = {end[1:] for end in mimetypes.MimeTypes().types_map[True]}
    odd = {
        "adts", "ass", "bcpio", "cdf", "cpio", "etx", "hdf", "ief", "latex", "loas", "man", "me", "mif", "movie", "ms",
        "n3", "nc", "nq", "nt", "nws", "oda", "p7c", "pwz", "qt", "ra", "ram", "ras", "rgb", "roff", "sgm", "sgml",
        "shar", "src", "sv4cpio", "sv4crc", "t", "tr", "trig", "ustar", "wiz", "xwd",
    }  # fmt: skip

    assert known - odd - TYPES.keys() == set()
