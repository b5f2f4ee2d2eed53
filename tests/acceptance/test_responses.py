"""Section 8 of the acceptance list: responses."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import io
import socket
import threading

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from tests.acceptance.sites import mounted
from tests.acceptance.ways import OWN, only


def test_R_01_response():
    """Body, headers, cookies and status appear in the answer."""

    def page():
        cherrypy.response.status = 201
        cherrypy.response.headers["X-One"] = "1"
        cherrypy.response.cookie["n"] = "v"
        cherrypy.response.body = b"body"
        return cherrypy.response.body

    answer = mounted(page).get("/page")

    assert (answer.status, answer.body) == (201, b"body")
    assert (answer.headers["X-One"], answer.headers["Set-Cookie"]) == ("1", "n=v")


def test_R_02_header():
    """What is set is sent, and the text is encoded."""

    def page():
        cherrypy.response.headers["Content-Type"] = "text/xml; charset=utf-8"
        return "<é/>"

    answer = mounted(page).get("/page")

    assert (answer.headers["Content-Type"], answer.body) == ("text/xml; charset=utf-8", "<é/>".encode())


@pytest.mark.parametrize(
    "page",
    [lambda: "ab", lambda: b"ab", lambda: ["a", "b"], lambda: io.BytesIO(b"ab")],
    ids=["str", "bytes", "list", "file"],
)
def test_R_03_whole_page(page):
    """str, bytes, list or file: with its length."""
    answer = mounted(page).get("/page")

    assert (answer.body, answer.headers["Content-Length"]) == (b"ab", "2")


def two_pieces():
    """A page that yields."""
    yield "a"
    yield "b"


def test_R_04_yield():
    """Buffered, unless said otherwise."""
    answer = mounted(two_pieces).get("/page")

    assert (answer.body, answer.headers["Content-Length"]) == (b"ab", "2")


@only(OWN, why="it is about what goes over the wire")
@pytest.mark.parametrize(
    ("version", "field", "pieces"),
    [
        ("1.1", b"Transfer-Encoding: chunked", (b"1\r\na\r\n", b"1\r\nb\r\n0\r\n\r\n")),
        ("1.0", b"Connection: close", (b"a", b"b")),
    ],
)
def test_R_05_streaming(live, version, field, pieces):
    """Pieces arrive one by one: chunked in HTTP/1.1, up to the end of the connection in 1.0."""
    arrived = threading.Event()

    def page():
        yield "a"
        arrived.wait(5)
        yield "b"

    mounted(page, {"/page": {"response.stream": True}})
    cherrypy.engine.start()
    with socket.create_connection(cherrypy.server.bind_addr, timeout=5) as client:
        client.sendall(f"GET /page HTTP/{version}\r\nHost: localhost\r\n\r\n".encode())
        got = b""
        while not got.endswith(pieces[0]):
            got += client.recv(1000)
        assert field in got.partition(b"\r\n\r\n")[0]
        arrived.set()
        got = b""
        while not got.endswith(pieces[1]):
            got += client.recv(1000)


def test_R_05_one_by_one():
    """A client has the first piece while the second is not made yet."""
    arrived = threading.Event()

    def page():
        yield "a"
        yield "b" if arrived.wait(5) else "late"

    with mounted(page, {"/page": {"response.stream": True}}).stream("GET", "/page") as answer:
        first = next(answer.pieces)
        arrived.set()

        assert (first, answer.read()) == (b"a", b"b")


@pytest.mark.parametrize("key", ["stream_response", "streamResponse"])
def test_R_05_old_keys(key):
    """They stream, too, and say which key does."""
    with pytest.warns(LegacyWarning, match=rf"\[/page\]: {key} is an old name; write response.stream"):
        client = mounted(two_pieces, {"/page": {key: True}})
    answer = client.get("/page")

    assert (answer.body, "Content-Length" in answer.headers) == (b"ab", False)


def test_R_06_error_after_the_first_yield(caplog):
    """The status stays, what was yielded arrives, the connection is cut, the error is in the log."""

    def page():
        yield "a"
        raise ValueError("too late")

    answer = mounted(page, {"/page": {"response.stream": True}}).get("/page")

    assert (answer.status, answer.body, answer.broken) == (200, b"a", True)
    assert "too late" in caplog.text
