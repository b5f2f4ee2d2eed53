from __future__ import annotations

import pytest

import kirsch
from kirsch.run.wsgi import Application, Tree
from kirsch.testing.client import Client


class Root:
    @kirsch.expose
    def index(self):
        return "index"

    @kirsch.expose
    def fails(self):
        raise ValueError


@pytest.fixture
def _no_listeners():
    """Nobody listens to requests, before and after."""
    yield
    for channel in ("before_request", "after_request"):
        for listener in list(kirsch.engine.listeners.get(channel, ())):
            kirsch.engine.unsubscribe(channel, listener)
        setattr(Application, channel, None)


@pytest.mark.usefixtures("_no_listeners")
@pytest.mark.parametrize("path", ["/", "/fails", "/nothing"])
def test_requests_are_announced(path):
    """The channels around a request are published for each, whatever becomes of it."""
    seen = []
    kirsch.engine.subscribe("before_request", lambda: seen.append("before"))
    kirsch.engine.subscribe("after_request", lambda: seen.append("after"))
    Client(Application(Root())).get(path)

    assert seen == ["before", "after"]


def test_middleware_of_an_application():
    """`wsgi.pipeline` stands around it, under our own server, too; the first is outermost, merging twice is as once."""

    def marking(nextapp, mark="?"):
        def application(environ, start_response):
            return nextapp(environ, lambda status, headers: start_response(status, [*headers, ("X-Mark", mark)]))

        return application

    config = {"/": {"wsgi.pipeline": [("a", marking), ("b", marking)], "wsgi.a.mark": "A", "wsgi.b.mark": "B"}}
    application = Application(Root(), "/app", config)
    application.merge(config)
    tree = kirsch.tree.__class__()
    tree.mount(application)

    assert [name for name, _ in application.wsgiapp.pipeline] == ["a", "b"]
    assert Client(tree).get("/app/").headers.getall("X-Mark") == ["B", "A"]


@pytest.mark.parametrize(
    ("attributes", "path", "shown"),
    [
        ({}, "/favicon.ico", "200 image/x-icon"),
        ({"favicon_ico": None}, "/favicon.ico", "404 text/plain;charset=utf-8"),
        ({"favicon_ico": kirsch.expose(lambda _: "own")}, "/favicon.ico", "200 text/html;charset=utf-8"),
        ({"default": kirsch.expose(lambda *_: "any")}, "/favicon.ico", "200 image/x-icon"),
        ({"default": kirsch.expose(lambda *_: "any")}, "/x/favicon.ico", "200 text/html;charset=utf-8"),
    ],
)
def test_icon(attributes, path, shown):
    """A site that has none of its own has ours, and its object stays as it is."""
    root = type("Root", (), attributes)()
    site = Tree()
    site.mount(root)
    answer = Client(site).get(path)

    assert f"{answer.status} {answer.headers['Content-Type']}" == shown
    assert set(vars(type(root))) & {"favicon_ico"} == set(attributes) & {"favicon_ico"}
    assert not vars(root)


def test_no_icon_below_the_root():
    """An application at another path, and one that was made by hand, are left alone."""
    site = Tree()
    site.mount(object(), "/app")

    assert Client(site).get("/app/favicon.ico").status == 404
    assert Client(Application(object())).get("/favicon.ico").status == 404
