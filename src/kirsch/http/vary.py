"""The field Vary (RFC 9110 §12.5.5): on which headers of the request an answer depends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import MutableMapping


def varying(value: str, name: str) -> str:
    """The value of Vary with one more name in it, unless it is there in some case, or `*` says so of all."""
    known = [each for part in value.split(",") if (each := part.strip(" \t"))]
    if "*" in known or name.lower() in [each.lower() for each in known]:
        return value
    return ", ".join([*known, name])


def add_vary(headers: MutableMapping[str, str], name: str) -> None:
    """Say in the headers of an answer that it depends on this one of the request, too."""
    headers["Vary"] = varying(headers["Vary"], name) if "Vary" in headers else name
