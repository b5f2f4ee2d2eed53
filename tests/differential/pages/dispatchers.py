"""Other ways to find a page: by method, by host, by XML-RPC; each behind has(), and WSGI applications in the tree."""
# ruff: noqa: RUF012, N802 - `_cp_config`, and methods of HTTP, are written as every application writes them

from __future__ import annotations

import types

from tests.differential.pages.face import cherrypy, has, public, tool_kind


class Item:
    """A resource with methods."""

    exposed = True

    def GET(self, *args, **kwargs):
        return f"GET {args!r} {sorted(kwargs.items())!r}"

    def POST(self, a="-"):
        return f"POST {a!r}"

    def PUT(self):
        return cherrypy.request.body.read()

    PUT._cp_config = {"response.headers.X-Put": "yes"}


class Poor:
    """A resource that can be deleted only, and with less exposed than it looks."""

    exposed = True

    def DELETE(self, a):
        return f"DELETE {a!r}"


class Hidden:
    """No resource."""

    def GET(self):
        return "hidden"


class Empty(Item):
    """A resource that is false."""

    def __len__(self):
        return 0


class Reading:
    """A resource with an index and a default, which are no methods."""

    exposed = True
    item = Item()

    @cherrypy.expose
    def index(self):
        return "index"

    def GET(self):
        return "reading"


class Resources:
    """The root of them."""

    exposed = True
    item = Item()
    poor = Poor()
    hidden = Hidden()
    empty = Empty()
    reading = Reading()

    def GET(self):
        return f"root {cherrypy.request.is_index}"

    def HEAD(self):
        cherrypy.response.headers["X-Head"] = "own"


class Host:
    """What one host name leads to."""

    def __init__(self, name):
        self.name = name

    @cherrypy.expose
    def index(self, *args):
        return f"{self.name} {cherrypy.request.path_info} {cherrypy.url('/x')}"

    @cherrypy.expose
    def page(self, *args):
        return f"{self.name} page {args!r} {cherrypy.url('y')} {cherrypy.request.config.get('our.a', '-')}"


class Hosts(Host):
    """Several hosts in one application."""

    one = Host("one")
    two = Host("two")


def remote_calls():
    """The root of an XML-RPC service."""

    class Math:
        @cherrypy.expose
        def add(self, a, b):
            return a + b

    class Calls(tool_kind("XMLRPCController")):
        math = Math()

        @cherrypy.expose
        def add(self, a, b):
            return a + b

        @cherrypy.expose
        def hello(self):
            return "hällo"

        @cherrypy.expose
        def things(self):
            return {"list": [1, 2.5, True], "text": ""}

        @cherrypy.expose
        def fails(self):
            raise ValueError("a fault")

        @cherrypy.expose
        def refuses(self):
            raise cherrypy.HTTPError(403, "said in a call")

        def hidden(self):
            return "hidden"

    return Calls()


def mount_all():
    """Mount what the framework has dispatchers for."""
    mount = cherrypy.tree.mount
    if has("dispatch.MethodDispatcher"):
        mount(Resources(), "/methods", {"/": {"request.dispatch": cherrypy.dispatch.MethodDispatcher()}})
    if has("dispatch.VirtualHost"):
        hosts = cherrypy.dispatch.VirtualHost(**{"one.test": "/one", "two.test:8080": "/two"})
        sections = {
            "/": {"request.dispatch": hosts},
            "/one": {"our.a": "of host one"},
            "/page": {"our.a": "of the page"},
        }
        mount(Hosts("default"), "/hosts", sections)
    if has("dispatch.XMLRPCDispatcher") and tool_kind("XMLRPCController"):
        mount(remote_calls(), "/calls", {"/": {"request.dispatch": cherrypy.dispatch.XMLRPCDispatcher()}})


def environ(environ, start_response):
    """A WSGI application that tells what it got."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Wsgi", "yes"), ("X-Twice", "1"), ("X-Twice", "2")])
    names = ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REQUEST_METHOD", "CONTENT_TYPE", "CONTENT_LENGTH")
    told = [f"{name}={environ.get(name)}" for name in (*names, "HTTP_X_OWN", "wsgi.url_scheme", "SERVER_PROTOCOL")]
    return ["\n".join([*told, environ["wsgi.input"].read().decode()]).encode()]


def pieces(environ, start_response):
    """A WSGI application that writes in both ways, and without a length."""
    write = start_response("201 Made", [("Content-Type", "text/plain")])
    write(b"written ")
    yield b"yielded "
    yield b""
    yield b"last"


def failing(environ, start_response):
    """A WSGI application that fails before it has begun."""
    raise ValueError("in WSGI")


def failing_late(environ, start_response):
    """A WSGI application that fails after it has begun."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"begun"
    raise ValueError("in WSGI")


class Grafted:
    """An application of our own, grafted as if it were any WSGI application."""

    @cherrypy.expose
    def index(self):
        return f"grafted {cherrypy.request.script_name!r} {cherrypy.url()}"

    @cherrypy.expose
    def page(self, *args):
        return f"page {cherrypy.request.script_name!r} {args!r} {cherrypy.url('/x')}"


def middleware(application):
    """Adds a line to each answer."""

    def wrapped(environ, start_response):
        def start(status, headers, exc_info=None):
            return start_response(status, [*headers, ("X-Middleware", "yes")], exc_info)

        return application(environ, start)

    return wrapped


module = types.ModuleType("an_application")
module.index = public(lambda: "index of a module")
module.page = public(lambda *args: f"page of a module {args!r}")


def graft_all():
    """Graft the WSGI applications, and mount in other ways."""
    cherrypy.tree.mount(module, "/module")
    cherrypy.tree.graft(cherrypy.Application(Grafted(), "/grafted"), "/grafted")
    cherrypy.tree.graft(middleware(cherrypy.Application(Grafted(), "/wrapped")), "/wrapped")
    for name, application in (("environ", environ), ("pieces", pieces), ("failing", failing), ("late", failing_late)):
        cherrypy.tree.graft(application, f"/wsgi/{name}")
