"""A root object and its config, and the route of a request on one page: Application.route().

What is raised on the way is answered here and nowhere else: HTTPError and the redirects instead of the page, anything
unexpected as a 500 that is logged with the request's id. Every cleanup runs, whatever happened before it.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any

from kirsch.app.answers import bare, fail, put, send, show, tell, usual_page
from kirsch.app.byhand import ByHand, head_of
from kirsch.app.config import GlobalConfig, Sections
from kirsch.app.current import current
from kirsch.app.errors import HTTPError, HTTPRedirect, InternalRedirect, KirschError
from kirsch.app.hooks import run_hooks
from kirsch.app.host import Host
from kirsch.app.log import LogManager
from kirsch.app.namespaces import Namespaces
from kirsch.app.request import NO_HOOKS, Request
from kirsch.app.resource import Hooking, Resource
from kirsch.app.resources import Resources
from kirsch.app.response import Response
from kirsch.app.secret import Secret
from kirsch.dispatch.found import Found
from kirsch.exchange import TRIFLE, ClientGone, Exchange
from kirsch.http.forms import FormError, combine, parse_query
from kirsch.http.urls import split_target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kirsch.app.hooks import HookMap, Points
    from kirsch.app.keys import Keys
    from kirsch.exchange import Address

MOST_REDIRECTS = 20
"""How many internal redirects one request may run through."""

_log = logging.getLogger("kirsch.error")


class Application:
    """Pages below one object, mounted at `script_name` ("" for the root of a site).

    config: sections by path; see Sections. keys: what may be said in them. toolboxes: what brings hooks, by the
    namespace of its config keys. site_config: the config of the whole process, over which the sections stand; site_log:
    its logs.
    script_name None: whatever the outer server says. request_class, response_class may be replaced; relative_urls
    is the default of url(relative=). pipeline: if not empty, requests go through serve_through(). namespaces: handlers
    for what section `/` says in a namespace of theirs, told at each merge. secret: a key of this process.
    before_request, after_request: called around each request, whatever becomes of it.
    """

    request_class: type[Request] = Request
    response_class: type[Response] = Response
    relative_urls: str | bool = False
    toolboxes: Mapping[str, Hooking] = {}
    site_config: GlobalConfig = GlobalConfig()
    site_log: LogManager | None = None
    keys: Keys | None = None
    pipeline: Sequence[Any] = ()
    before_request: Callable[[], object] | None = None
    after_request: Callable[[], object] | None = None

    def __init__(self, root: Any, script_name: str | None = "", config: Any = None) -> None:
        self.root = root
        self.script_name = script_name.rstrip("/") if script_name is not None else None
        self.toolboxes = dict(self.toolboxes)
        self.config = Sections(None, self.keys, f"config of the application at {self.script_name or '/'!r}")
        self.log = LogManager(str(id(self)), site=self.site_log)
        self.namespaces = Namespaces(log=self.log.configure)
        self.resources = Resources(self)
        self.secret = Secret()
        if config:
            self.merge(config)

    def merge(self, config: Any) -> None:
        """Add config: a dict of sections, the name of a file, or an open file. Raises ConfigError."""
        self.config.merge(config)
        self.namespaces(self.config.get("/", {}))

    def find_config(self, path: str, key: str, default: Any = None) -> Any:
        """The value of a key in the nearest section at or above a path."""
        return self.config.find(path, key, default)

    def get_serving(
        self,
        local: Address | Host,
        remote: Address | Host,
        scheme: str = "http",
        sproto: str = "HTTP/1.1",
    ) -> tuple[Request, Response]:
        """A request and its response, to be driven by hand: `request.run(…)`, then release_serving().

        local, remote: both ends, as Host or `(address, port)`. sproto: what the server claims to speak.
        """
        head = head_of("GET", "/", "", sproto, ())
        here, there = ((each.ip, each.port) if isinstance(each, Host) else each[:2] for each in (local, remote))
        exchange = ByHand(head, None, there, here)
        exchange.scheme = scheme
        request = self.request_class(exchange, self)
        request.response = self.response_class()
        current.set(request)
        return request, request.response

    def release_serving(self) -> None:
        """The calling thread is done with the request that get_serving() gave it."""
        current.set(None)

    def environ(self, exchange: Exchange) -> dict[str, Any]:
        """The WSGI environ of a request that came without WSGI. For an application that can be one: see run/wsgi.py."""
        return {}

    def put(self, request: Request, instead: HTTPError | HTTPRedirect) -> None:
        """Put an error or a redirect in place of the page, as raising it would: for set_response() of these."""
        put(request, request.response, instead)

    def error_page(self, request: Request, error: HTTPError, words: Mapping[str, Any]) -> bytes:
        """The usual page for an error: for get_error_page() of it. words: message and traceback, if others."""
        return usual_page(request, error, words)

    # -- the way in ----------------------------------------------------------------------------------------------

    def handle(self, exchange: Exchange) -> None:
        """Answer an exchange: an Application is a handler by this method."""
        self.enter(exchange, self.serve)

    def enter(self, exchange: Exchange, serve: Callable[..., None]) -> None:
        """Find out which part of an exchange's path is ours, and have it answered by serve() or answer()."""
        try:
            path, query = split_target(exchange.head.target)
        except ValueError:
            bare(exchange, 400, "the path of the request is malformed")
            return
        prefix = self.script_name or ""
        if prefix and exchange.prefix.endswith(prefix):  # the outer server has taken it off the path already
            serve(exchange, path, query, exchange.prefix)
            return
        if not prefix or path == prefix or path.startswith(f"{prefix}/"):
            serve(exchange, path[len(prefix) :], query)
        else:
            bare(exchange, 404, f"nothing is mounted at {path}")

    def serve(self, exchange: Exchange, path: str, query: str, script_name: str | None = None) -> None:
        """Answer an exchange whose path, below the mount point, is known already. script_name: if it is not ours."""
        if self.pipeline:
            self.serve_through(exchange)
        else:
            self.answer(exchange, path, query, script_name)

    def serve_through(self, exchange: Exchange) -> None:
        """Answer through what stands in the pipeline. For an application that can have one: see run/wsgi.py."""

    def answer(
        self,
        exchange: Exchange,
        path: str,
        query: str,
        script_name: str | None = None,
        request: Request | None = None,
    ) -> None:
        """As serve(), but without a pipeline. request: to be used, instead of a new one."""
        if request is None:
            request = self.request_class(exchange, self)
            request.response = self.response_class()
        request.path_info = path or ("" if self.script_name else "/")
        request.query_string = query
        if script_name is not None:
            request.script_name = script_name
        if self.log.access_wanted:
            self.log.follow(exchange, request)
        if self.before_request is not None:
            self.before_request()
        while True:
            before = current.set(request)
            try:
                self.run(request, request.response)
                return
            except InternalRedirect as redirect:
                request = self._next(request, redirect)
            finally:
                current.reset(before)  # a page may ask an application itself

    def run(self, request: Request, response: Response) -> None:
        """Have the page made, or what comes instead of it, and send it.

        Only InternalRedirect comes out of here, and with `throw_errors` what is unexpected.
        """
        try:
            try:
                self.make(request, response)
            except (HTTPError, HTTPRedirect) as late:
                show(request, response, late)
            send(request, response)
        except InternalRedirect:
            raise
        except ClientGone as gone:
            _log.debug("%s: %s", request.request_line, gone)
            request.exchange.abort()
        except Exception as error:
            self._borrow(request)
            if request.throw_errors:
                raise
            fail(request, response, error)
            send(request, response)
        finally:
            self._end(request, response)

    def make(self, request: Request, response: Response) -> None:
        """Finish the response: the page, or what it has raised to stand in its place."""
        accident: Exception | None = None
        try:
            self.route(request, response)
        except (HTTPError, HTTPRedirect) as instead:
            self._borrow(request)
            show(request, response, instead)
        except (InternalRedirect, ClientGone):
            raise
        except Exception as error:
            accident = error
            request.failed_at = request.stage
            raise
        finally:
            points = request.points
            if points.on_end_resource:
                request.stage = "on_end_resource"
                response.tell()
                try:
                    run_hooks(points.on_end_resource, request, response)
                except KirschError:
                    if accident is not None:  # nobody would hear of it any more
                        tell(request, accident)
                    raise

    def route(self, request: Request, response: Response) -> None:
        """From the path to a finished response: the eight hook points but the last four stand here in their order."""
        if request.prev is not None:
            _refuse_circles(request)
        request.resource = resource = self.resources.find(request)
        if request.points is NO_HOOKS:
            fields = request.exchange.head.block
            request.points = resource.quiet if fields.made.get(resource.waiting) else resource.points_for(fields)
        points: Points | HookMap = request.points
        if resource.settings:
            resource.settle(request, response)
            points = request.points
        if points.on_start_resource:
            request.stage = "on_start_resource"
            run_hooks(points.on_start_resource, request, response)
            points = request.points
        if request.query_string:
            self._read_query(request)
        if points.before_request_body:
            request.process_request_body = (
                request.process_request_body and request.method in request.methods_with_bodies
            )
            request.stage = "before_request_body"
            run_hooks(points.before_request_body, request, response)
            points = request.points
        if request.method in request.methods_with_bodies and request.process_request_body:
            self._read_body(request)
        if points.before_handler:
            request.stage = "before_handler"
            run_hooks(points.before_handler, request, response)
            points = request.points
        pace = resource.pace
        if pace.slow:
            request.exchange.step_aside()
        request.stage = "handler"
        began = perf_counter()
        if not request.handler_replaced:
            response.page = request.call()
        elif request.handler is not None:
            response.page = request.handler()
        points = request.points
        if points.before_finalize:
            request.stage = "before_finalize"
            run_hooks(points.before_finalize, request, response)
        response.finalize()
        seconds = perf_counter() - began
        if seconds > TRIFLE or pace.seconds > TRIFLE:
            pace.took(seconds)

    # -- steps of it ---------------------------------------------------------------------------------------------

    def _read_query(self, request: Request) -> None:
        try:
            parameters = parse_query(request.query_string, request.query_string_encoding)
        except FormError as error:
            raise HTTPError(404, f"the query string cannot be read: {error}") from None
        if request.params:  # those of the path win
            parameters.update(request.params)
        request.params = parameters

    def _read_body(self, request: Request) -> None:
        body = request.body
        body.process()
        combine(request.params, {name: body.params[name] for name in body.params if name not in request.from_path})

    def _borrow(self, request: Request) -> None:
        """If the way to the page has failed already, errors are shown as it is said for the root."""
        if request.resource is None:
            with suppress(Exception):  # what is wrong is told by the error that has led here
                Resource(Found(self.root, [], {}), self.resources.settings(request), {}).settle(
                    request, request.response
                )

    def _next(self, request: Request, redirect: InternalRedirect) -> Request:
        """The request that takes the place of one that was redirected inside."""
        following = self.request_class(request.exchange, self)
        following.prev = request
        following.method = "GET"
        following.script_name = request.script_name
        following.process_request_body = False
        following.path_info, following.query_string = redirect.target_from(request.path_info or "/")
        following.response = self.response_class()
        if request.exchange.context is request:  # the access log asks it
            request.exchange.context = following
        return following

    def _end(self, request: Request, response: Response) -> None:
        """The conversation is over: run what stands at its end, and never fail on it."""
        request.close()
        points = request.points
        if points.on_end_request:
            request.stage = "on_end_request"
            response.tell()
            try:
                run_hooks(points.on_end_request, request, response)
            except Exception:
                _log.exception("at the end of %r", request)
        if self.after_request is not None:
            self.after_request()

    def __repr__(self) -> str:
        return f"<Application {type(self.root).__name__} at {self.script_name or '/'!r}>"


def _refuse_circles(request: Request) -> None:
    """RuntimeError if an internal redirect leads to where one has come from already, or there is no end of them."""
    before = request.prev
    hops = 0
    while before is not None:
        hops += 1
        if hops > MOST_REDIRECTS:
            raise RuntimeError(f"more than {MOST_REDIRECTS} internal redirects, the last to {request.path_info!r}")
        if (before.path_info, before.query_string) == (request.path_info, request.query_string):
            raise RuntimeError(f"internal redirects run in circles: back to {request.path_info!r}")
        before = before.prev
