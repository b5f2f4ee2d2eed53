from __future__ import annotations

import re

import pytest

import kirsch
from kirsch.app.place import ConfigError
from kirsch.testing.client import Client
from tests.app.pages import LonelyApplication, page, site, start

HERE, EVIL = "http://localhost", "https://evil.example"


def form(**fields):
    """The page: a form by GET, and what was sent by any other method."""
    return kirsch.csrf_token() if kirsch.request.method == "GET" else f"done {sorted(fields)}"


def client(handler=form, **settings):
    """A client of a guarded page."""
    return page(handler, {"tools.csrf.on": True} | {f"tools.csrf.{name}": value for name, value in settings.items()})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": HERE}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": EVIL}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": HERE}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://www.localhost"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://partner.example"}, 200),
        ({"Origin": HERE}, 200),
        ({"Origin": "HTTP://LOCALHOST:80"}, 200),
        ({"Origin": "http://localhost:8080"}, 403),
        ({"Origin": EVIL}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": EVIL, "Referer": HERE}, 403),
        ({"Cookie": "a=1", "Origin": HERE}, 200),
        ({"Cookie": "a=1", "Origin": EVIL}, 403),
        ({}, 200),
        ({"Cookie": "a=1"}, 403),
        ({"Authorization": "Basic YTpi"}, 403),
        ({"Cookie": "a=1", "Referer": HERE}, 403),
        ({"Cookie": "a=1", "X-CSRF-Token": "made-up"}, 403),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_what_changes_something_must_come_from_here(headers, status, method):
    """By what the browser says; one that says nothing needs a token. Programs that show no cookie need none."""
    guarded = client(trusted_origins=["https://partner.example"])

    assert guarded.request(method, "/", headers=headers).status == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_only_reads_is_let_through(method):
    """Links from other sites work."""
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": EVIL, "Cookie": "a=1"}

    assert client().request(method, "/", headers=headers).status == 200


def old(guarded, method="POST", **options):
    """Ask as a browser that says nothing of where it comes from, with its cookies."""
    return guarded.request(method, "/", **options)


def test_a_token_in_the_form_or_a_header():
    """Is what a browser sends that says nothing: good as often as wanted, and another one in each page."""
    guarded = client()
    one, other = guarded.get("/").text, guarded.get("/").text

    assert one != other
    for token in (one, other, one):
        assert old(guarded, data={"csrf_token": token, "a": "1"}).text == "done ['a']"
        assert old(guarded, "DELETE", headers={"X-CSRF-Token": token}).status == 200
    assert old(guarded, data={"csrf_token": one[:-1]}).status == 403
    assert old(guarded, data=[("csrf_token", one), ("csrf_token", one)]).status == 403


@pytest.mark.parametrize(
    "settings", [{}, {"methods": ["DELETE"]}, {"bypass": lambda request: True}], ids=["on", "methods", "bypass"]
)
def test_a_handler_need_not_take_the_token(settings):
    """The field is for the tool: a handler with named fields is called without it, whoever sends it."""
    guarded = client(lambda title="": title or kirsch.csrf_token(), **settings)
    token = guarded.get("/").text

    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": HERE}, {}):
        assert guarded.post("/", data={"title": "Soup", "csrf_token": token}, headers=headers).text == "Soup"


def test_the_token_of_somebody_else():
    """Is worth nothing: it is sealed for the cookie."""
    guarded, stranger = client(key="k" * 16), client(key="k" * 16)
    guarded.get("/")

    assert old(guarded, data={"csrf_token": stranger.get("/").text}).status == 403
    assert old(stranger, data={"csrf_token": stranger.get("/").text}).status == 200


def test_the_cookie():
    """No script reads it, and with TLS no other host sets it; a page with a token is for its visitor alone."""
    guarded = client()
    answer = guarded.get("/")
    cookie = guarded.cookies.find("csrf")

    assert (cookie.http_only, cookie.same_site, cookie.path, cookie.secure) == (True, "Lax", "/", False)
    assert answer.headers["Cache-Control"] == "private"
    assert "Set-Cookie" not in guarded.get("/").headers
    guarded.base = "https://localhost"
    assert re.fullmatch(
        r"__Host-csrf=[0-9a-f]{32}; HttpOnly; Path=/; SameSite=Lax; Secure", guarded.get("/").headers["Set-Cookie"]
    )


class FakeSession:
    """As far as tokens want to know of a session."""

    def __init__(self, id, originalid):
        self.id, self.originalid = id, originalid


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        (("s1", "s1"), ("s1", "s1"), 200),
        (("s1", "s1"), ("s2", "s2"), 403),
        (("s1", None), ("s1", "s1"), 200),
        (("s1", "other"), ("s2", "other"), 200),
    ],
)
def test_with_a_session_the_token_is_for_that(before, after, status):
    """Once the client has shown that it knows it; else for the cookie, as a session that begins may not be stored."""
    sessions = iter([before, after])
    settings = {"hooks.before_request_body": lambda: setattr(kirsch.serving, "session", FakeSession(*next(sessions)))}
    guarded = page(form, {"tools.csrf.on": True} | settings)
    guarded.cookies["session_id"] = "x"
    token = guarded.get("/").text

    assert old(guarded, data={"csrf_token": token}).status == status


