"""Live updates for browsers: what a page yields is sent at once, as Server-Sent Events."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.errors import HTTPError
from kirsch.app.response import close
from kirsch.http.eventstream import HEARTBEAT, TYPE, Event, written
from kirsch.options import Option, Options, between
from kirsch.toolbox.prepared import PreparedTool, standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kirsch.app.request import Request
    from kirsch.app.response import Response

HEADERS: Final = {"Content-Type": TYPE, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Of such an answer; the last one tells nginx not to hold it back."""

_WHOLE: Final = (str, bytes, bytearray, memoryview, type(None))


class SSESettings(Options):
    """How many may watch."""

    most = Option(50, "Clients that may watch a page at once; each keeps a thread. More get 503.", int, between(1))


class Stream:
    """The events of a page, as they are sent to one client. seats: one is given back at the end."""

    def __init__(self, events: Iterable[Any], client: Any, seats: BoundedSemaphore) -> None:
        self._client = client
        self._events = iter(events)
        self._source: Any = events
        self._seats: BoundedSemaphore | None = seats

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> bytes:
        value = next(self._events)
        if value is None and self._client.gone:  # so that the seat of somebody who has left is free soon
            raise StopIteration
        return framed(value)

    def close(self) -> None:
        """Close what the events come from. A second call does nothing."""
        seats, self._seats = self._seats, None
        if seats is not None:
            seats.release()
            close(self._events)
            close(self._source)


def framed(value: Any) -> bytes:
    """What a page has yielded, as it is sent: None is a sign of life, and all but text and events is JSON."""
    if value is None:
        return HEARTBEAT
    event = value if isinstance(value, Event) else Event(value)
    if not isinstance(event.data, str):
        import msgspec

        event = event._replace(data=msgspec.json.encode(event.data).decode())
    return written(event)


def _comes_in_pieces(page: Any) -> bool:
    return not isinstance(page, _WHOLE) and hasattr(page, "__iter__")


class SSE(PreparedTool):
    """Sends what the handler yields. A page that returns text or nothing, an error and a redirect are left alone."""

    choices = SSESettings

    def prepare(self, settings: SSESettings) -> BoundedSemaphore:
        """The seats of a page."""
        return BoundedSemaphore(settings.most)

    def before_handler(self, request: Request, response: Response, plan: BoundedSemaphore) -> None:
        """It is going to wait, for most of the time; and there is one charset of events, so nobody tries any others."""
        request.exchange.step_aside()
        handler = request.handler
        if handler is None:
            return

        def watched(*args: Any, **kwargs: Any) -> Any:
            page = handler(*args, **kwargs)
            if _comes_in_pieces(page):
                response.charset = None  # Accept-Charset would have it read to its end first
            return page

        request.handler = watched

    @standing(priority=5)
    def before_finalize(self, request: Request, response: Response, plan: BoundedSemaphore) -> None:
        """Put the stream in place of the page, while there are seats."""
        page = response.page
        if not _comes_in_pieces(page):
            return
        response.charset = "utf-8"
        response.headers.update(HEADERS)
        if request.method == "HEAD":  # nobody would see the end of it
            response.discard()
            return
        if not plan.acquire(blocking=False):
            raise HTTPError(503, "Too many are watching already.", headers={"Retry-After": "10"})
        response.page = stream = Stream(page, request.exchange, plan)
        response.stream = True
        request.keep(stream)  # a hook may put something else in its place
