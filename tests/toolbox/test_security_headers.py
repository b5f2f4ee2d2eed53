from __future__ import annotations

import re

import pytest

import kirsch
from kirsch.app.place import ConfigError
from tests.app.pages import site, start

DEFAULTS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
}
NAMES = (
    *DEFAULTS, "Cross-Origin-Resource-Policy", "Cross-Origin-Embedder-Policy", "Permissions-Policy",
    "Strict-Transport-Security", "Content-Security-Policy-Report-Only",
)  # fmt: skip


class Root:
    """Pages that go well, fail, send elsewhere, and have a mind of their own."""

    @kirsch.expose
    def index(self):
        return "page"

    @kirsch.expose
    def nonce(self):
        return kirsch.request.csp_nonce

    @kirsch.expose
    def fails(self):
        raise ValueError

    @kirsch.expose
    def refuses(self):
        raise kirsch.HTTPError(403)

    @kirsch.expose
    def leads(self):
        raise kirsch.HTTPRedirect("/")

    @kirsch.expose
    def own(self):
        kirsch.response.headers["X-Frame-Options"] = "SAMEORIGIN"
        del kirsch.response.headers["Referrer-Policy"]
        return "own"


def client(sections=None, **settings):
    """A client of the site, with these settings of the tool."""
    config = {"tools.security_headers.on": True}
    config.update({f"tools.security_headers.{name}": value for name, value in settings.items()})
    return site(Root(), {"/": config, **(sections or {})})


def told(answer):
    """The fields of the kind that an answer has."""
    return {name: answer.headers[name] for name in NAMES if name in answer.headers}


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/fails", 500), ("/refuses", 403), ("/leads", 303), ("/nowhere", 404)]
)
def test_all_answers_have_them(path, status):
    """Errors and redirects as well."""
    answer = client().get(path)

    assert (answer.status, told(answer)) == (status, DEFAULTS)


def test_after_another_tool_has_failed():
    """A failure at the very beginning is no reason to leave them out."""

    def fail():
        raise ValueError

    fail.priority = 0
    answer = client({"/index": {"hooks.on_start_resource": fail}}).get("/")

    assert (answer.status, told(answer)) == (500, DEFAULTS)


def test_a_page_may_say_otherwise():
    """What it sets stays, and what it takes away."""
    found = told(client().get("/own"))

    assert found["X-Frame-Options"] == "SAMEORIGIN"
    assert "Referrer-Policy" not in found


def test_config_may_say_otherwise():
    """For a path, by the tool or by a header of its own."""
    other = {"tools.security_headers.frames": "'self'", "response.headers.Referrer-Policy": "no-referrer"}
    found = told(client({"/index": other}).get("/"))

    assert found["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert (found["X-Frame-Options"], found["Referrer-Policy"]) == ("SAMEORIGIN", "no-referrer")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"nosniff": False, "referrer_policy": None, "opener_policy": None, "frames": None}, {}),
        (
            {"frames": ["'self'", "https://a.example"]},
            {"Content-Security-Policy": "frame-ancestors 'self' https://a.example"},
        ),
        ({"csp": "default-src 'self'"}, {"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'"}),
        ({"csp": {"frame-ancestors": "'self'"}}, {"X-Frame-Options": "SAMEORIGIN"}),
        ({"csp_report_only": {"img-src": "*"}}, {"Content-Security-Policy-Report-Only": "img-src *"}),
        ({"permissions_policy": {"camera": "()"}}, {"Permissions-Policy": "camera=()"}),
        ({"resource_policy": "same-site"}, {"Cross-Origin-Resource-Policy": "same-site"}),
        ({"embedder_policy": "credentialless"}, {"Cross-Origin-Embedder-Policy": "credentialless"}),
        ({"hsts": 300}, {}),
    ],
)
def test_settings(settings, expected):
    """Each sets its field, or leaves it out."""
    found = told(client(**settings).get("/"))
    emptied = {"nosniff", "frames"} & settings.keys() and None in settings.values()

    assert expected.items() <= found.items()
    assert "Strict-Transport-Security" not in found
    assert not emptied or found == {}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"hsts": 300}, "max-age=300"),
        (
            {"hsts": 31536000, "hsts_subdomains": True, "hsts_preload": True},
            "max-age=31536000; includeSubDomains; preload",
        ),
    ],
)
def test_https_only(settings, expected):
    """It is said over HTTPS alone, also where a proxy speaks it."""
    config = {f"tools.security_headers.{name}": value for name, value in {"on": True, **settings}.items()}
    asking = site(Root(), {"/": {"tools.proxy.on": True, **config}})
    secure = asking.get("https://localhost/")
    proxied = asking.get("/refuses", headers={"X-Forwarded-Proto": "https"})

    assert {each.headers["Strict-Transport-Security"] for each in (secure, proxied)} == {expected}
    assert "Strict-Transport-Security" not in asking.get("/").headers


def test_a_nonce():
    """It is fresh for each request, long, and the same for page and policy."""
    asking = client(csp={"script-src": "'nonce' 'strict-dynamic'"}, csp_report_only="style-src 'nonce'")
    answers = [asking.get("/nonce") for _ in range(20)]

    assert len({answer.text for answer in answers}) == 20
    for answer in answers:
        assert re.fullmatch(r"[A-Za-z0-9+/]{22}==", answer.text)
        assert f"script-src 'nonce-{answer.text}' 'strict-dynamic'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Security-Policy-Report-Only"] == f"style-src 'nonce-{answer.text}'"


@pytest.mark.parametrize("path", ["/fails", "/refuses", "/nowhere"])
def test_the_page_for_errors_keeps_its_style(path):
    """The policy of such an answer lets that one style through, and nothing else."""
    asking = client(csp="default-src 'self'; script-src 'nonce'")
    page, plain = asking.get(path, headers={"Accept": "text/html"}), asking.get(path)
    policy = page.headers["Content-Security-Policy"]

    assert re.fullmatch(
        r"default-src 'self'; script-src 'nonce-\S+'; frame-ancestors 'none'; style-src-elem 'self' 'sha256-\S{44}'",
        policy,
    )
    assert "style-src" not in plain.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"csp": "default-src self"}, "would be a host"),
        ({"csp": ["default-src"]}, "expected a Mapping or a str"),
        ({"csp": "default-src 'self'\r\nX: y"}, "visible"),
        ({"frames": "none"}, "with its quotes"),
        ({"referrer_policy": "nobody"}, "expected a str that is 'no-referrer'"),
        ({"hsts": True}, "expected an int"),
        ({"hsts": 300, "hsts_preload": True}, "hsts_preload wants"),
        ({"hsts": 1 << 30, "hsts_preload": True}, "hsts_preload wants"),
        ({"permissions_policy": {"Camera": "()"}}, "is no feature"),
    ],
)
def test_settings_that_are_none(settings, problem):
    """They are refused at the start."""
    config = {"tools.security_headers.on": True}
    config.update({f"tools.security_headers.{name}": value for name, value in settings.items()})
    with pytest.raises(ConfigError, match=problem):
        start(config)
