from __future__ import annotations

import json

import pytest

import kirsch
from kirsch.app.place import ConfigError
from kirsch.testing.client import Client
from tests.app.pages import LonelyApplication, site, start

PROXY, STRANGER = ("10.0.0.1", 5), ("8.8.8.8", 5)


class Root:
    """Says what it knows of the client."""

    @kirsch.expose
    def index(self):
        request = kirsch.request
        return json.dumps([request.base, request.scheme, request.remote.ip, kirsch.url("/x")])

    @kirsch.expose
    def inside(self):
        raise kirsch.InternalRedirect("/")


def told(headers, client=PROXY, path="/", **settings):
    """Base, scheme, address of the client, and the URL of /x."""
    config = {"tools.proxy.on": True, "request.trusted_proxies": ["10.0.0.0/8"]}
    config.update({f"tools.proxy.{name}": value for name, value in settings.items()})
    asking = Client(LonelyApplication(Root(), "", {"/": config}), base="http://inner:8080")
    answer = asking.get(path, headers=headers, client=client)
    assert answer.status == 200
    return json.loads(answer.text)


INNER = "http://inner:8080"
HTTPS = "https://inner:8080"


def said(**fields):
    """X-Forwarded-… fields."""
    return {f"X-Forwarded-{name}": value for name, value in fields.items()}


ONE_WAY = said(For="6.6.6.6, 1.1.1.1, 10.9.9.9", Host="evil, a.test, proxy", Proto="ftp, https, http")
BY_RFC = 'for=6.6.6.6;host=evil, for="[2001:db8::1]:9";host=a.test;proto=https, for=10.3.3.3;proto=http'
EIGHT = {"port": "X-Forwarded-Port"}
CASES = {
    "nothing said": ({}, {}, INNER, "10.0.0.1"),
    "host": (said(Host="a.test"), {}, "http://a.test", "10.0.0.1"),
    "host with a scheme": (said(Host="https://a.test"), {}, "https://a.test", "10.0.0.1"),
    "hosts": (said(Host="a.test, b.test"), {}, "http://a.test", "10.0.0.1"),
    "scheme": (said(Proto="https"), {}, HTTPS, "10.0.0.1"),
    "schemes": (said(Proto="https, http"), {}, HTTPS, "10.0.0.1"),
    "client": (said(For="1.1.1.1"), {}, INNER, "1.1.1.1"),
    "client that lies": (said(For="127.0.0.1, 1.1.1.1, 10.2.2.2"), {}, INNER, "1.1.1.1"),
    "client of IPv6": (said(For="[2001:db8::1]:77"), {}, INNER, "2001:db8::1"),
    "lists of one way": (ONE_WAY, {}, "https://a.test", "1.1.1.1"),
    "on": (said(Ssl="on"), {"scheme": "X-Forwarded-Ssl"}, HTTPS, "10.0.0.1"),
    "WebSocket": (said(Proto="wss"), {}, HTTPS, "10.0.0.1"),
    "base": ({}, {"base": "https://a.test/"}, "https://a.test", "10.0.0.1"),
    "base without a scheme": (said(Proto="https"), {"base": "a.test"}, "https://a.test", "10.0.0.1"),
    "base with a path": (said(Host="b"), {"base": "http://a.test/p", "local": ""}, "http://a.test/p", "10.0.0.1"),
    "host before base": (said(Host="b.test"), {"base": "http://a.test"}, "http://b.test", "10.0.0.1"),
    "nothing read": (ONE_WAY, {"local": "", "remote": None, "scheme": ""}, INNER, "10.0.0.1"),
    "other field for the host": ({"X-Host": "a.test"}, {"local": "X-Host"}, "http://a.test", "10.0.0.1"),
    "other field for the client": ({"X-Real-IP": "1.1.1.1"}, {"remote": "X-Real-IP"}, INNER, "1.1.1.1"),
    "port": (said(Port="8443", Host="a.test", Proto="https"), EIGHT, "https://a.test:8443", "10.0.0.1"),
    "usual port": (said(Port="443", Host="a.test", Proto="https"), EIGHT, "https://a.test", "10.0.0.1"),
    "port twice": (said(Port="99", Host="a.test:99"), EIGHT, "http://a.test:99", "10.0.0.1"),
    "port that is not asked for": (said(Port="99", Host="a.test"), {}, "http://a.test", "10.0.0.1"),
    "prefix that is not asked for": (said(Prefix="/a"), {}, INNER, "10.0.0.1"),
    "Forwarded": ({"Forwarded": BY_RFC, **said(For="7.7.7.7")}, {"forwarded": True}, "https://a.test", "2001:db8::1"),
    "Forwarded by unknown": ({"Forwarded": "for=unknown"}, {"forwarded": True}, INNER, "unknown"),
    "Forwarded in disguise": ({"Forwarded": "for=_x;proto=https"}, {"forwarded": True}, HTTPS, "_x"),
    "Forwarded that is not asked for": ({"Forwarded": "for=1.1.1.1"}, {}, INNER, "10.0.0.1"),
}


