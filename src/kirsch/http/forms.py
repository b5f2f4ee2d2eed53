"""Query strings and urlencoded forms: from text or bytes to parameters, and back.

A name that comes once has a str, one that comes more often a list of them, in order. Fields are separated by `&` alone
unless asked otherwise (`;` lets a cache and us disagree on what was asked). `+` is a blank, `%XX` a byte, a `%` that
is neither stands for itself. Work is linear, the number of fields capped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from kirsch.http.media import charset_name
from kirsch.http.urls import unquote

MOST_FIELDS: Final = 1000

_IMAGE_MAP = re.compile(r"([0-9]{1,9}),([0-9]{1,9})")
_PLAIN = re.compile(r"[A-Za-z0-9_.~\-]*")
_QUOTED: Final = {
    byte: " " if byte == 0x20 else chr(byte) if _PLAIN.fullmatch(chr(byte)) else f"%{byte:02X}" for byte in range(256)
} | {0x20: "+"}


class FormError(ValueError):
    """The parameters sent cannot be read: the client's fault. `status` says what to answer, the text why."""

    status = 400


class FormTooLarge(FormError):
    """More was sent than is allowed."""

    status = 413


class TooManyFields(FormTooLarge):
    """More fields or parts were sent than are allowed."""


def parse_query(
    query: str, encoding: str = "utf-8", *, max_fields: int = MOST_FIELDS, separators: str = "&"
) -> dict[str, Any]:
    """The parameters of a raw query string, as `split_target` gives it: each character is a byte.

    An image map, `12,34` and nothing else, gives `{'x': 12, 'y': 34}`. A name without `=` has the value `''`.
    Raises FormError if bytes do not fit the encoding (any that has ASCII in it), TooManyFields.
    """
    if not query:
        return {}
    if "%" in query or "+" in query or separators != "&" or not query.isascii():
        return _parse_escaped_query(query, encoding, max_fields, separators)
    if "&" not in query and "=" in query:  # PERF: a third of the time, for the commonest query of all
        name, _, value = query.partition("=")
        return {name: value}
    if query.count("&") >= max_fields:
        raise TooManyFields(f"there are more than {max_fields} fields in the query string")
    params: dict[str, Any] = {}
    for field in query.split("&"):
        if field:
            name, _, value = field.partition("=")
            if name in params:
                _append(params, name, value)
            else:
                params[name] = value
    if "," in query and "=" not in query:
        image_map = _IMAGE_MAP.fullmatch(query)
        if image_map:
            return {"x": int(image_map[1]), "y": int(image_map[2])}
    return params


def _parse_escaped_query(query: str, encoding: str, max_fields: int, separators: str) -> dict[str, Any]:
    """PERF: apart from parse_query, which is three times as fast without any of this."""
    for other in separators[1:]:
        query = query.replace(other, separators[0])
    if query.count(separators[0]) >= max_fields:
        raise TooManyFields(f"there are more than {max_fields} fields in the query string")
    params: dict[str, Any] = {}
    try:
        for field in query.replace("+", " ").split(separators[0]):
            if field:
                raw, _, data = field.partition("=")
                name, value = _unescape(raw, encoding), _unescape(data, encoding)
                if name in params:
                    _append(params, name, value)
                else:
                    params[name] = value
    except UnicodeError:
        raise FormError(f"the query string is not encoded in {encoding}, as it must be") from None
    return params


def _unescape(text: str, encoding: str) -> str:
    if text.isascii():
        return unquote(text.encode("ascii")).decode(encoding) if "%" in text else text
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:  # not from the wire, but somebody's own text
        data = text.encode(encoding)
    return unquote(data).decode(encoding)


def parse_form(body: bytes, charsets: Sequence[str], *, max_fields: int = MOST_FIELDS) -> tuple[dict[str, Any], str]:
    """The parameters of a urlencoded body, and the first of the charsets that fits all of it.

    Charsets may be what a client claims: unknown ones, and those not meant for text, are passed over.
    Raises FormError if none fits, TooManyFields.
    """
    if body.count(b"&") >= max_fields:
        raise TooManyFields(f"there are more than {max_fields} fields in the form")
    fields = [field.partition(b"=") for field in body.replace(b"+", b" ").split(b"&") if field]
    pairs = [(unquote(name), unquote(value)) for name, _, value in fields]
    for charset in charsets:
        codec = charset_name(charset)
        if codec is None:
            continue
        try:
            return _decode(pairs, codec), charset
        except UnicodeError:
            continue
    tried = ", ".join(dict.fromkeys(charset[:40] for charset in charsets)) or "none"
    raise FormError(f"the form is not encoded in a charset that was tried: {tried}")


def _decode(pairs: list[tuple[bytes, bytes]], encoding: str) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for raw, data in pairs:
        name = raw.decode(encoding)
        if name in params:
            _append(params, name, data.decode(encoding))
        else:
            params[name] = data.decode(encoding)
    return params


def _append(params: dict[str, Any], name: str, value: Any) -> None:
    known = params[name]
    if type(known) is list:
        known.append(value)
    else:
        params[name] = [known, value]


def combine(params: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Add parameters, such as those of the body to those of the query: values of one name make one flat list.

    Lists in `params` grow in place, those in `more` are left alone.
    """
    for name, value in more.items():
        values = value if isinstance(value, list) else [value]
        if name not in params:
            params[name] = values.copy() if values is value else value
        elif isinstance(params[name], list):
            params[name].extend(values)
        else:
            params[name] = [params[name], *values]


def encode_query(params: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> str:
    """The query string of names and values, in order; a list or tuple repeats its name. Text becomes UTF-8."""
    pairs = params.items() if isinstance(params, Mapping) else params
    fields = []
    for name, value in pairs:
        shown = _quote(name)
        values = value if isinstance(value, (list, tuple)) else (value,)
        fields += [f"{shown}={_quote(single)}" for single in values]
    return "&".join(fields)


def _quote(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return value.decode("latin-1").translate(_QUOTED)
    text = value if isinstance(value, str) else str(value)
    return text if _PLAIN.fullmatch(text) else text.encode("utf-8").decode("latin-1").translate(_QUOTED)
