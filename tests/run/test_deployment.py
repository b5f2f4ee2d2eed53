from __future__ import annotations

import re

import pytest

import kirsch
from kirsch.app.config import GlobalConfig
from kirsch.app.keys import Keys
from kirsch.run.deployment import Deployment
from kirsch.server.settings import Settings
from kirsch.toolbox.standard import standard_tools
from tests.app.pages import LonelyApplication

GOOD = {
    "tools.allowed_hosts.on": True,
    "tools.allowed_hosts.hosts": ["a.example"],
    "tools.security_headers.on": True,
    "tools.security_headers.csp": "default-src 'self'",
    "tools.security_headers.hsts": 300,
}


class Root:
    """Two pages."""

    @kirsch.expose
    def index(self):
        """One."""

    @kirsch.expose
    def other(self):
        """Two."""


class LaterTools(Keys):
    """Those tools too that are not in the box, as far as config goes."""

    def check_tools(self, settings, place):
        """All is well."""


def findings(paths=None, settings=None, server=None, silenced=()):
    """What is found in a good site with these changes: severity, id and where, the worst first."""
    application = LonelyApplication(Root())
    application.config.known = application.site_config.known = LaterTools({"tools": None})
    application.site_config.update({"environment": "production", **(settings or {})})
    application.merge({"/": GOOD})
    application.merge(paths or {})
    deployment = Deployment(application.site_config, {"": application}, Settings(**(server or {})), silenced)
    return [f"{each.severity} {each.id} {each.where}" for each in deployment.findings()]


def test_a_site_that_is_ready():
    """Nothing is found."""
    assert findings() == []


def test_a_login_that_counts_attempts_is_ready():
    """By its own setting, or that of its class."""
    limited = {**root()["/"], "tools.session_auth.on": True, "tools.session_auth.attempts": "9/minute"}
    assert findings({"/other": limited}) == []


UNSAID = "default, or set in Python"
ALL = "all pages"


def root(**changes):
    """The section of the root, with these changes for the tool sessions, which has all that it needs otherwise."""
    sessions = {"on": True, "store": "redis://localhost", **changes}
    return {"/": {"tools.csrf.on": True, **{f"tools.sessions.{name}": value for name, value in sessions.items()}}}


