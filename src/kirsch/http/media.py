"""Values of header fields that have parameters: `text/html; charset=utf-8`, and what is inside their quotes.

Reading never raises: what cannot be read is left out. Every list has a cap, and all work is linear.
"""

from __future__ import annotations

import re
from encodings.aliases import aliases
from typing import Final

from kirsch.http.urls import unquote

TOKEN: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
"""The pattern of a name (RFC 9110 §5.6.2)."""

MOST_PARAMETERS: Final = 30
LONGEST: Final = 8192
"""Characters of a value that are looked at."""

_BLANKS: Final = " \t"
_NAME = re.compile(TOKEN)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ELEMENTS: Final = {mark: re.compile(rf'(?:[^"{mark}]++|"(?:[^"\\]++|\\.)*+"?+)*+', re.DOTALL) for mark in (",", ";")}
_EXTENDED = re.compile(r"(utf-8|iso-8859-1)'[a-z0-9\-]{0,40}'((?:[!-$&(-~]|%[0-9a-f]{2})*+)", re.ASCII | re.IGNORECASE)

_NOT_FOR_TEXT: Final = frozenset(
    # Codecs from bytes to bytes, from text to text, of this machine alone, and one that hides markup.
    ("base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec", "mbcs", "utf_7")
)
_CHARSETS: Final = {alias: codec for alias, codec in aliases.items() if codec not in _NOT_FOR_TEXT}
_CHARSETS.update({codec: codec for codec in {*_CHARSETS.values(), "koi8_u", "utf_8_sig", "cp874"}})


def split_quoted(value: str, mark: str, most: int = MOST_PARAMETERS) -> list[str]:
    """The first `most` elements between marks (`,` or `;`) outside of quotes, without blanks around; empty ones too."""
    value = value[:LONGEST]
    if '"' not in value:
        return [element.strip(_BLANKS) for element in value.split(mark, most)[:most]]
    elements: list[str] = []
    pattern, start = _ELEMENTS[mark], 0
    while start <= len(value) and len(elements) < most:
        match = pattern.match(value, start)
        end = match.end() if match else len(value)
        elements.append(value[start:end].strip(_BLANKS))
        start = end + 1
    return elements


def unquote_string(text: str) -> str:
    """The text inside of quotes, escapes undone (RFC 9110 §5.6.4); what stands in none comes back as it is."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    inner = text[1:-1]
    return _ESCAPED.sub(r"\1", inner) if "\\" in inner else inner


def parse_parameters(elements: list[str]) -> dict[str, str]:
    """The parameters among `name=value` elements: names in lower case, the first of a name counts."""
    parameters: dict[str, str] = {}
    for element in elements:
        name, mark, text = element.partition("=")
        name = name.rstrip(_BLANKS)
        if mark and _NAME.fullmatch(name):
            parameters.setdefault(name.lower(), unquote_string(text.lstrip(_BLANKS)))
    return parameters


def parse_media_type(value: str) -> tuple[str, dict[str, str]]:
    """The type in lower case and its parameters: `('text/html', {'charset': 'utf-8'})`. Of `''`, `('', {})`."""
    kind, mark, rest = value.partition(";")
    kind = kind.strip(_BLANKS).lower()
    return kind, parse_parameters(split_quoted(rest, ";", MOST_PARAMETERS - 1)) if mark else {}


def decode_extended(value: str) -> str | None:
    """The text of an extended parameter, such as `UTF-8''na%C3%AFve.txt` (RFC 8187); None if it is none."""
    match = _EXTENDED.fullmatch(value)
    if match is None:
        return None
    raw = unquote(match[2].encode("ascii"))
    try:
        return raw.decode(match[1])
    except UnicodeDecodeError:
        return None


def charset_name(value: str) -> str | None:
    """Python's codec for a charset that a client named, or None.

    Names are looked up in a table: asking `codecs` for any name that comes along would import modules by it and keep
    every miss for ever, and codecs that are no text encoding, or slow on purpose-made input, must not be reachable.
    """
    return _CHARSETS.get(value.lower().replace("-", "_").replace(" ", "_")) if len(value) <= 40 else None
