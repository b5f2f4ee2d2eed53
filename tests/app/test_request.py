from __future__ import annotations

import uuid

import pytest

from kirsch.app.byhand import ByHand
from kirsch.app.context import present
from kirsch.app.idle import idle_request
from kirsch.app.request import PageHandler, Request
from kirsch.exchange import Head
from kirsch.testing.memory import MemoryExchange
from tests.app.pages import page


def request_of(method="GET", target=b"/", version=(1, 1), fields=(), **attributes):
    """A request that nobody answers."""
    exchange = MemoryExchange(Head(method, target, version, fields))
    for name, value in attributes.items():
        setattr(exchange, name, value)
    return Request(exchange)


@pytest.mark.parametrize(
    ("method", "target", "version", "line"),
    [
        ("GET", b"/x?y", (1, 1), "GET /x?y HTTP/1.1"),
        ("post", b"/caf%C3%A9", (1, 0), "post /caf%C3%A9 HTTP/1.0"),
        ("GET", b"/\xe9", (1, 1), "GET /é HTTP/1.1"),
        ("OPTIONS", b"*", (1, 1), "OPTIONS * HTTP/1.1"),
    ],
)
def test_request_line(method, target, version, line):
    """As it was sent, nothing decoded."""
    request = request_of(method, target, version)

    assert (request.request_line, request.method) == (line, method)


@pytest.mark.parametrize(("sent", "spoken"), [((1, 0), (1, 0)), ((1, 1), (1, 1)), ((2, 0), (1, 1))])
def test_protocol(sent, spoken):
    """What both sides speak."""
    assert request_of(version=sent).protocol == spoken
    assert request_of(version=sent).server_protocol == "HTTP/1.1"


@pytest.mark.parametrize(
    ("attributes", "base"),
    [
        ({"fields": [(b"host", b"Example.com:81")]}, "http://Example.com:81"),
        ({"fields": [(b"host", b"h")], "scheme": "https"}, "https://h"),
        ({"server": ("192.0.2.1", 8080)}, "http://192.0.2.1:8080"),
        ({"server": ("192.0.2.1", 80)}, "http://192.0.2.1"),
        ({"server": ("192.0.2.1", 80), "scheme": "https"}, "https://192.0.2.1:80"),
        ({"server": ("192.0.2.1", 443), "scheme": "https"}, "https://192.0.2.1"),
        ({"server": ("::1", 8080)}, "http://[::1]:8080"),
        ({"server": ("", 0)}, "http://localhost"),
    ],
)
def test_base(attributes, base):
    """As the client named it; without a Host, as the socket knows it."""
    assert request_of(**attributes).base == base


def test_headers():
    """By name in any case, in Title-Case, one by one if wanted."""
    request = request_of(fields=[(b"x-one", b"1"), (b"accept", b"a"), (b"accept", b"b")])

    assert (request.headers["X-ONE"], request.headers["accept"]) == ("1", "a, b")
    assert request.header_list == [("X-One", "1"), ("Accept", "a"), ("Accept", "b")]


@pytest.mark.parametrize(
    ("lines", "cookies"),
    [
        ([b"a=1; b=two"], {"a": "1", "b": "two"}),
        ([b"a=1", b"b=2"], {"a": "1", "b": "2"}),
        ([b'a="x\\"y"; =z; c'], {"a": 'x"y'}),
        ([b"a=1; path=/; a=2"], {"a": "2"}),
        ([b"[]=1; a=\xc3\xa9"], {"a": "é"}),
        ([], {}),
    ],
)
def test_cookies(lines, cookies):
    """Whatever the client sends is read with patience; nothing of it is an error."""
    found = request_of(fields=[(b"cookie", line) for line in lines]).cookie

    assert {name: morsel.value for name, morsel in found.items()} == cookies


def test_cookies_there_and_back():
    """What is set is sent again, and is gone when it has expired."""

    def handler(value=None):
        if value is not None:
            present().response.cookie["n"] = value
            present().response.cookie["n"]["max-age"] = 10 if value else 0
        return present().cookie["n"].value if "n" in present().cookie else "none"

    client = page(handler)
    texts = [client.get(path).text for path in ("/", "/?value=two words", "/", "/?value=", "/")]

    assert texts == ["none", "none", "two words", "two words", "none"]


def test_ends():
    """Address, port and name of both ends."""
    request = request_of(client=("192.0.2.7", 4000), server=("192.0.2.1", 80))

    assert (request.remote.ip, request.remote.port, request.remote.name) == ("192.0.2.7", 4000, "192.0.2.7")
    assert repr(request.local) == "Host('192.0.2.1', 80, '192.0.2.1')"


def test_everything_may_be_replaced():
    """A tool may know better."""
    request = request_of()
    for name in ("base", "remote", "headers", "cookie", "params", "kwargs", "args", "scheme", "unique_id", "own"):
        setattr(request, name, "mine")

        assert getattr(request, name) == "mine"


