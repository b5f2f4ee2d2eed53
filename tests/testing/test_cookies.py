"""Cookies, kept and sent as browsers do it."""

from __future__ import annotations

import pytest

from kirsch.testing.client import Client
from kirsch.testing.cookies import Cookie, CookieJar
from kirsch.testing.url import parse_url
from tests.testing.mirror import answering, mirror


def jar_of(*lines, url="http://localhost/", clock=lambda: 1000.0):
    """A jar that has got these Set-Cookie lines from there."""
    jar = CookieJar(clock)
    jar.keep(lines, parse_url(url))
    return jar


@pytest.mark.parametrize(
    ("line", "url", "sent", "not_sent"),
    [
        ("n=v", "http://a.example/", "http://a.example/x?y", "http://b.example/"),
        ("n=v", "http://a.example/", "https://A.example:8443/", "http://x.a.example/"),
        ("n=v", "http://a.example/x", "http://a.example/y", None),
        ("n=v", "http://a.example/x/y", "http://a.example/x/z", "http://a.example/y"),
        ("n=v; Path=/admin", "http://a.example/", "http://a.example/admin", "http://a.example/"),
        ("n=v; Path=/admin", "http://a.example/", "http://a.example/admin/x", "http://a.example/administration"),
        ("n=v; path=/admin/", "http://a.example/", "http://a.example/admin/", "http://a.example/admin"),
        ("n=v; Path=x", "http://a.example/y/z", "http://a.example/y/a", "http://a.example/x"),
        ("n=v; Domain=a.example", "http://x.a.example/", "http://y.a.example/", "http://ba.example/"),
        ("n=v; domain=.A.Example", "http://a.example/", "http://a.example/", "http://example/"),
        ("n=v; Domain=127.0.0.1", "http://127.0.0.1/", "http://127.0.0.1/", "http://x.127.0.0.1/"),
        ("n=v; Secure", "https://a.example/", "https://a.example/", "http://a.example/"),
        ("n=v; SECURE ; HttpOnly", "http://a.example/", "https://a.example/", "http://a.example/"),
        ("n=v; Path=/; Path=/b", "http://a.example/", "http://a.example/b", "http://a.example/"),
    ],
)
def test_where_they_are_sent(line, url, sent, not_sent):
    """By host, path and scheme (RFC 6265 §5.1.3, §5.1.4, §5.4)."""
    jar = jar_of(line, url=url)

    assert jar.header(parse_url(sent)) == "n=v"
    assert not_sent is None or jar.header(parse_url(not_sent)) == ""


@pytest.mark.parametrize(
    ("line", "url", "why"),
    [
        ("n=v; Domain=b.example", "http://a.example/", "Domain=b.example is not where it comes from, a.example"),
        ("n=v; Domain=x.a.example", "http://a.example/", "not where it comes from"),
        ("n=v; Domain=0.0.1", "http://127.0.0.1/", "not where it comes from"),
        ("n=v; Domain=example", "http://a.example/", "Domain=example is everybody's"),
        ("__Secure-n=v", "https://a.example/", "needs Secure and https"),
        ("__Secure-n=v; Secure", "http://a.example/", "needs Secure and https"),
        ("__Host-n=v; Secure; Path=/x", "https://a.example/", "needs Path=/ and no Domain"),
        ("__Host-n=v; Secure; Path=/; Domain=a.example", "https://a.example/", "needs Path=/ and no Domain"),
        ("nothing", "http://a.example/", "it has no name"),
        ("=v", "http://a.example/", "it has no name"),
        ("n=a\tb", "http://a.example/", "cannot be sent"),
    ],
)
def test_what_is_refused(line, url, why):
    """A browser would throw it away silently; here it can be seen why, also where one asks for it."""
    jar = jar_of(line, url=url)

    assert (len(jar), [why in refused for refused in jar.refused]) == (0, [True])
    if line.partition("=")[0] == "n":
        with pytest.raises(KeyError, match=why.replace("/", ".")):
            jar["n"]


def test_prefixed_names():
    """They are taken where they are right."""
    lines = ("__Secure-n=1; Secure; Path=/x", "__Host-n=2; Secure; Path=/")

    assert list(jar_of(*lines, url="https://a.example/")) == ["__Secure-n", "__Host-n"]


@pytest.mark.parametrize(
    ("attributes", "lives"),
    [
        ("", (True, True)),
        ("; Max-Age=10", (True, False)),
        ("; Max-Age=0", (False, False)),
        ("; Max-Age=-1", (False, False)),
        ("; Max-Age=soon", (True, True)),
        ("; Expires=Thu, 01 Jan 1970 00:16:50 GMT", (True, False)),
        ("; Expires=Thu, 01-Jan-1970 00:16:50 GMT", (True, False)),
        ("; expires=Thu, 01 Jan 1970 00:00:00 GMT", (False, False)),
        ("; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=10", (True, False)),
        ("; Expires=one day", (True, True)),
    ],
)
def test_expiry(attributes, lives):
    """They end when they say, Max-Age before Expires, as the clock of the jar goes."""
    jar = jar_of(f"n=v{attributes}")
    before = "n" in jar
    jar.clock = lambda: 1011.0

    assert (before, "n" in jar) == lives
    assert jar.header(parse_url("http://localhost/")) == ("n=v" if lives[1] else "")


