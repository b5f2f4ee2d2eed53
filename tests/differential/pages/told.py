"""Pages that tell what request, response and application look like from inside, and what url() makes of a path."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from tests.differential.pages.face import cherrypy

if TYPE_CHECKING:
    from collections.abc import Callable

REQUEST = {
    "method": lambda request: request.method,
    "path_info": lambda request: request.path_info,
    "script_name": lambda request: request.script_name,
    "query_string": lambda request: request.query_string,
    "request_line": lambda request: request.request_line,
    "base": lambda request: request.base,
    "scheme": lambda request: request.scheme,
    "protocol": lambda request: request.protocol,
    "server_protocol": lambda request: request.server_protocol,
    "params": lambda request: sorted(request.params.items()),
    "args": lambda request: list(request.args),
    "kwargs": lambda request: sorted(request.kwargs.items()),
    "is_index": lambda request: request.is_index,
    "remote": lambda request: (request.remote.ip, request.remote.port > 0),
    "local": lambda request: request.local.port > 0,
    "login": lambda request: request.login,
    "prev": lambda request: request.prev,
    "stage": lambda request: request.stage,
    "closed": lambda request: request.closed,
    "handler": lambda request: request.handler.callable.__name__,
    "hooks": lambda request: sorted(request.hooks),
    "methods": lambda request: tuple(request.methods_with_bodies),
    "process_body": lambda request: request.process_request_body,
    "encoding": lambda request: request.query_string_encoding.replace("-", ""),
    "error_page": lambda request: dict(request.error_page),
    "throw_errors": lambda request: request.throw_errors,
    "header_list": lambda request: sorted((name.title(), value) for name, value in request.header_list),
    "body": lambda request: type(request.body).__name__,
    "app": lambda request: (request.app.script_name, type(request.app.root).__name__, request.app.relative_urls),
    "unique_id": lambda request: (len(str(request.unique_id)), str(request.unique_id) == str(request.unique_id)),
    "config": lambda request: request.config.get("told.here"),
    "own": lambda request: request.own,
    "cookie": lambda request: type(request.cookie).__mro__[-2].__name__,
    "nothing": lambda request: request.no_such_attribute,
    "toolmaps": lambda request: "trailing_slash" in request.toolmaps["tools"],
    "dispatch": lambda request: type(request.dispatch).__name__,
    "namespaces": lambda request: sorted(request.namespaces)[:1],
    "multithread": lambda request: request.multithread,
    "environ": lambda request: request.wsgi_environ["PATH_INFO"],
    "rfile": lambda request: callable(request.rfile.read),
    "show_tracebacks": lambda request: request.show_tracebacks,
    "body_params": lambda request: request.body.params,
}

HEADERS: dict[str, Callable[[Any], Any]] = {
    "item": lambda headers: headers["x-oWn"],
    "get": lambda headers: (headers.get("X-OWN"), headers.get("X-None"), headers.get("X-None", 5)),
    "within": lambda headers: ("x-own" in headers, "X-None" in headers),
    "missing": lambda headers: headers["X-None"],
    "names": sorted,
    "title": lambda headers: sorted(name.title() for name in headers),
    "items": lambda headers: sorted((name.title(), value) for name, value in headers.items() if name[:1] in "Xx"),
    "length": lambda headers: len(headers) > 1,
    "elements": lambda headers: [str(element) for element in headers.elements("Accept")],
    "values": lambda headers: headers.values("Accept"),
    "pop": lambda headers: (headers.pop("x-own"), "X-Own" in headers),
    "set": lambda headers: headers.__setitem__("x-new", "5") or headers["X-New"],
    "copy": lambda headers: sorted(headers.copy()) == sorted(headers),
    "dict": lambda headers: sorted(name.title() for name in dict(headers)),
    "host": lambda headers: headers["Host"],
    "remote": lambda headers: headers.get("Remote-Addr"),
    "type": lambda headers: headers.get("Content-Type", "none"),
    "own": lambda headers: headers.get("X-Own"),
}

RESPONSE = {
    "status": lambda response: response.status,
    "body": lambda response: bool(response.body),
    "stream": lambda response: response.stream,
    "time": lambda response: abs(response.time - time.time()) < 60,
    "cookie": lambda response: dict(response.cookie),
    "type": lambda response: response.headers["Content-Type"],
    "header_list": lambda response: response.header_list,
    "own": lambda response: setattr(response, "own", 5) or response.own,
}

APP = {
    "config": lambda app: app.config["data"]["key"],
    "section": lambda app: app.config["/told"]["told.here"],
    "find": lambda app: (app.find_config("/told/x/y", "told.here"), app.find_config("/other", "told.here", "none")),
    "script_name": lambda app: app.script_name,
    "namespaces": lambda app: sorted(set(app.namespaces) & {"log", "wsgi"}),
    "toolboxes": lambda app: sorted(app.toolboxes),
    "log": lambda app: callable(app.log),
    "tree": lambda app: cherrypy.tree.apps[app.script_name] is app,
    "mounted": lambda app: sorted(cherrypy.tree.apps)[:2],
    "of_path": lambda app: [cherrypy.tree.script_name(path) for path in ("/app/x", "/apple", "/app/inner/x", "/")],
    "here": lambda app: cherrypy.tree.script_name(),
}

FACE = {
    "serving": lambda: cherrypy.serving.request.path_info,
    "thread_data": lambda: setattr(cherrypy.thread_data, "own", 5) or cherrypy.thread_data.own,
    "thread": lambda: threading.current_thread() is threading.main_thread(),
    "config": lambda: cherrypy.config.get("told.global"),
    "item": lambda: cherrypy.config["told.global"],
    "state": lambda: str(cherrypy.engine.state).rpartition(".")[2],
    "log": lambda: cherrypy.log("a line", context="TOLD"),
    "truth": lambda: (bool(cherrypy.request), bool(cherrypy.response)),
    "session": lambda: hasattr(cherrypy, "session"),
    "nested": lambda: cherrypy.request.headers["Host"] == cherrypy.serving.request.headers["host"],
}

URLS = {
    "nothing": cherrypy.url,
    "rooted": lambda: cherrypy.url("/a/b"),
    "relative": lambda: cherrypy.url("a"),
    "up": lambda: cherrypy.url("../a"),
    "far_up": lambda: cherrypy.url("../../../../a"),
    "here": lambda: cherrypy.url("./a"),
    "dots": lambda: cherrypy.url("/a/./b/../c/"),
    "slashes": lambda: cherrypy.url("/a//b"),
    "query": lambda: cherrypy.url("/a", "b=1&c=2"),
    "mapping": lambda: cherrypy.url("/a", qs={"b": "1 2", "c": "ü"}),
    "pairs": lambda: cherrypy.url("/a", qs=[("b", 1), ("b", 2)]),
    "only_query": lambda: cherrypy.url(qs="x=1"),
    "base": lambda: cherrypy.url("/a", base="https://other.test"),
    "script_name": lambda: cherrypy.url("/a", script_name="/other"),
    "no_script": lambda: cherrypy.url("/a", script_name=""),
    "to_page": lambda: cherrypy.url("/a/b", relative=True),
    "to_sibling": lambda: cherrypy.url("sibling", relative=True),
    "to_here": lambda: cherrypy.url("", relative=True),
    "to_root": lambda: cherrypy.url("/", relative=True),
    "to_server": lambda: cherrypy.url("/a/b?c=1", relative="server"),
    "to_server_query": lambda: cherrypy.url("/a", qs="b=1", relative="server"),
    "fragment": lambda: cherrypy.url("/a#part"),
    "unicode": lambda: cherrypy.url("/schön"),
    "mark": lambda: cherrypy.url("a?b=1"),
    "full": lambda: cherrypy.url("http://other.test/a"),
}


class Told:
    """`/told/request/method` and so on."""

    @cherrypy.expose
    def request(self, name, *args, **kwargs):
        cherrypy.request.own = 5
        return repr(REQUEST[name](cherrypy.request))

    @cherrypy.expose
    def headers(self, name):
        return repr(HEADERS[name](cherrypy.request.headers))

    @cherrypy.expose
    def response(self, name):
        return repr(RESPONSE[name](cherrypy.response))

    @cherrypy.expose
    def app(self, name):
        return repr(APP[name](cherrypy.request.app))

    @cherrypy.expose
    def face(self, name):
        return repr(FACE[name]())

    @cherrypy.expose
    def url(self, name, *args, **kwargs):
        return URLS[name]()


class Places:
    """The same URLs from an index."""

    @cherrypy.expose
    def index(self, name="nothing"):
        return URLS[name]()


class Mounted(Told):
    """An application below the root of the site."""

    places = Places()

    @cherrypy.expose
    def index(self, **kwargs):
        return f"mounted {cherrypy.request.script_name!r} {cherrypy.request.path_info!r} {sorted(kwargs)}"

    @cherrypy.expose
    def to(self, where):
        raise cherrypy.HTTPRedirect(where)

    @cherrypy.expose
    def inside(self, where):
        raise cherrypy.InternalRedirect(where)


class Innermost:
    """An application below an application."""

    @cherrypy.expose
    def default(self, *args):
        return f"innermost {cherrypy.request.script_name!r} {args!r}"