CASES = {
    "tracebacks": ({}, {"request.show_tracebacks": True}, {}, "error tracebacks request.show_tracebacks"),
    "tracebacks of a page": ({"/other": {"request.show_tracebacks": True}}, {}, {}, "error tracebacks /other"),
    "parameters": ({"/": {"request.show_mismatched_params": True}}, {}, {}, f"warning parameters {ALL}"),
    "throw errors": ({"/": {"request.throw_errors": True}}, {}, {}, f"error throw-errors {ALL}"),
    "autoreload": ({}, {"engine.autoreload.on": True}, {}, "error autoreload engine.autoreload.on"),
    "body": ({}, {}, {"max_request_body_size": 0}, f"warning body-limits server.max_request_body_size: {UNSAID}"),
    "head": ({}, {}, {"max_request_headers": 1000}, f"warning head-limits server.max_request_headers: {UNSAID}"),
    "socket": ({}, {}, {"socket_file": "x", "socket_mode": 0o666}, f"error socket-mode server.socket_mode: {UNSAID}"),
    "proxies": ({"/other": {"request.trusted_proxies": ["0.0.0.0/0"]}}, {}, {}, "error trusted-proxies /other"),
    "announced": ({}, {}, {"proxy_protocol": ["::/0"]}, f"error trusted-proxies server.proxy_protocol: {UNSAID}"),
    "proxy": ({"/": {"tools.proxy.on": True}}, {}, {"socket_host": "::"}, f"warning proxy {ALL}"),
    "plain": ({}, {}, {"socket_host": "0.0.0.0"}, f"warning plain-http server.socket_host: {UNSAID}"),
    "hosts": ({"/other": {"tools.allowed_hosts.on": False}}, {}, {}, "warning allowed-hosts /other"),
    "headers": ({"/": {"tools.security_headers.on": False}}, {}, {}, f"warning security-headers {ALL}"),
    "policy": ({"/": {"tools.security_headers.csp": None}}, {}, {}, f"hint csp {ALL}"),
    "hsts": ({"/other": {"tools.security_headers.hsts": 0}}, {}, {}, "hint hsts /other"),
    "cors": ({"/other": {"tools.cors.on": True, "tools.cors.origins": "*"}}, {}, {}, "hint cors /other"),
    "cors of nobody": ({"/": {"tools.cors.on": True, "tools.cors.origins": ["null"]}}, {}, {}, f"hint cors {ALL}"),
    "csrf": ({"/": {**root()["/"], "tools.csrf.on": False}}, {}, {}, f"error csrf {ALL}"),
    "guesses": (
        {
            "/other": {**root()["/"], "tools.session_auth.on": True},
            "/other/do_login": {"tools.rate_limit.on": True},
            "/index": {**root()["/"], "tools.session_auth.on": True, "tools.rate_limit.on": True},
        },
        {},
        {},
        "warning guesses /other",
    ),
    "guesses at once": ({"/": {"tools.csrf.on": True, "tools.auth_digest.on": True}}, {}, {}, f"warning guesses {ALL}"),
    "basic and csrf": ({"/": {"tools.auth_basic.on": True, "tools.rate_limit.on": True}}, {}, {}, f"error csrf {ALL}"),
    "cookie": (root(httponly=False), {}, {}, f"error session-cookies {ALL}"),
    "cookie over http": (root(secure=False), {}, {}, f"error session-cookies {ALL}"),
    "cookie for all": (root(samesite="None"), {}, {}, f"error session-cookies {ALL}"),
    "memory": (root(store=None), {}, {}, f"hint session-store {ALL}"),
    "memories": (root(store=None), {}, {"reuse_port": True}, f"error session-store {ALL}"),
    "pickle": (root(serializer="pickle"), {}, {}, f"warning session-pickle {ALL}"),
}


@pytest.mark.parametrize(("paths", "settings", "server", "expected"), CASES.values(), ids=CASES)
def test_what_is_not_ready(paths, settings, server, expected):
    """Each with how bad it is, its id and where."""
    assert findings(paths, settings, server) == [expected]


@pytest.mark.parametrize("tool", ["auth_basic", "session_auth"])
def test_passwords(tool):
    """In the clear, where the world can reach them."""
    guarded = {f"tools.{tool}.on": True, "tools.csrf.on": True, "tools.rate_limit.on": True}
    found = findings({"/": guarded}, server={"socket_host": "10.0.0.1"})

    assert [each.split()[1] for each in found] == ["passwords", "plain-http"]


@pytest.mark.parametrize("origins", [re.compile("https://.*"), len, "https://*.a.example", ["https://a.example"]])
def test_origins_that_are_named(origins):
    """By one rule or several, of any kind: nothing is found."""
    assert findings({"/": {"tools.cors.on": True, "tools.cors.origins": origins}}) == []


@pytest.mark.parametrize(
    ("silenced", "expected"),
    [
        (["tracebacks"], []),
        (["traceback", "tracebacks"], ["error silenced checker.silenced"]),
        (["csrf"], ["error tracebacks request.show_tracebacks"]),
    ],
)
def test_silenced(silenced, expected):
    """By id; one that there is not is a finding of its own."""
    assert findings(settings={"request.show_tracebacks": True}, silenced=silenced) == expected


def test_ids():
    """Every check has a finding of its own id."""
    ids = Deployment(GlobalConfig(Keys({"tools": standard_tools()})), {}, Settings()).ids
    tested = {expected.split()[1] for *_, expected in CASES.values()} | {"passwords"}

    assert set(ids) == tested