def test_unique_id():
    """One for each request, and the same all the time."""
    request = request_of()

    assert str(uuid.UUID(request.unique_id)) == request.unique_id
    assert request.unique_id != request_of().unique_id


@pytest.mark.parametrize("point", ["on_start_resource", "before_request_body", "before_handler"])
def test_arguments_may_be_changed(point):
    """A hook may change or replace what the handler will get, wherever it stands; the query is not lost by it."""

    def change():
        request = present()
        request.handler.kwargs = {"added": "1"}
        request.handler.args += ("more",)

    client = page(lambda *args, **kwargs: f"{args} {kwargs}", {f"hooks.{point}": change})

    assert client.get("/x?q=2").text == "('x', 'more') {'q': '2', 'added': '1'}"


def test_params_may_be_replaced_late():
    """A tool that sets `request.params` just before the call is heard."""

    def change():
        present().params = {"a": 1}

    client = page(lambda **kwargs: repr(kwargs), {"hooks.before_handler": change})

    assert client.get("/?q=2").text == "{'a': 1}"


def test_kwargs_go_over_the_parameters():
    """What a tool sets as arguments stands over the parameters, which stay as they are."""

    def change():
        present().handler.kwargs = {"a": 1, "q": "3"}
        present().handler.args = [2]

    client = page(lambda *args, **kw: f"{args} {kw} {present().params}", {"hooks.before_handler": change})

    assert client.get("/x?q=2").text == "(2,) {'q': '3', 'a': 1} {'q': '2'}"


@pytest.mark.parametrize(
    ("handler", "text"), [(None, "body"), (lambda: "other", "other"), (lambda: None, ""), (list, "")]
)
def test_handler_may_be_replaced(handler, text):
    """None: no call, and the body that is there is sent; else another callable without arguments."""

    def change():
        present().response.body = "body"
        present().handler = handler

    assert page(lambda: "page", {"hooks.before_handler": change}).get("/").text == text


def test_handler_may_be_wrapped():
    """What stood there before is called by what takes its place."""

    def wrap():
        inner = present().handler
        present().handler = lambda: f"<{inner()}>"

    client = page(lambda x: x, {"hooks.before_handler": wrap})

    assert client.get("/?x=1").text == "<1>"
    assert client.get("/").status == 404


def test_page_handler():
    """It knows what it will call."""
    seen = []
    page(lambda: "x", {"hooks.before_handler": lambda: seen.append(present().handler)}).get("/")

    assert isinstance(seen[0], PageHandler)
    assert "lambda" in repr(seen[0])


def test_stages():
    """Where a request stands, for those who look at it from outside."""
    stages = []
    names = ("on_start_resource", "before_handler", "before_finalize", "on_end_resource", "on_end_request")
    config = {f"hooks.{name}": lambda: stages.append(present().stage) for name in names}
    page(lambda: stages.append(present().stage), config).get("/")

    assert stages == ["on_start_resource", "before_handler", "handler", *names[2:]]


def test_query_is_not_read_too_early():
    """In on_start_resource there are no parameters yet, except those of the path."""
    seen = []
    page(lambda **_: "", {"hooks.on_start_resource": lambda: seen.append(dict(present().params))}).get("/?a=1")

    assert seen == [{}]


@pytest.mark.parametrize(
    ("encoding", "query", "text"), [("utf-8", "a=%C3%A9", "é"), ("latin-1", "a=%E9", "é"), ("utf-8", "a=é", "é")]
)
def test_query_string_encoding(encoding, query, text):
    """`request.query_string_encoding` for what is escaped, and for what should have been."""
    assert page(lambda a: a, {"request.query_string_encoding": encoding}).get(f"/?{query}").text == text


def test_wrong_encoding_of_a_query():
    """404, and the client is told which one is needed."""
    answer = page(lambda **_: "").get("/?a=%ff")

    assert (answer.status, "utf-8" in answer.text) == (404, True)


def test_idle_request():
    """For code outside of any request: blank, with a response, without an application."""
    request = idle_request()

    assert (request.app, request.path_info, request.base) == (None, "/", "http://localhost")
    assert (request.config, request.handler, request.hooks["before_handler"]) == ({}, None, [])
    assert request.body.read() == b""


def test_body_may_be_asked_for_any_time():
    """Also of a GET, and by its old name."""

    def handler():
        return present().rfile.read()

    assert page(handler).get("/", body=b"x").text == "x"


class Guest(ByHand):
    """A request that came by a WSGI server."""

    environ = {"REMOTE_USER": "ada", "wsgi.multithread": False, "wsgi.multiprocess": True}  # noqa: RUF012


def test_what_a_server_in_front_knows():
    """Who asks, and how many answer, is taken from the environ; else it is ours to say."""
    guest = Request(Guest(Head("GET", b"/"), None, ("", 0), ("", 0)))

    assert (guest.login, guest.multithread, guest.multiprocess) == ("ada", False, True)
    assert (request_of().login, request_of().multithread, request_of().multiprocess) == (None, True, False)
