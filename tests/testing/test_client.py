"""The client for tests: what it sends, what it follows, and what it refuses."""

from __future__ import annotations

import pytest

from kirsch.testing.client import MOST_HOPS, Client
from tests.testing.mirror import answering, asked, mirror, signpost


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_methods(method):
    """Each has a method of the client of its name."""
    methods = []

    def handler(exchange):
        methods.append(exchange.head.method)
        answering(b"hello")(exchange)

    answer = getattr(Client(handler), method.lower())("/")

    assert (methods, answer.body) == ([method], b"" if method == "HEAD" else b"hello")
    assert answer.headers["Content-Length"] == "5"


def test_a_plain_request():
    """It has the fields that it must have, and comes from this machine to the port of its scheme."""
    seen = asked("/a?b=1")

    assert (seen["method"], seen["target"], seen["version"]) == ("GET", "/a?b=1", [1, 1])
    assert (seen["fields"], seen["body"]) == ({"host": "localhost"}, "")
    assert (seen["client"], seen["server"]) == (["127.0.0.1", 50000], ["127.0.0.1", 80])


@pytest.mark.parametrize(
    ("base", "scheme", "host", "port"),
    [
        ("http://localhost", "http", "localhost", 80),
        ("https://shop.example", "https", "shop.example", 443),
        ("https://[::1]:8443", "https", "[::1]:8443", 8443),
    ],
)
def test_base(base, scheme, host, port):
    """Scheme, Host and port are those of the base, or of the URL that is asked instead of a path."""
    for seen in (Client(mirror, base).get("/x").json(), Client(mirror).get(f"{base}/x").json()):
        assert (seen["scheme"], dict(seen["fields"])["host"], seen["server"][1]) == (scheme, host, port)
        assert seen["target"] == "/x"


@pytest.mark.parametrize(
    "base", ["localhost", "http://localhost/", "http://localhost/app", "ftp://a", "http://a b", ""]
)
def test_a_base_that_is_none(base):
    """It is refused with the form that it has to have, or what is wrong with the host."""
    with pytest.raises(ValueError, match=r"http://|host"):
        Client(mirror, base).get("/")


def test_where_it_comes_from():
    """The address may be said for the client, or for one request."""
    client = Client(mirror, client=("192.0.2.7", 4000))

    assert client.get("/").json()["client"] == ["192.0.2.7", 4000]
    assert client.get("/", client=("::1", 1)).json()["client"] == ["::1", 1]


def test_version():
    """HTTP/1.0 is spoken on demand; there are no chunks in it."""
    assert asked(version=(1, 0))["version"] == [1, 0]
    with pytest.raises(ValueError, match="no chunks"):
        asked(method="POST", version=(1, 0), body=iter([b"a"]))


# -- fields ----------------------------------------------------------------------------------------------------------


def test_headers_of_client_and_request():
    """Those of a request win over those of its client, in whatever case they are written; None takes one away."""
    client = Client(mirror)
    client.headers = {"X-One": "client", "X-Two": "client", "Host": "other"}
    fields = dict(client.get("/", headers={"x-one": "request", "X-TWO": None}).json()["fields"])

    assert fields == {"host": "other", "x-one": "request"}


def test_repeated_headers():
    """Pairs may say a name several times."""
    seen = Client(mirror).get("/", headers=[("X-A", "1"), ("X-A", "2"), ("Host", None)]).json()

    assert seen["fields"] == [["x-a", "1"], ["x-a", "2"]]


@pytest.mark.parametrize("headers", [{"X": "a\r\nY: b"}, {"X Y": "a"}, {"": "a"}])
def test_headers_that_cannot_be_sent(headers):
    """They are refused before anything is asked."""
    with pytest.raises(ValueError, match="header"):
        asked(headers=headers)


def test_auth():
    """User and password for Basic, of the client or of the request, where None means none."""
    client = Client(mirror, auth=("Ada", "pass:wörd"))
    said = [dict(client.get("/", **options).json()["fields"]) for options in ({}, {"auth": ("a", "b")}, {"auth": None})]

    assert [fields.get("authorization") for fields in said] == ["Basic QWRhOnBhc3M6d8O2cmQ=", "Basic YTpi", None]
    with pytest.raises(ValueError, match="colon"):
        client.get("/", auth=("a:b", "c"))


@pytest.mark.parametrize(
    ("method", "options", "framing"),
    [
        ("GET", {}, {}),
        ("DELETE", {}, {}),
        ("POST", {}, {"content-length": "0"}),
        ("PUT", {"body": "ä"}, {"content-length": "2"}),
        ("GET", {"body": b"abc"}, {"content-length": "3"}),
        ("POST", {"body": [b"a", "b"]}, {"transfer-encoding": "chunked"}),
        ("POST", {"body": [b"ab"], "headers": {"Content-Length": "2"}}, {"content-length": "2"}),
        ("POST", {"body": b"ab", "headers": {"Transfer-Encoding": "chunked"}}, {"transfer-encoding": "chunked"}),
        ("POST", {"headers": {"Content-Length": None}}, {}),
    ],
)
def test_framing(method, options, framing):
    """A body of bytes says how long it is, one of pieces is sent in chunks; and a test may say otherwise."""
    fields = asked(method=method, **options)["fields"]

    assert {name: value for name, value in fields.items() if name != "host"} == framing


