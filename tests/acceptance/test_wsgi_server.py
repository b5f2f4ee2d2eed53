"""Section 17 of the acceptance list: the WSGI server by itself."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import pytest

from kirsch.app.legacy import LegacyWarning, forget
from kirsch.compat.cheroot_wsgi import Server, WSGIPathInfoDispatcher, WSGIServer
from tests.acceptance.ways import OWN, only
from tests.compat.cheroot_serving import asked, started

SERVER = only(OWN, why="the server by itself is what it is about")


def told(name):
    """An application that tells who it is, and what part of the path is its own."""

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{name} {environ['SCRIPT_NAME']} {environ['PATH_INFO']}".encode()]

    return application


APPS = [("/", told("root")), ("/blog", told("blog"))]


@SERVER
def test_X_01_several_applications_as_a_list():
    """They are served by path, with one warning that names what to write instead."""
    forget()
    with pytest.warns(LegacyWarning, match=r"old name; write .*WSGIPathInfoDispatcher") as warned:
        server, _ = [Server(("127.0.0.1", 0), APPS) for _ in range(2)]
    assert len(warned) == 1
    with started(server):
        assert asked(server, "GET /blog/x HTTP/1.1").body == b"blog /blog /x"


@SERVER
@pytest.mark.parametrize("apps", [APPS, dict(APPS)])
def test_X_02_the_dispatcher(apps):
    """The longest prefix wins; no match is 404; the caller's list stays as it is."""
    server = WSGIServer(("127.0.0.1", 0), WSGIPathInfoDispatcher(apps))
    with started(server):
        assert asked(server, "GET /blog HTTP/1.1").body == b"blog /blog "
        assert asked(server, "GET /blogs HTTP/1.1").body == b"root  /blogs"
        server.wsgi_app = WSGIPathInfoDispatcher(APPS[1:])
        assert asked(server, "GET /other HTTP/1.1").status == 404
    assert list(dict(apps)) == ["/", "/blog"]
