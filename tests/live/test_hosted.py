"""Our applications under servers of others: each answers as our own does, and starts and ends what we have."""

from __future__ import annotations

import http.client
import os
import re
import socket
import threading

import pytest

from tests.environment import NotMade
from tests.hosted.hosts import COMMANDS, ENVIRONMENT, hosted
from tests.server.wire import eventually

pytestmark = pytest.mark.slow

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UPLOAD = {"Content-Type": "multipart/form-data; boundary=b"}
FILE = b"".join((
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n', bytes(range(256)) * 8000,
    b"\r\n--b--\r\n",
))  # fmt: skip

ASKED = {
    "a page": ("GET", "/"),
    "its head": ("HEAD", "/"),
    "a query": ("GET", "/form?name=%C3%A4&x=1&x=2"),
    "a form": ("POST", "/form", b"name=a+b&x=%C3%A4", FORM),
    "no such parameter": ("GET", "/form"),
    "an upload": ("POST", "/upload", FILE, UPLOAD),
    "an upload that is broken": ("POST", "/upload", FILE[:-9], UPLOAD),
    "JSON": ("POST", "/told", b'{"a": [1]}', {"Content-Type": "application/json"}),
    "no JSON": ("POST", "/told", b"{", {"Content-Type": "application/json"}),
    "a stream": ("GET", "/stream"),
    "a long stream": ("GET", "/stream?pieces=9&size=100000"),
    "the head of a stream": ("HEAD", "/stream"),
    "an empty stream": ("GET", "/stream?pieces=0"),
    "a file": ("GET", "/file"),
    "the head of a file": ("HEAD", "/file"),
    "a part of a file": ("GET", "/file", None, {"Range": "bytes=10-19"}),
    "parts of a file": ("GET", "/file", None, {"Range": "bytes=0-0,10-19"}),
    "a part that is not there": ("GET", "/file", None, {"Range": "bytes=999999-"}),
    "a file from the future": ("GET", "/file", None, {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
    "an error": ("GET", "/broken"),
    "the head of an error": ("HEAD", "/broken"),
    "a redirect": ("GET", "/moved"),
    "no content": ("GET", "/nothing"),
    "a tag": ("GET", "/tagged"),
    "nothing there": ("GET", "/none"),
    "escapes": ("GET", "/place/a%2Fb/%C3%A4%20b/c+d?e=%2F"),
    "no text": ("GET", "/place/%FF?e=%FF"),
    "another method": ("DELETE", "/place/x"),
    "somebody else's": ("POST", "/other/a%20b", b"body"),
    "an address of the proxy's": ("GET", "/place", None, {"Host": "example.org"}),
}

MAIN = (
    "content-type",
    "content-length",
    "location",
    "etag",
    "last-modified",
    "accept-ranges",
    "content-range",
    "allow",
)
UNLIKE = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "ID"),
    (r"127\.0\.0\.1:\d+", "HOST"),
    (r"\b[0-9a-f]{32,}\b", "HEX"),
)
"""What differs between two answers of one server."""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """Gives a server by its name, which then runs until the module is through."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        known = {}

        def run(name):
            if name not in known:
                command = COMMANDS.get(name, ["own.py", "8080"])
                known[name] = stack.enter_context(hosted(command, tmp_path_factory.mktemp("host")))
            return known[name]

        try:
            ENVIRONMENT.python()
        except NotMade as error:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
        yield run


def main(reply):
    """What an answer says, without what differs anyway."""
    status, fields, body = reply
    text = body.decode("latin-1")
    fields = {name: fields[name] for name in MAIN if name in fields}
    for pattern, instead in UNLIKE:
        text = re.sub(pattern, instead, text)
        fields = {name: re.sub(pattern, instead, value) for name, value in fields.items()}
    return status, fields, text


LESS = {
    ("granian wsgi", "escapes"): "it keeps to itself how the client has spelled the path",
    ("granian wsgi", "a stream"): "it has no write(): the pieces go out together, with a length",
    ("granian wsgi", "a long stream"): "as above",
    ("uwsgi wsgi", "exit"): "with several threads, it mostly calls what atexit knows, and at times not",
    ("uwsgi wsgi", "half an answer"): "a stream of its ends with the connection, and so does half of one",
}
"""What a server does not do, and why its answer is another one."""

STREAMING = [name for name in COMMANDS if (name, "a stream") not in LESS]


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("name", COMMANDS)
def test_answers_are_those_of_our_own_server(running, name, asked):
    """Status, body and main fields are the same, whoever serves."""
    theirs, ours = main(running(name).ask(*ASKED[asked])), main(running("own").ask(*ASKED[asked]))

    assert (theirs == ours) is ((name, asked) not in LESS), (theirs, ours)


@pytest.mark.parametrize("name", COMMANDS)
def test_sessions_last(running, name):
    """A visitor is known again by the cookie."""
    host = running(name)
    _, fields, first = host.ask("GET", "/visits")
    cookie = {"Cookie": fields["set-cookie"].partition(";")[0]}

    assert [first, *(host.ask("GET", "/visits", headers=cookie)[2] for _ in range(2))] == [b"1", b"2", b"3"]


@pytest.mark.parametrize("name", COMMANDS)
def test_pages_that_wait_are_answered_together(running, name):
    """Each on a thread of its own."""
    host, texts = running(name), []
    threads = [threading.Thread(target=lambda: texts.append(host.ask("GET", "/together")[2])) for _ in "1234"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert texts == [b"True"] * 4


@pytest.mark.parametrize("name", STREAMING)
def test_pieces_go_out_as_they_come(running, name):
    """A client has the first while the next is not made yet."""
    host = running(name)
    connection = host.connect()
    connection.request("GET", "/slowly")
    answer = connection.getresponse()
    first = answer.read(5)
    host.ask("GET", "/hurry")
    rest = answer.read()
    connection.close()

    assert (first, rest) == (b"first", b"second")


@pytest.mark.parametrize("name", STREAMING)
def test_a_client_that_leaves_ends_the_page(running, name):
    """The page is told, and the log has no mistake of ours for it."""
    host = running(name)
    before, said = host.noticed().count("left"), len(host.said())
    with socket.create_connection(("127.0.0.1", host.port), 10) as client:
        client.sendall(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
        client.recv(100_000)

    assert eventually(lambda: host.noticed().count("left") > before)
    assert "ExchangeError" not in host.said()[said:], host.said()[said:]


@pytest.mark.parametrize("name", [name for name in STREAMING if (name, "half an answer") not in LESS])
def test_half_an_answer_is_seen_to_be_half(running, name):
    """A page that fails in the middle breaks off; the server goes on."""
    host = running(name)

    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        host.ask("GET", "/breaking")
    assert host.ask("GET", "/")[2] == b"hello"


@pytest.mark.parametrize("name", COMMANDS)
def test_signals_stay_with_the_host(running, name):
    """The environment `embedded` takes none, whatever a program subscribes."""
    assert running(name).ask("GET", "/signals")[2] == b""


@pytest.mark.parametrize("name", [name for name in COMMANDS if (name, "exit") not in LESS])
def test_the_engine_lives_with_the_host(running, tmp_path, name):
    """Started before the first page; each thread announced once; ended with the host, which ends as it does anyway."""
    running(name)
    with hosted(COMMANDS[name], tmp_path / "host") as host:
        for _ in range(3):
            host.ask("GET", "/")
        host.stop()
    noticed = host.noticed()
    started = [line.split()[1] for line in noticed if line.startswith("start_thread")]

    assert (noticed[0], noticed[-1], noticed.count("start"), noticed.count("exit")) == ("start", "exit", 1, 1)
    assert started
    assert sorted(started) == sorted(line.split()[1] for line in noticed if line.startswith("stop_thread"))


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.endswith("asgi")])
def test_websockets_are_turned_away(running, name):
    """Politely: the server goes on."""
    upgrade = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }  # fmt: skip

    assert running(name).ask("GET", "/", headers=upgrade)[0] == 403
