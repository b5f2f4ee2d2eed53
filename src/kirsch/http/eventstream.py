"""Server-Sent Events: how one is written (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

TYPE: Final = "text/event-stream"
HEARTBEAT: Final = b":\n\n"
"""A comment, which browsers pass over: it keeps proxies from closing, and shows whether the client is still there."""

_LINES: Final = re.compile(r"\r\n|\r|\n")
_UNFIT: Final = re.compile(r"[\r\n\0]")


class Event(NamedTuple):
    """An event for browsers.

    data: text; other things are sent as JSON. name: which listeners it is for; without one, `onmessage`. id: sent back
    as Last-Event-ID by a browser that has lost the connection. retry: seconds after which it then comes again.
    """

    data: Any = ""
    name: str = ""
    id: str = ""
    retry: float | None = None


def written(event: Event) -> bytes:
    """An event whose data is text, as it is sent. ValueError for a name or id of more than one line."""
    for field, value in (("name", event.name), ("id", event.id)):
        if _UNFIT.search(value):
            raise ValueError(f"the {field} of an event is one line of text, not {value!r}")
    lines = [f"event: {event.name}"] if event.name else []
    lines += [f"id: {event.id}"] if event.id else []
    lines += [f"retry: {round(event.retry * 1000)}"] if event.retry is not None else []
    lines += [f"data: {line}" for line in _LINES.split(event.data)]
    return "\n".join([*lines, "", ""]).encode("utf-8", "replace")
