"""Lets pages of other origins ask this one by their scripts, as far as config says (CORS)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.app.context import present
from kirsch.app.errors import HTTPError
from kirsch.http.crossorigin import ANY, NOBODY, Origins, names
from kirsch.http.media import TOKEN
from kirsch.http.vary import add_vary
from kirsch.options import Check, Option, Options, between, is_function
from kirsch.toolbox.prepared import PreparedTool, listed, standing

if TYPE_CHECKING:
    from kirsch.app.request import Request
    from kirsch.app.response import Response

_LISTS: Final = (tuple, list, set, frozenset, str)
_NAMES: Final = Check(
    "of names of header fields or methods, or '*' where that is said below",
    lambda given: all(isinstance(each, str) and re.fullmatch(TOKEN, each) for each in listed(given)),
)
_RULES: Final = Check(
    "of origins such as 'https://example.com', patterns or functions",
    lambda given: all(isinstance(each, (str, re.Pattern)) or is_function(each) for each in listed(given)),
)


class CorsSettings(Options):
    """Who may ask, and what a script may send and see."""

    origins: Option[Any] = Option(
        (),
        "Origins that may ask: `https://a.example`, `https://*.a.example`, compiled patterns of whole origins, "
        "functions of an origin, `null` for pages that have none; `*` for all.",
        object,
        _RULES,
    )
    methods: Option[Any] = Option(("GET", "HEAD", "POST"), "Methods that they may use; `*` for all.", _LISTS, _NAMES)
    headers: Option[Any] = Option(
        (), "Header fields that they may send, beside the harmless ones; `*` for all.", _LISTS, _NAMES
    )
    expose_headers: Option[Any] = Option(
        (), "Header fields of answers that they may read, beside the harmless ones; `*` for all.", _LISTS, _NAMES
    )
    credentials = Option(False, "Whether they may send cookies and logins of the user, and see what comes of it.")
    max_age: Option[int | None] = Option(
        600,
        "Seconds for which a browser may remember what it was told; None: its default.",
        (int, type(None)),
        between(0, 86400),
    )
    private_network = Option(False, "Whether pages of the world may ask, where this is a host of a private network.")


class Plan(NamedTuple):
    """The settings made ready. every: any page may ask, and learns nothing that others do not."""

    origins: Origins
    every: bool
    methods: str
    headers: str
    exposed: str
    credentials: bool
    max_age: str
    private_network: bool


class Answered(HTTPError):
    """No error at all, but an answer without a body in place of the page."""

    def set_response(self) -> None:
        """Put it in place of the page: what stands in the header fields is all of it."""
        response = present().response
        response.status, response.stream = 204, False
        response.discard()
        response.headers.pop("Content-Type", None)


class Cors(PreparedTool):
    """Answers the question that a browser asks beforehand, and marks all other answers, errors too.

    It acts at the beginning and at the end: whatever happens between, a script that may see the answer sees it.
    """

    priority = 5
    choices = CorsSettings

    def prepare(self, settings: CorsSettings) -> Plan:
        """Values of fields, and the rules for origins."""
        origins = Origins(listed(settings.origins))
        if settings.credentials and (origins.any or origins.allow(NOBODY)):
            raise ValueError(
                f"origins has {(ANY if origins.any else NOBODY)!r} and credentials is on: every page of the world "
                "could act in the name of your users; name the origins that may"
            )
        exposed = ", ".join(listed(settings.expose_headers))
        if settings.credentials and ANY in (exposed, *listed(settings.expose_headers)):
            raise ValueError("expose_headers is '*' and credentials is on: browsers want names then")
        return Plan(
            origins,
            origins.any,
            ", ".join(listed(settings.methods)),
            ", ".join(listed(settings.headers)),
            exposed,
            settings.credentials,
            "" if settings.max_age is None else str(settings.max_age),
            settings.private_network,
        )

    def on_start_resource(self, request: Request, response: Response, plan: Plan) -> None:
        """Mark the answer, or give it, if the browser asks what it may do."""
        origin = self._mark(request, response, plan)
        get = request.exchange.head.get
        if request.method == "OPTIONS" and get(b"origin") and get(b"access-control-request-method"):
            if not origin:
                raise HTTPError(403, "Pages of this origin may not ask here.")
            self._permit(request, response, plan)
            raise Answered

    @standing(priority=99, failsafe=True)
    def before_finalize(self, request: Request, response: Response, plan: Plan) -> None:
        """Mark it again, if a page has changed the fields, or they are those of another answer."""
        self._mark(request, response, plan)

    def _mark(self, request: Request, response: Response, plan: Plan) -> str:
        """Say who may see the answer; gives the origin that asks, if it may."""
        value = request.exchange.head.get(b"origin")
        origin = value.decode("latin-1") if value else ""
        headers = response.headers
        if not plan.every:
            add_vary(headers, "Origin")
        if not origin or not plan.origins.allow(origin):
            headers.pop("Access-Control-Allow-Origin", None)
            headers.pop("Access-Control-Allow-Credentials", None)
            return ""
        headers["Access-Control-Allow-Origin"] = ANY if plan.every else origin
        if plan.credentials:
            headers["Access-Control-Allow-Credentials"] = "true"
        if plan.exposed:
            headers["Access-Control-Expose-Headers"] = plan.exposed
        return origin

    def _permit(self, request: Request, response: Response, plan: Plan) -> None:
        """Say what the page may send. What it may not, the browser finds by itself, and tells its user why."""
        get = request.exchange.head.get
        headers = response.headers
        method = (get(b"access-control-request-method") or b"").decode("latin-1")
        wanted = names((get(b"access-control-request-headers") or b"").decode("latin-1"))
        headers.pop("Access-Control-Expose-Headers", None)
        if plan.methods != ANY:
            headers["Access-Control-Allow-Methods"] = plan.methods
        elif re.fullmatch(TOKEN, method):
            headers["Access-Control-Allow-Methods"] = method
        allowed = ", ".join(wanted or ()) if plan.headers == ANY else plan.headers
        if allowed:
            headers["Access-Control-Allow-Headers"] = allowed
        if plan.max_age:
            headers["Access-Control-Max-Age"] = plan.max_age
        if plan.private_network and get(b"access-control-request-private-network") == b"true":
            headers["Access-Control-Allow-Private-Network"] = "true"
