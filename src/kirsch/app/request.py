"""What the client asked, read when somebody wants to know it.

A Request belongs to the thread that answers it. Nearly all of it is computed on first use (`lazy`), and everything may
be replaced by a tool or an application, which may also add attributes of its own.
"""

from __future__ import annotations

import uuid
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from kirsch.app.body import RequestBody
from kirsch.app.byhand import head_of, with_head
from kirsch.app.hooks import HookMap, Points
from kirsch.app.host import Host
from kirsch.app.lazy import lazy
from kirsch.app.legacynames import OldRequestNames
from kirsch.app.nonce import csp_nonce as csp_nonce_of
from kirsch.app.ondemand import OnDemand
from kirsch.app.pagehandler import PageHandler
from kirsch.app.response import Response
from kirsch.http.addresses import LOCAL
from kirsch.http.cookies import parse_cookies
from kirsch.http.headers import Headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from http.cookies import SimpleCookie

    from kirsch.app.errors import HTTPError
    from kirsch.app.params import Plan
    from kirsch.app.resource import Resource
    from kirsch.exchange import Exchange


class Owner(Protocol):
    """What a request wants to know of its application. See there."""

    root: Any
    script_name: str | None
    relative_urls: str | bool
    config: Any
    log: Any
    toolboxes: Any
    resources: Any

    def environ(self, exchange: Exchange) -> dict[str, Any]:
        """The WSGI environ of a request that came without WSGI."""

    def answer(self, exchange: Exchange, path: str, query: str, script_name: str | None, request: Any) -> None:
        """Answer a request."""


class Closable(Protocol):
    """What has something to do at the end of a request, and never raises on it."""

    def close(self) -> None:
        """Do it. The exception that has ended the request, if one has, is `sys.exception()`."""


class RequestId(str):
    """An id as text. uuid4: as an object."""

    __slots__ = ()

    @property
    def uuid4(self) -> uuid.UUID:
        """As said of the class."""
        return uuid.UUID(self)


NO_HOOKS: Final = Points({})
NOTHING: Final[Any] = MappingProxyType({})
"""The belongings of most requests: see give()."""
_UNANSWERED = Response()


