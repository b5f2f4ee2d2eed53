"""An id for each request that is told to the client, stands in the logs, and goes on to the services behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from kirsch.app.request import RequestId
from kirsch.http.addresses import is_among
from kirsch.http.media import TOKEN
from kirsch.http.traceparent import TraceParent, new_id, parse_traceparent, valid_tracestate
from kirsch.options import Check, Option, Options
from kirsch.toolbox.prepared import PreparedTool, standing

if TYPE_CHECKING:
    from kirsch.app.response import Response

_WELL_FORMED = re.compile(r"[A-Za-z0-9_.:+/=@\-]{1,128}")
_NAME = Check("that names a field", lambda name: re.fullmatch(TOKEN, name) is not None)


class RequestIdSettings(Options):
    """How it is told."""

    header = Option("X-Request-ID", "The field, of request and answer.", check=_NAME)
    inbound = Option(True, "Take the id that a peer of `request.trusted_proxies` sends.")
    trace = Option(True, "Go on with the trace that such a peer names in `traceparent`, or begin one.")


class Plan(NamedTuple):
    """The settings made ready."""

    header: str
    field: bytes
    inbound: bool
    trace: bool


class RequestIds(PreparedTool):
    """`request.unique_id` is the id, whoever has made it.

    `request.traceparent` is the step of this request, for whoever is asked on its behalf; `request.tracestate` is what
    came beside that of the caller, or nothing.
    """

    priority = 0
    choices = RequestIdSettings

    def prepare(self, settings: RequestIdSettings) -> Plan:
        """The field as bytes."""
        return Plan(settings.header, settings.header.lower().encode("ascii"), settings.inbound, settings.trace)

    @standing(failsafe=True)
    def on_start_resource(self, request: Any, response: Response, plan: Plan) -> None:
        """Before all else, so that whatever goes wrong is told with it."""
        get = request.exchange.head.get
        believed = plan.inbound and is_among(request.exchange.client[0], request.trusted_proxies)
        given = _text(get(plan.field)) if believed else ""
        if request.prev is not None:
            request.unique_id = request.prev.unique_id
        elif _WELL_FORMED.fullmatch(given):
            request.unique_id = RequestId(given)
        response.headers[plan.header] = request.unique_id
        if plan.trace:
            caller = parse_traceparent(_text(get(b"traceparent"))) if believed else None
            state = _text(get(b"tracestate")) if caller is not None else ""
            request.traceparent = caller.child() if caller is not None else _new_trace(request.unique_id)
            request.tracestate = state if valid_tracestate(state) else ""


def _text(value: bytes | None) -> str:
    return value.decode("latin-1") if value else ""


def _new_trace(request_id: str) -> TraceParent:
    """A trace that begins here; where the id of the request is a UUID, that is its id, too."""
    digits = request_id.replace("-", "")
    is_uuid = len(request_id) == 36 and re.fullmatch("[0-9a-f]{32}", digits)
    return TraceParent(digits if is_uuid else new_id(16), new_id(8))
