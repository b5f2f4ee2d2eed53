"""`cherrypy._json`: JSON as bytes, from and to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["decode", "encode", "json"]

decode = json.JSONDecoder().decode


def encode(value: Any) -> Iterator[bytes]:
    """The value in pieces, in UTF-8."""
    for piece in json.JSONEncoder().iterencode(value):
        yield piece.encode("utf-8")
