"""Section 7 of the acceptance list: redirects, errors, statuses."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from tests.acceptance.sites import Users, mounted


def raised(error):
    """The answer of a page that raises this."""

    def page():
        raise error

    return mounted(page).get("/page")


def test_N_01_http_error():
    """An error page with that status."""
    assert raised(cherrypy.HTTPError(404)).status == 404


def test_N_02_not_found():
    """404 that names the path."""
    assert (raised(cherrypy.NotFound()).status, "'/page'" in raised(cherrypy.NotFound()).text) == (404, True)


def test_N_03_redirect():
    """External, possibly relative: 303, or 302 for HTTP/1.0."""

    def redir():
        raise cherrypy.HTTPRedirect("can/be/relative")

    client = mounted(redir, path="redir")
    answer = client.get("/redir")

    assert (answer.status, answer.headers["Location"]) == (303, "http://localhost/can/be/relative")
    assert client.get("/redir", version=(1, 0)).status == 302


def test_N_04_internal_redirect(users):
    """The page of another path, under the address that was asked for; by GET, without the body; never in a circle."""

    class Inside:
        @cherrypy.expose
        def default(self, *args, **kwargs):
            raise cherrypy.InternalRedirect("/users/a?x=1" if args == ("go",) else cherrypy.request.path_info)

    Users.inside = Inside()
    try:
        assert users.post("/inside/go", data={"y": "2"}).text == "('a',), {'x': '1'}"
        assert users.get("/inside/circle").status == 500
    finally:
        del Users.inside


def test_N_04_parameters_by_a_dict(client):
    """As of old, in the place of the query; it is said what to write."""

    class Root(Users):
        @cherrypy.expose
        def inside(self):
            raise cherrypy.InternalRedirect("/users", {"x": "a b", "y": ["1", "2"]})

    cherrypy.tree.mount(Root())
    with pytest.warns(LegacyWarning, match=r"test_errors\.py, line \d+: InternalRedirect\(path, params\) is an old"):
        text = client.get("/inside").text

    assert text == "(), {'x': 'a b', 'y': ['1', '2']}"


@pytest.mark.parametrize("status", [304, "304", "304 Not Modified"])
def test_N_05_any_status(status):
    """By hand: 304 has neither body nor length."""

    def page():
        cherrypy.response.status = status
        return "anything"

    answer = mounted(page).get("/page")

    assert (answer.status, answer.body, "Content-Length" in answer.headers) == (304, b"", False)
