"""`traceparent` (W3C Trace Context): which trace a request belongs to, across all the services that it runs through."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.{0,256})?")
_STATE = re.compile(r"[\x20-\x7e\t]{1,512}")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16


class TraceParent(NamedTuple):
    """A step of a trace. trace_id: 32 hexadecimal digits, parent_id: 16. flags: the lowest bit says that it is kept."""

    trace_id: str
    parent_id: str
    flags: int = 0

    @property
    def sampled(self) -> bool:
        """Whether the caller may have recorded it."""
        return bool(self.flags & 1)

    def child(self) -> TraceParent:
        """The step that begins here: the same trace, and an id of our own."""
        return TraceParent(self.trace_id, new_id(8), self.flags & 1)

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.parent_id}-{self.flags:02x}"


def new_id(size: int) -> str:
    """Random, of so many bytes; never all zeros."""
    while True:
        made = os.urandom(size)
        if any(made):
            return made.hex()


def parse_traceparent(value: str) -> TraceParent | None:
    """The step that a caller names; None if it is malformed, which is as if it had named none (§3.2.2)."""
    match = _PARENT.fullmatch(value)
    if match is None:
        return None
    version, trace_id, parent_id, flags, more = match.groups()
    if version == "ff" or (version == "00" and more) or trace_id == _NO_TRACE or parent_id == _NO_SPAN:
        return None
    return TraceParent(trace_id, parent_id, int(flags, 16))


def valid_tracestate(value: str) -> bool:
    """Whether what vendors say beside it may be passed on."""
    return _STATE.fullmatch(value) is not None
