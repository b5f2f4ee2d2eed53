"""Section 5 of the acceptance list: what a request brings."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import threading

import pytest

import kirsch as cherrypy
from tests.acceptance.sites import mounted


def test_Q_01_headers():
    """A dict whose keys know no case, and are shown in Title-Case."""

    def page():
        headers = cherrypy.request.headers
        return repr((headers["user-agent"], headers.get("X-None"), "x-one" in headers, sorted(headers)))

    text = mounted(page).get("/page", headers={"User-Agent": "me", "X-ONE": "1"}).text

    assert text == "('me', None, True, ['Host', 'User-Agent', 'X-One'])"


def test_Q_02_form_fields_are_arguments(users):
    """By the name of the field, as text."""
    assert users.post("/greet", data={"name": "Zoë"}).text == "Hello Zoë"


def test_Q_03_get_or_post(users):
    """It makes no difference how a field is sent."""
    texts = {users.request(method, "/greet", data={"name": "x"}).text for method in ("POST", "PUT", "PATCH")}

    assert texts == {users.get("/greet?name=x").text} == {"Hello x"}


@pytest.mark.parametrize(
    ("query", "data", "status"),
    [("", None, 404), ("", {"b": "1"}, 404), ("?a=1&b=2", None, 404), ("", {"a": "1", "b": "2"}, 400)],
)
def test_Q_04_missing_and_unexpected(users, query, data, status):
    """Missing: 404; unexpected: 404 in a query, 400 in a body; never an internal error."""
    answer = users.get(f"/need{query}") if data is None else users.post(f"/need{query}", data=data)

    assert answer.status == status


def test_Q_05_whatever_was_sent():
    """`**kwargs` takes any field."""
    assert mounted(lambda **kw: repr(kw)).post("/page?x=1", data={"y": "2"}).text == "{'x': '1', 'y': '2'}"


def test_Q_06_checkboxes():
    """Unticked: not there; several: a list."""
    client = mounted(lambda **kw: repr(kw))

    assert [client.get(f"/page{query}").text for query in ("", "?b=1&b=2")] == ["{}", "{'b': ['1', '2']}"]


def test_Q_07_request():
    """Method, request line, the client's address, headers, cookies."""

    def page(**_):
        request = cherrypy.request
        remote = request.remote
        seen.append((request.method, request.request_line, remote.ip, remote.name, type(remote.port)))
        seen.append((request.headers["X-One"], request.cookie["a"].value))

    seen = []
    mounted(page).get("/page?y", headers={"X-One": "1", "Cookie": "a=b"})

    assert seen == [("GET", "GET /page?y HTTP/1.1", "127.0.0.1", "127.0.0.1", int), ("1", "b")]


def test_Q_08_lifetime():
    """A new object for each request; outside of any there is a dummy."""
    seen = []
    client = mounted(lambda: seen.append(cherrypy.serving.request))
    client.get("/page")
    client.get("/page")
    elsewhere = []
    thread = threading.Thread(target=lambda: elsewhere.append((cherrypy.request.app, cherrypy.request.path_info)))
    thread.start()
    thread.join()

    assert seen[0] is not seen[1]
    assert seen[0].closed
    assert elsewhere == [(None, "/")]
    assert cherrypy.request.app is None
