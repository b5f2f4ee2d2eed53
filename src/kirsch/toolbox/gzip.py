"""The old way to compress: gzip alone, of pages of text."""

from __future__ import annotations

from typing import Any, ClassVar

from kirsch.options import Option, Options, between
from kirsch.toolbox.compress import PATTERNS, Compress, Plan


class GzipSettings(Options):
    """What config says of the tool."""

    compress_level = Option(5, "From 0, which only packs, to 9, the smallest.", check=between(0, 9))
    mime_types: Option[Any] = Option(
        ("text/html", "text/plain"), "The types that are compressed.", (list, tuple), PATTERNS
    )
    debug = Option(False, "Say in the log what was done with a page, and why.")


class Gzip(Compress):
    """As `compress`, without a smallest size."""

    choices: ClassVar = GzipSettings

    def prepare(self, settings: GzipSettings) -> Plan:
        """The plan."""
        return Plan({"gzip": settings.compress_level}, tuple(settings.mime_types), 0, settings.debug)