def test_keys():
    """With a key tokens outlive the process, and it can be changed; without one, the log says that they do not."""
    one = client(key="an old key, long")
    token = one.get("/").text
    for key, status in ((["a new key, longer", "an old key, long"], 200), ("a new key, longer", 403)):
        other = client(key=key)
        other.cookies.update(one.cookies)
        assert old(other, data={"csrf_token": token}).status == status


def test_without_a_key_the_log_says_so(caplog):
    """Once, when the first token is made."""
    guarded = client()
    assert "tools.csrf.key" not in caplog.text
    guarded.get("/")
    guarded.get("/")

    assert caplog.text.count("Forms have tokens, and tools.csrf.key is not set") == 1


def test_behind_a_proxy():
    """The origin is that which the client sees, as the trusted proxy says."""
    guarded = page(form, {"tools.csrf.on": True, "tools.proxy.on": True})
    told = {"X-Forwarded-Host": "shop.example", "X-Forwarded-Proto": "https"}
    statuses = [
        guarded.post("/", headers={**told, "Origin": origin}, client=("127.0.0.1", 5)).status
        for origin in ("https://shop.example", "http://shop.example", HERE)
    ]

    assert statuses == [200, 403, 403]


def test_settings_of_a_path():
    """Other methods only, a function that lets through, another field, and off below."""
    foreign = {"Sec-Fetch-Site": "cross-site"}

    assert client(methods=["DELETE"]).post("/", headers=foreign).status == 200
    assert client(methods=["DELETE"]).delete("/", headers=foreign).status == 403
    signed = client(bypass=lambda request: "X-Signature" in request.headers)
    assert [signed.post("/", headers={**foreign, name: "1"}).status for name in ("X-Signature", "X-Other")] == [
        200,
        403,
    ]
    named = client(field="t")
    assert old(named, data={"t": named.get("/").text}).status == 200


def test_off_below():
    """A path may be let out, for what comes from other sites on purpose."""

    class Root:
        @kirsch.expose
        def index(self):
            return "done"

        @kirsch.expose
        @kirsch.tools.csrf(on=False)
        def hook(self):
            return "done"

    guarded = site(Root(), {"/": {"tools.csrf.on": True}})

    assert [guarded.post(path, headers={"Origin": EVIL}).status for path in ("/", "/hook")] == [403, 200]


def test_what_is_refused_is_not_read():
    """The head is enough: nothing of the body becomes a parameter, and no page runs."""
    seen = []

    class Root:
        @kirsch.expose
        def default(self, *_, **params):
            seen.append(params)

    guarded = Client(LonelyApplication(Root(), "", {"/": {"tools.csrf.on": True}}))
    answer = guarded.post("/", data={"a": "x" * 100_000}, headers={"Origin": EVIL})

    assert (answer.status, seen) == (403, [])


@pytest.mark.parametrize(("shown", "expected"), [(True, True), (False, False)])
def test_what_was_missing_is_said(shown, expected):
    """In a sentence; with what was sent, and the way out, only where developers see what they need."""
    guarded = page(form, {"tools.csrf.on": True, "request.show_tracebacks": shown})
    foreign, silent = guarded.post("/", headers={"Origin": EVIL}), guarded.post("/", headers={"Cookie": "a=1"})

    assert "from a page of another site" in foreign.text
    assert "no valid token" in silent.text
    assert (f"Origin: {EVIL}" in foreign.text, "tools.csrf.trusted_origins" in foreign.text) == (expected, expected)
    assert ("kirsch.csrf_token()" in silent.text) is expected


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"trusted_origins": ["example.com"]}, "of origins such as"),
        ({"trusted_origins": ["null"]}, "of origins such as"),
        ({"trusted_origins": "https://example.com"}, "trusted_origins"),
        ({"methods": ["post"]}, "in capitals"),
        ({"methods": ["GET"]}, "other than GET"),
        ({"key": "short"}, "16 bytes"),
        ({"key": []}, "not empty"),
        ({"bypass": "/hook"}, "can be called"),
        ({"trusted_origin": []}, "did you mean 'tools.csrf.trusted_origins'"),
    ],
)
def test_wrong_settings_are_refused_at_the_start(settings, problem):
    """Before any request."""
    with pytest.raises(ConfigError, match=problem):
        start({f"tools.csrf.{name}": value for name, value in settings.items()})


def test_no_token_without_the_tool():
    """Whoever asks for one is told to turn it on."""
    answer = page(form).get("/")

    assert answer.status == 500
    assert "tools.csrf.on" in str(answer.error)


def test_workers_have_one_key(monkeypatch):
    """What one of several worker processes has sealed, another one opens; other processes have keys of their own."""
    for shared, status in (("memory:key-of-workers", 200), ("", 403)):
        monkeypatch.setenv("_KIRSCH_STORE", shared)
        one, other = client(), client()
        token = one.get("/").text
        cookie = {"Cookie": f"csrf={one.cookies['csrf']}"}

        assert other.post("/", data={"csrf_token": token}, headers=cookie).status == status