# -- redirects -------------------------------------------------------------------------------------------------------


def test_following():
    """The last answer is given, with those before it as its history, and knows where it comes from."""
    answer = Client(signpost).get("/302?/303?/end%3Fa=1", follow=True)

    assert (answer.status, answer.url) == (200, "http://localhost/end%3Fa=1")
    assert [(each.status, each.url, each.text) for each in answer.history] == [
        (302, "http://localhost/302?/303?/end%3Fa=1", "over there"),
        (303, "http://localhost/303?/end%3Fa=1", "over there"),
    ]


def test_not_following():
    """Without being told to, a client stays."""
    answer = Client(signpost).get("/302?/x")

    assert (answer.status, answer.history) == (302, [])
    assert Client(signpost, follow=True).get("/302?/x").status == 200


@pytest.mark.parametrize(
    "location", ["x", "./x", "/x", "//localhost/x", "http://LOCALHOST/x", "https://localhost:8443/x"]
)
def test_locations_on_this_host(location):
    """They may be relative, and lead to another scheme or port."""
    assert Client(signpost).get(f"/302?{location}", follow=True).json()["target"] == "/x"


@pytest.mark.parametrize("location", ["http://other.example/x", "//other.example/x", "mailto:a@b", "http://a b/"])
def test_locations_elsewhere(location):
    """Other hosts, and what cannot be asked, are not followed."""
    answer = Client(signpost).get(f"/302?{location}", follow=True)

    assert (answer.status, answer.history) == (302, [])


def test_no_location():
    """A redirect without one leads nowhere."""
    assert Client(answering(status=302)).get("/", follow=True).status == 302


def test_other_hosts_when_asked():
    """Then they are asked, but get no secrets of the first one."""
    client = Client(signpost, auth=("a", "b"), follow="anywhere")
    client.cookies.set("here", "1", domain="localhost")
    seen = client.get(
        "/302?http://other.example:81/x", headers={"Authorization": "no", "Cookie": "a=b", "X": "y"}
    ).json()

    assert (dict(seen["fields"]), seen["server"][1]) == ({"host": "other.example:81", "x": "y"}, 81)


@pytest.mark.parametrize(
    ("method", "status", "then", "body"),
    [
        ("POST", 301, "GET", ""),
        ("POST", 302, "GET", ""),
        ("PUT", 302, "PUT", "a=1"),
        ("PUT", 303, "GET", ""),
        ("HEAD", 303, "HEAD", None),
        ("POST", 307, "POST", "a=1"),
        ("DELETE", 308, "DELETE", "a=1"),
    ],
)
def test_methods_after_redirects(method, status, then, body):
    """As browsers do it: after a form that was sent, and after any 303, a page is got; 307 and 308 repeat."""
    methods = []
    client = Client(lambda exchange: (methods.append(exchange.head.method), signpost(exchange)), follow=True)
    headers = {"Content-Language": "de"}
    answer = client.request(method, f"/{status}?/x", data={"a": "1"}, headers=headers)

    assert methods == [method, then]
    if body is not None:
        kept = {name for name, _ in answer.json()["fields"]} - {"host"}
        assert answer.json()["body"] == body
        assert kept == ({"content-type", "content-length", "content-language"} if body else set())


def test_bodies_in_pieces_after_redirects():
    """They are sent again if they can be, which an iterator cannot."""
    client = Client(lambda exchange: (exchange.read(), signpost(exchange)), follow=True)

    assert client.post("/302?/x", body=iter([b"a"])).status == 200
    assert client.post("/307?/x", body=[b"a"]).json()["fields"][-1] == ["transfer-encoding", "chunked"]
    with pytest.raises(RuntimeError, match="use a list"):
        client.post("/307?/x", body=iter([b"a"]))


def test_no_end_of_redirects():
    """It gives up, and says where it was sent last."""
    client = Client(answering(b"", (b"Location", b"/again"), status=302))

    with pytest.raises(RuntimeError, match=f"more than {MOST_HOPS} redirects, the last one to http://localhost/again"):
        client.get("/", follow=True)


def test_cookies_on_the_way():
    """What a redirect sets is sent to where it leads."""

    def handler(exchange):
        if exchange.head.target == b"/":
            answering(b"", (b"Location", b"/x"), (b"Set-Cookie", b"a=1"), status=303)(exchange)
        else:
            mirror(exchange)

    assert dict(Client(handler).get("/", follow=True).json()["fields"])["cookie"] == "a=1"


# -- mistakes of the test --------------------------------------------------------------------------------------------


def test_unknown_options():
    """A misspelt option is told, with the right one."""
    with pytest.raises(TypeError, match="no option 'header'; did you mean 'headers'"):
        Client(mirror).get("/", header={})


@pytest.mark.parametrize("method", ["", "GET ", "G\nT"])
def test_methods_that_are_none(method):
    """They are refused."""
    with pytest.raises(ValueError, match="is not a method"):
        Client(mirror).request(method, "/")


def test_repr():
    """It says what is asked, and how many cookies there are."""
    client = Client(mirror)
    client.cookies["a"] = "b"

    assert (repr(client), client.handler) == ("<Client of http://localhost, 1 cookies>", mirror)
