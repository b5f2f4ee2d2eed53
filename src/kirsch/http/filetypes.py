"""Media types of files by the ends of their names: a table of our own, so that no answer depends on the machine.

Python's `mimetypes` reads what the system says, which differs from host to host, and its own list from version to
version. Here stand the types that IANA has registered, and beside them the few that everybody uses nevertheless.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN: Final = "application/octet-stream"
"""For everything else: browsers offer to save it. `text/html`, to take an example, they would run."""

_TABLE: Final = """
application/atom+xml atom
application/epub+zip epub
application/geo+json geojson
application/gpx+xml gpx
application/json json map
application/ld+json jsonld
application/manifest+json webmanifest
application/msword doc dot
application/octet-stream a bin dll exe img iso msi o obj so
application/ogg ogx
application/pdf pdf
application/pgp-signature asc sig
application/postscript ai eps ps
application/rdf+xml rdf
application/rss+xml rss
application/rtf rtf
application/sql sql
application/toml toml
application/vnd.amazon.ebook azw
application/vnd.android.package-archive apk
application/vnd.apple.mpegurl m3u m3u8
application/vnd.debian.binary-package deb
application/vnd.google-earth.kml+xml kml
application/vnd.google-earth.kmz kmz
application/vnd.ms-excel xls xlb
application/vnd.ms-fontobject eot
application/vnd.ms-powerpoint pot ppa pps ppt
application/vnd.oasis.opendocument.graphics odg
application/vnd.oasis.opendocument.presentation odp
application/vnd.oasis.opendocument.spreadsheet ods
application/vnd.oasis.opendocument.text odt
application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
application/vnd.rar rar
application/vnd.sqlite3 sqlite sqlite3
application/wasm wasm
application/x-7z-compressed 7z
application/x-bittorrent torrent
application/x-bzip2 bz2
application/x-csh csh
application/x-dvi dvi
application/x-gtar gtar
application/x-gzip gz tgz
application/x-hdf5 h5
application/x-latex latex
application/x-pkcs12 p12 pfx
application/x-python-code pyc pyo
application/x-rpm rpm
application/x-sh sh
application/x-shockwave-flash swf
application/x-tar tar
application/x-tcl tcl
application/x-tex tex
application/x-texinfo texi texinfo
application/x-xz xz
application/x-x509-ca-cert crt der pem
application/xhtml+xml xht xhtml
application/xml wsdl xpdl xsd
application/xslt+xml xsl xslt
application/yaml yaml yml
application/zip zip
application/zstd zst
audio/aac aac
audio/aiff aif aifc aiff
audio/basic au snd
audio/flac flac
audio/matroska mka
audio/midi mid midi
audio/mp4 m4a m4b
audio/mpeg mp2 mp3
audio/ogg oga ogg spx
audio/opus opus
audio/wav wav
audio/webm weba
font/collection ttc
font/otf otf
font/ttf ttf
font/woff woff
font/woff2 woff2
image/apng apng
image/avif avif
image/bmp bmp
image/gif gif
image/heic heic
image/heif heif
image/jp2 jp2
image/jpeg jfif jpe jpeg jpg
image/jxl jxl
image/png png
image/svg+xml svg
image/tiff tif tiff
image/webp webp
image/x-dwg dwg
image/x-icon cur ico
image/x-portable-anymap pnm
image/x-portable-bitmap pbm
image/x-portable-graymap pgm
image/x-portable-pixmap ppm
image/x-xbitmap xbm
image/x-xpixmap xpm
message/rfc822 eml mht mhtml
model/gltf+json gltf
model/gltf-binary glb
model/stl stl
text/calendar ics
text/css css
text/csv csv
text/html htm html
text/javascript js mjs
text/markdown markdown md
text/plain bat c cfg conf cpp h hpp ini ksh list log nfo pl rs srt text txt
text/richtext rtx
text/tab-separated-values tsv
text/vcard vcard vcf
text/vtt vtt
text/x-python py
text/x-rst rst
text/xml xml
video/3gpp 3gp 3gpp
video/3gpp2 3g2 3gpp2
video/matroska mkv
video/mp2t m2ts
video/mp4 m4v mp4
video/mpeg m1v mpa mpe mpeg mpg
video/ogg ogv
video/quicktime mov qt
video/webm webm
video/x-flv flv
video/x-ms-wmv wmv
video/x-msvideo avi
"""

TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {end: kind for kind, *ends in map(str.split, _TABLE.strip().splitlines()) for end in ends}
)
"""By the end of a name, in lower case and without its dot."""


def ending(name: str) -> str:
    """What follows the last dot of a file's name, in lower case; "" without one. `.bashrc` has none."""
    stem, _, end = name[name.rfind("/") + 1 :].rpartition(".")
    return end.lower() if stem else ""


def type_of(name: str, more: Mapping[str, str] = TYPES) -> str | None:
    """The media type of a file by its name: of `more`, which is like TYPES, or else of TYPES; None if unknown."""
    end = ending(name)
    return more.get(end) or TYPES.get(end)


def by_ending(types: Mapping[str, str]) -> dict[str, str]:
    """A table that somebody has written, with or without dots, in any case, as one for type_of()."""
    return {end.lower().lstrip("."): kind for end, kind in types.items()}