class Request(OldRequestNames):
    """One request. Class attributes are the defaults; config sets them for a path as `request.<name>`.

    json: what the body says, once a tool has read it. belongings: what is stored on `serving` for the length of it.
    error_type: of the page for an error, where the client does not say what it likes.
    namespaces: handlers for what config says in namespaces of their own, told at each request; or toolboxes.
    """

    namespaces: ClassVar[dict[str, Any]] = {}

    # what config may say for a path
    show_tracebacks = False
    show_mismatched_params = False
    throw_errors = False
    process_request_body = True
    methods_with_bodies: tuple[str, ...] = ("POST", "PUT", "PATCH")
    query_string_encoding = "utf-8"
    error_response: Callable[[], None] | None = None
    error_type = "text/plain"
    trusted_proxies: Sequence[str] = LOCAL

    # what happens on the way
    json: Any = None
    prev: Request | None = None
    failed_at: str | None = None
    _config: dict[str, Any] | None = None

    def __init__(self, exchange: Exchange, app: Owner | None = None) -> None:
        # PERF: what is set for each request has no default in the class; see Exchange.
        self.exchange = exchange
        self.method = exchange.head.method
        self.app = app
        self.response: Response = _UNANSWERED
        self.resource: Resource | None = None
        self.path_info = "/"
        self.query_string = ""
        self.params: dict[str, Any] = {}
        self.from_path: frozenset[str] = frozenset()
        self.args: list[Any] = []
        self.is_index: bool | None = None
        self.found: Any = None
        self.points: Points | HookMap = NO_HOOKS
        self.stage: str | None = None
        self.closed = False
        self.cookies_read = False  # whether somebody has looked at one, or changed them
        self._cookie: SimpleCookie | None = None
        self.belongings: dict[str, Any] = NOTHING
        self._kept: tuple[Closable, ...] = ()
        self._kwargs: dict[str, Any] | None = None
        self._body: RequestBody | None = None
        self.handler_replaced = False
        self._handler: Any = None

    # -- the line ------------------------------------------------------------------------------------------------

    @lazy
    def request_line(self) -> str:
        """The first line as it was sent, but for an absolute target, which is shown without its host."""
        head = self.exchange.head
        return f"{head.method} {head.target.decode('latin-1')} HTTP/{head.version[0]}.{head.version[1]}"

    @lazy
    def protocol(self) -> tuple[int, int]:
        """The HTTP version that both sides speak."""
        return min(self.exchange.head.version, (1, 1))

    @property
    def server_protocol(self) -> str:
        """What the server speaks."""
        return "HTTP/1.1"

    @lazy
    def script_name(self) -> str:
        """Where the application is mounted."""
        return self.exchange.prefix + (self.app.script_name or "" if self.app is not None else "")

    @lazy
    def scheme(self) -> str:
        """`http` or `https`."""
        return self.exchange.scheme

    @lazy
    def base(self) -> str:
        """Scheme and host as the client named them, without a slash at the end."""
        host = self.exchange.head.get(b"host")
        return f"{self.scheme}://{host.decode('latin-1') if host else self.local.netloc(self.scheme)}"

    # -- fields --------------------------------------------------------------------------------------------------

    @lazy
    def headers(self) -> Headers:
        """The fields of the request, by name in any case."""
        block = self.exchange.head.block
        made: Headers | None = block.made.get("headers")
        if made is None:
            made = block.made["headers"] = Headers.from_wire(block.pairs)
        return made.copy()

    @lazy
    def header_list(self) -> list[tuple[str, str]]:
        """The fields one by one, in order."""
        return self.headers.lines()

    @property
    def cookie(self) -> SimpleCookie:
        """What the client sent as cookies; what is malformed is left out."""
        self.cookies_read = True
        if self._cookie is None:
            value = self.exchange.head.get(b"cookie")
            self._cookie = parse_cookies(value.decode("latin-1") if value else "")
        return self._cookie

    @cookie.setter
    def cookie(self, cookie: SimpleCookie) -> None:
        self.cookies_read, self._cookie = True, cookie

    @lazy
    def login(self) -> str | None:
        """Who asks, once that is known: as a server in front says, or as a tool has found out."""
        environ = self.exchange.environ or {}
        return environ.get("LOGON_USER") or environ.get("REMOTE_USER") or None

    @lazy
    def multithread(self) -> bool:
        """Whether other threads may answer other requests at the same time."""
        return bool((self.exchange.environ or {}).get("wsgi.multithread", True))

    @lazy
    def multiprocess(self) -> bool:
        """Whether other processes may answer requests of the same site."""
        return bool((self.exchange.environ or {}).get("wsgi.multiprocess", False))

    # -- ends ----------------------------------------------------------------------------------------------------

    @lazy
    def remote(self) -> Host:
        """The client."""
        host, port = self.exchange.client
        return Host(host, port)

    @lazy
    def local(self) -> Host:
        """The server's end of the connection."""
        host, port = self.exchange.server
        return Host(host, port)

    # -- body ----------------------------------------------------------------------------------------------------

    @property
    def body(self) -> RequestBody:
        """What comes after the head."""
        if self._body is None:
            self._body = RequestBody(self.exchange, self.resource.on_body if self.resource is not None else {})
        return self._body

    @body.setter
    def body(self, body: RequestBody) -> None:
        self._body = body

    def keep(self, thing: Closable) -> None:
        """Have something closed when the conversation is over."""
        self._kept = (thing, *self._kept)

    def close(self) -> None:
        """The conversation is over: what came with the body is given back, and what is kept is closed."""
        self.closed = True
        for thing in self._kept:
            thing.close()
        if self._body is not None:
            self._body.close()

    @property
    def rfile(self) -> RequestBody:
        """The body as a file."""
        return self.body

    # -- the handler ---------------------------------------------------------------------------------------------

    @property
    def handler(self) -> Any:
        """What will be called for the page. A tool may set another callable without arguments, or None for no call."""
        if not self.handler_replaced and self.resource is not None:
            self.handler = PageHandler(self, self.resource.callable, self.resource.plan)
        return self._handler

    @handler.setter
    def handler(self, handler: Any) -> None:
        self.handler_replaced = True
        self._handler = handler

    @property
    def kwargs(self) -> dict[str, Any]:
        """Arguments of the handler by name: the parameters, unless a tool has said otherwise."""
        return self.params if self._kwargs is None else self._kwargs

    @kwargs.setter
    def kwargs(self, kwargs: dict[str, Any]) -> None:
        self._kwargs = kwargs

    @lazy
    def dispatch(self) -> Any:
        """The dispatcher for its path."""
        return self.app.resources.dispatcher_for(self.path_info) if self.app is not None else None

    def found_by(self, dispatcher: Callable[[str], Any], path: str) -> Any:
        """What a dispatcher finds for a path (a Found); None if it has set handler and config by hand instead."""
        self.found = None
        answer = dispatcher(path)
        return self.found if answer is None else answer

    def run(
        self,
        method: str,
        path: str,
        query_string: str,
        req_protocol: str,
        headers: Iterable[tuple[str, str]],
        rfile: Any = None,
    ) -> Response:
        """Answer a request that is given in plain values; see Application.get_serving. Gives the finished response.

        path: decoded, with the mount point in front. req_protocol: such as "HTTP/1.1". rfile: a file with the body.
        """
        if self.app is None:
            raise RuntimeError("this request belongs to no application; get one from Application.get_serving()")
        exchange = with_head(self.exchange, head_of(method, path, query_string, req_protocol, headers), rfile)
        exchange.scheme = self.scheme
        self.exchange, self.method = exchange, method
        self.app.answer(exchange, path.removeprefix(self.script_name), query_string, None, self)
        response = self.response
        response.body = exchange.pieces
        return response

    def call(self) -> Any:
        """Bind the arguments and call the page handler. Raises HTTPError 404 or 400 if they do not fit."""
        resource = self.resource
        assert resource is not None
        args = self.args
        kwargs = self.params if self._kwargs is None else self._kwargs
        if not resource.plan.fits(len(args), kwargs):
            raise self.misfit(resource.plan, kwargs)
        return resource.callable(*args, **kwargs)

    def misfit(self, plan: Plan, kwargs: Mapping[str, Any]) -> HTTPError:
        """The error for arguments that a handler cannot be called with."""
        error = plan.misfit(len(self.args), kwargs.keys(), self._names_from_body())
        return error if self.show_mismatched_params else type(error)(error.code)

    def _names_from_body(self) -> frozenset[str]:
        return frozenset(self._body.params) if self._body is not None else frozenset()

    # -- the way -------------------------------------------------------------------------------------------------

    @property
    def config(self) -> dict[str, Any]:
        """The config that holds for this request: flat, merged, and this request's own."""
        if self._config is None:
            self._config = dict(self.resource.config) if self.resource is not None else {}
        return self._config

    @config.setter
    def config(self, config: dict[str, Any]) -> None:
        self._config = config

    @lazy
    def toolmaps(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What config says of tools, by namespace, tool and setting."""
        maps: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in self.app.toolboxes} if self.app else {}
        for key, value in self.config.items():
            namespace, _, rest = key.partition(".")
            if namespace in maps:
                tool, _, setting = rest.partition(".")
                maps[namespace].setdefault(tool, {})[setting] = value
        return maps

    @property
    def hooks(self) -> HookMap:
        """The hooks of this request alone; a tool may attach more to points that are still to come."""
        points = self.points
        if not isinstance(points, HookMap):
            points = self.points = HookMap(points)
        return points

    @lazy
    def error_page(self) -> dict[int | str, Any]:
        """Pages for errors by status or `default`; config sets them as `error_page.<status>`."""
        return {}

    def give(self, name: str, thing: Any) -> None:
        """Have it among `belongings`, by this name."""
        if self.belongings is NOTHING:
            self.belongings = {}
        self.belongings[name] = thing

    def belonging(self, name: str) -> Any:
        """One of `belongings`, made now if it waits for that; None if there is none of this name."""
        thing = self.belongings.get(name)
        if isinstance(thing, OnDemand):
            thing = self.belongings[name] = thing.make(self)
        return thing

    @lazy
    def unique_id(self) -> RequestId:
        """An id of this request for logs, error pages and those who ask."""
        return RequestId(uuid.uuid4())

    csp_nonce = lazy(csp_nonce_of)

    @property
    def log(self) -> Any:
        """The log of the application; None without one."""
        return self.app.log if self.app is not None else None

    @lazy
    def wsgi_environ(self) -> dict[str, Any]:
        """The WSGI environ: as it came from a WSGI server, else what one would say."""
        if self.exchange.environ is not None or self.app is None:
            return self.exchange.environ or {}
        return self.app.environ(self.exchange)

    def __repr__(self) -> str:
        return f"<Request {self.request_line}>"
