"""Section 11 of the acceptance list: hooks, tools, filters."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import importlib
from xmlrpc.client import dumps

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from tests.acceptance.sites import mounted
from tests.acceptance.ways import MEMORY, only
from tests.compat.aliased import installed

POINTS = (
    "on_start_resource", "before_request_body", "before_handler", "before_finalize", "on_end_resource",
    "before_error_response", "after_error_response", "on_end_request",
)  # fmt: skip


def ran(handler, **request):
    """The points that a request passes, in their order."""
    done = []
    hooks = {f"hooks.{point}": lambda point=point: done.append(point) for point in POINTS}
    mounted(handler, {"/": hooks}).request(request.pop("method", "GET"), "/page", **request)
    return done


@only(MEMORY, why="nothing is asked")
def test_H_01_lean_by_default():
    """Without config only the tools of the box that are on run."""
    on = {key for key in cherrypy.config if key.startswith("tools.")}

    assert on == {"tools.encode.on", "tools.log_headers.on", "tools.log_tracebacks.on", "tools.trailing_slash.on"}


class Parts:
    rpc = cherrypy.XMLRPCController()

    @cherrypy.expose
    def default(self, *_):
        return "page" * 1000


@pytest.mark.parametrize(
    ("method", "path", "kind", "packed"),
    [
        ("GET", "/plain", "text/html", False),
        ("GET", "/static", "text/x-python", False),
        ("GET", "/packed", "text/html", True),
        ("POST", "/rpc/", "text/xml", False),
    ],
)
def test_H_02_tools_by_path(client, method, path, kind, packed):
    """One part of the site is XML-RPC, one a file, one is compressed: each has its own tools."""
    config = {
        "/static": {"tools.staticfile.on": True, "tools.staticfile.filename": __file__},
        "/packed": {"tools.gzip.on": True},
        "/rpc": {"request.dispatch": cherrypy.dispatch.XMLRPCDispatcher(), "tools.xmlrpc.on": True},
    }
    cherrypy.tree.mount(Parts(), "/", config)
    fields = {"Accept-Encoding": "gzip", "Content-Type": "text/xml"}
    answer = client.request(method, path, body=dumps((), "none"), headers=fields)

    assert answer.headers["Content-Type"].partition(";")[0] == kind
    assert ("Content-Encoding" in answer.headers) is packed


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_H_03_on_start_resource(method):
    """Called once a request, first."""
    done = ran(lambda: "", method=method)

    assert (done[0], done.count("on_start_resource")) == ("on_start_resource", 1)


def test_H_04_before_request_body():
    """The body has not been read by then."""
    read = []
    hooks = {"hooks.before_request_body": lambda: read.append(cherrypy.request.body.params.copy())}
    mounted(lambda a: a, {"/": hooks}).post("/page", data={"a": "1"})

    assert read == [{}]


def test_H_05_before_main():
    """The old name of the point before the handler, in config and of a tool; it is said once what it is called now."""
    seen = []
    with pytest.warns(UserWarning, match="hooks.before_main is an old name; write hooks.before_handler") as said:
        client = mounted(lambda: "page", {"/": {"hooks.before_main": lambda: seen.append("hook")}})
    with pytest.warns(UserWarning, match="before_handler"):
        cherrypy.tools.old = cherrypy.Tool("before_main", lambda: seen.append("tool"))
    cherrypy.tree.apps[""].merge({"/": {"tools.old.on": True}})
    client.get("/page")
    del vars(cherrypy.tools)["old"]

    assert (sorted(seen), len(said)) == (["hook", "tool"], 1)


def test_H_05_attached_to_a_request():
    """The old name of the point will do there, too."""
    seen = []

    def attach():
        cherrypy.request.hooks.attach("before_main", lambda: seen.append(1))

    with pytest.warns(LegacyWarning, match="before_handler"):
        mounted(lambda: "page", {"/": {"hooks.on_start_resource": attach}}).get("/page")

    assert seen == [1]


def test_H_06_before_finalize():
    """What it makes of the body is sent."""

    def change():
        cherrypy.response.body = [piece.upper() for piece in cherrypy.response.body]

    assert mounted(lambda: "page", {"/": {"hooks.before_finalize": change}}).get("/page").text == "PAGE"


def fail():
    """A page with a mistake."""
    raise ValueError("by mistake")


def test_H_07_on_end_resource():
    """For every request, also when the handler has failed, and then before the error is answered."""
    done = ran(fail)

    assert "on_end_resource" in ran(lambda: "")
    assert done.index("on_end_resource") < done.index("before_error_response")


@pytest.mark.parametrize("error", [cherrypy.HTTPError(403), cherrypy.NotFound(), cherrypy.HTTPRedirect("/")])
def test_H_08_before_error_response(error):
    """Once for an accident, and not for what was meant."""
    assert ran(fail).count("before_error_response") == 1
    assert "before_error_response" not in ran(error)


def test_H_09_after_error_response():
    """Right behind the other; before_finalize is not called on this way."""
    done = ran(fail)

    assert done[done.index("before_error_response") + 1] == "after_error_response"
    assert "before_finalize" not in done


@pytest.mark.parametrize("handler", [lambda: "", fail, cherrypy.NotFound()])
def test_H_10_on_end_request(handler):
    """Last of all, whatever happened."""
    assert ran(handler)[-1] == "on_end_request"


class Filter:
    def before_main(self):
        """Answer instead of the handler."""
        cherrypy.response.body = "filtered"
        cherrypy.request.execute_main = False

    def before_finalize(self):
        """Sign the answer."""
        cherrypy.response.headers["X-Filter"] = "yes"


@pytest.mark.parametrize("name", ["_cp_filters", "_cpFilterList"])
def test_H_11_filters(client, name):
    """Classes with methods named like the points act as hooks of all below; it is said what to use instead."""

    class Root:
        @cherrypy.expose
        def page(self):
            return "page"

    setattr(Root, name, [Filter()])
    cherrypy.tree.mount(Root())
    with pytest.warns(LegacyWarning) as said:
        answer = client.get("/page")

    assert f"Root: {name} is an old name; write a Tool" in str(said[0].message)
    assert (answer.text, answer.headers["X-Filter"]) == ("filtered", "yes")


def test_H_11_base_filter(client):
    """Their class is where it was, and says what it is now."""
    with installed(), pytest.warns(LegacyWarning, match=r"BaseFilter is an old name; write a Tool"):
        base = importlib.import_module("cherrypy.filters.basefilter").BaseFilter
    filters = [type("Own", (base,), {"before_main": Filter.before_main})()]
    cherrypy.tree.mount(type("Root", (), {"_cp_filters": filters, "page": cherrypy.expose(lambda self: "page")})())
    with pytest.warns(LegacyWarning):
        assert client.get("/page").text == "filtered"


def test_H_11_oldest_filters(client):
    """Listed as a class, and with the oldest names of its methods, it does the same."""

    class Oldest:
        beforeMain = Filter.before_main  # noqa: N815 - as it was

    cherrypy.tree.mount(type("Root", (), {"_cpFilterList": [Oldest], "page": cherrypy.expose(lambda self: "page")})())
    with pytest.warns(LegacyWarning):
        answer = client.get("/page")

    assert (answer.text, "X-Filter" in answer.headers) == ("filtered", False)