@pytest.mark.parametrize(("headers", "settings", "base", "remote"), CASES.values(), ids=CASES)
def test_a_proxy_that_is_trusted(headers, settings, base, remote):
    """What it says is what the page knows, and what links are made of."""
    assert told(headers, **settings) == [base, base.partition(":")[0], remote, base + "/x"]


EVERYTHING = {
    **said(For="127.0.0.1", Host="evil", Proto="https", Port="1", Prefix="/evil"),
    "Forwarded": "for=127.0.0.1;host=evil;proto=https",
}


@pytest.mark.parametrize("forwarded", [False, True])
def test_a_stranger(forwarded):
    """Whoever is not trusted is not believed; what config says as `base` holds all the same."""
    names = {"port": "X-Forwarded-Port", "prefix": "X-Forwarded-Prefix", "forwarded": forwarded}

    assert told(EVERYTHING, STRANGER, **names) == [INNER, "http", "8.8.8.8", INNER + "/x"]
    assert told(EVERYTHING, STRANGER, base="a.test", **names)[0] == "http://a.test"


MALFORMED = [
    *[(said(Host=each), "10.0.0.1") for each in ("a b", "a/b", "ftp://a", "a:b")],
    (said(Proto="javascript"), "10.0.0.1"),
    *[(said(Port=each), "10.0.0.1") for each in ("0", "8443x", "70000")],
    *[(said(Prefix=each), "10.0.0.1") for each in ("//evil", "a", "/../a", "/a?b", "/a%zz", "/\\evil", "/%0a")],
    *[(said(For=each), "unknown") for each in ("junk", "1.1.1.1, junk", "1.1.1.1," * 60)],
]


@pytest.mark.parametrize(("headers", "remote"), MALFORMED)
def test_what_is_malformed(headers, remote, caplog):
    """It is left alone, with one line in the log; an address that cannot be read is nobody's, not the proxy's."""
    found = told(headers, port="X-Forwarded-Port", prefix="X-Forwarded-Prefix")

    assert found == [INNER, "http", remote, INNER + "/x"]
    assert [record.levelname for record in caplog.records if "not understood" in record.message] == ["WARNING"]


def test_forwarded_that_is_malformed(caplog):
    """As with the others."""
    assert told({"Forwarded": 'for="'}, forwarded=True) == [INNER, "http", "unknown", INNER + "/x"]
    assert len([record for record in caplog.records if "not understood" in record.message]) == 1


def test_a_prefix_is_taken_once():
    """However often a request is sent on inside."""
    for path in ("/", "/inside"):
        found = told(said(Prefix="/a%20b/"), path=path, prefix="X-Forwarded-Prefix")

        assert found == [INNER, "http", "10.0.0.1", INNER + "/a%20b/x"]


def test_a_peer_on_a_unix_socket():
    """It is trusted by default."""
    answer = site(Root(), {"/": {"tools.proxy.on": True}}).get(
        "/", headers={"X-Forwarded-For": "1.1.1.1"}, client=("", 0)
    )

    assert json.loads(answer.text)[2] == "1.1.1.1"


def test_called_by_hand():
    """`tools.proxy.callable(…)` does it at once, for the request being answered."""

    class Root:
        @kirsch.expose
        def index(self):
            kirsch.tools.proxy.callable(base="https://a.test")
            return kirsch.request.base

    assert site(Root()).get("/").text == "https://a.test"


def test_debug(caplog):
    """What was made of it is in the log, if it is wanted."""
    told({}, base="https://a.test", debug=True)

    assert "https://a.test for 10.0.0.1" in caplog.text


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"tools.proxy.bas": "a"}, "did you mean 'tools.proxy.base'"),
        ({"tools.proxy.base": 1}, r"\[/\] tools.proxy.base: expected a str, or None, got 1 \(int\)"),
        ({"tools.proxy.base": "ftp://a"}, "base is an address of the web"),
    ],
)
def test_settings_are_checked_at_the_start(settings, problem):
    """With their place."""
    with pytest.raises(ConfigError, match=problem):
        start({"tools.proxy.on": True, **settings})