def test_deletion_by_an_answer():
    """It takes away the one of the same name, domain and path, and no other."""
    jar = jar_of("n=1; Path=/", "n=2; Path=/x", "m=3")
    jar.keep(["n=; Path=/; Max-Age=0"], parse_url("http://localhost/"))

    assert [(cookie.name, cookie.value) for cookie in jar.all()] == [("n", "2"), ("m", "3")]


def test_order():
    """Longer paths first, then the older ones; a new value changes no order (RFC 6265 §5.4)."""
    jar = jar_of("a=1; Path=/", "b=2; Path=/x", "c=3; Path=/", "a=4; Path=/")

    assert jar.header(parse_url("http://localhost/x/y")) == "b=2; a=4; c=3"


def test_as_a_dict():
    """Names and values, to be read, set and deleted."""
    jar = jar_of('a="x \\"y"; Path=/x', "b=2")
    jar["c"] = "3 4"
    del jar["b"]

    assert jar == {"a": 'x "y', "c": "3 4"}
    assert (list(jar), len(jar), "b" in jar, jar.get("b")) == (["a", "c"], 2, False, None)
    assert repr(jar) == """<CookieJar {'a': 'x "y', 'c': '3 4'}>"""


def test_what_is_not_there():
    """It is a KeyError, also to delete it."""
    jar = jar_of()

    with pytest.raises(KeyError, match="there is no cookie 'n'"):
        jar["n"]
    with pytest.raises(KeyError, match="there is no cookie 'n'"):
        del jar["n"]


def test_several_of_one_name():
    """The one of the longest path is meant, unless it is said which; they are deleted together."""
    jar = jar_of("n=1; Path=/", "n=2; Path=/x/y", "n=3; Path=/x; HttpOnly")

    assert (jar["n"], jar.find("n", path="/").value, len(jar)) == ("2", "1", 1)
    assert jar.find("n", "localhost", "/x").http_only
    del jar["n"]
    assert jar.all() == []


def test_attributes():
    """All that a page has said of a cookie can be looked at."""
    jar = jar_of("n=v; Path=/x; Domain=localhost; Secure; HttpOnly; SameSite=Lax; Max-Age=5; Partitioned")

    assert jar.find("n") == Cookie(
        "n",
        "v",
        "localhost",
        "/x",
        only_host=False,
        secure=True,
        http_only=True,
        same_site="Lax",
        expires=1005.0,
        coded="v",
    )


def test_set_by_the_test():
    """Such a cookie is sent everywhere, unless it is said otherwise; an answer can change it and take it away."""
    jar = jar_of()
    jar["n"] = "1"
    jar.set("m", "2", path="/x", secure=True, domain="a.example")
    assert jar.header(parse_url("http://b.example/x")) == "n=1"
    assert jar.header(parse_url("https://a.example/x")) == "m=2; n=1"

    jar.keep(["n=3; Path=/", "m=; Path=/x; Max-Age=0"], parse_url("http://a.example/"))

    assert [(cookie.value, cookie.domain) for cookie in jar.all()] == [("3", "a.example")]


def test_changed_by_the_test():
    """A new value keeps what the page has said of the cookie."""
    jar = jar_of("n=1; Path=/x; HttpOnly")
    jar["n"] = "a;b"

    assert (jar.find("n").path, jar.find("n").http_only, jar["n"]) == ("/x", True, "a;b")
    assert jar.header(parse_url("http://localhost/x")) == 'n="a\\073b"'


@pytest.mark.parametrize(("name", "value"), [("a;b", "c"), ("a=b", "c"), ("a\n", "c")])
def test_cookies_that_cannot_be_sent(name, value):
    """They are refused where they are set."""
    with pytest.raises(ValueError, match="cannot be sent as a cookie"):
        jar_of()[name] = value


def test_text_beyond_ascii():
    """It comes back as it was set, whatever it is written as."""

    def handler(exchange):
        answering(b"", (b"Set-Cookie", "n=ä€".encode()))(exchange)

    client = Client(handler)
    client.get("/")

    assert (client.cookies["n"], client.cookies.find("n").coded.encode("latin-1")) == ("ä€", "ä€".encode())


@pytest.mark.parametrize("length", [10, 100_000])
def test_strange_values(length):
    """What is no well-formed value is kept as it is."""
    assert jar_of(f'n="{"x" * length}')["n"] == f'"{"x" * length}'


def test_client():
    """A client keeps what it is given and sends it; a Cookie of the test's own takes its place."""
    client = Client(answering(b"", (b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2; Path=/b")))
    client.get("/")
    other = Client(mirror)
    other.cookies = client.cookies
    sent = [dict(other.get(path).json()["fields"]).get("cookie") for path in ("/", "/b")]

    assert sent == ["a=1", "b=2; a=1"]
    assert dict(other.get("/", headers={"cookie": "c=3"}).json()["fields"])["cookie"] == "c=3"
