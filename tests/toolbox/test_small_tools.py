from __future__ import annotations

import pytest

import kirsch
from kirsch.app.place import ConfigError
from tests.app.pages import page, site


def configured(tool, **settings):
    """Config for a page with one tool."""
    return {f"tools.{tool}.on": True, **{f"tools.{tool}.{name}": value for name, value in settings.items()}}


@pytest.mark.parametrize(
    ("methods", "asked", "status", "allow"),
    [
        (None, "GET", 200, "GET, HEAD"),
        (None, "POST", 405, "GET, HEAD"),
        ("post", "POST", 200, "POST"),
        ("post", "GET", 405, "POST"),
        (["GET", "PUT"], "HEAD", 200, "GET, PUT, HEAD"),
        (["GET"], "get", 405, "GET, HEAD"),
    ],
)
def test_allow(methods, asked, status, allow) -> None:
    """Methods that are not listed get 405, and Allow lists the others; case counts in what a client sends."""
    answer = page(lambda: "page", configured("allow", methods=methods)).request(asked, "/", body=b"")

    assert (answer.status, answer.headers["Allow"]) == (status, allow)


@pytest.mark.parametrize(
    ("media", "sent", "status"),
    [
        (None, "x/y", 200),
        ("text/html", None, 200),
        ("text/html", "text/html", 200),
        ("text/html", "text/plain;q=1, */*;q=0.1", 200),
        (["text/html", "text/plain"], "text/*", 200),
        ("text/html", "application/json", 406),
        ("text/html", "text/html;q=0", 406),
    ],
)
def test_accept_refuses_who_takes_nothing_of_it(media, sent, status) -> None:
    """406 for a client that takes none of the types."""
    headers = {} if sent is None else {"Accept": sent}

    assert page(lambda: "page", configured("accept", media=media)).get("/", headers=headers).status == status


def test_accept_says_what_it_has() -> None:
    """The page for 406 names both sides."""
    text = (
        page(lambda: "page", configured("accept", media=["text/html", "text/plain"]))
        .get("/", headers={"Accept": "image/*"})
        .text
    )

    assert "text/html, text/plain" in text
    assert "image/*" in text


def test_accept_by_hand_gives_the_type_to_send() -> None:
    """`tools.accept.callable(…)` in a page; the first type without a preference."""
    asking = page(lambda: kirsch.tools.accept.callable(["text/html", "text/plain"]))

    assert asking.get("/", headers={"Accept": "text/plain, text/html;q=0.5"}).text == "text/plain"
    assert asking.get("/").text == "text/html"


def test_ignored_headers_are_not_seen() -> None:
    """By default Range; others as named, one or several."""
    seen = lambda: repr([kirsch.request.headers.get(name) for name in ("Range", "X-A")])  # noqa: E731
    sent = {"Range": "bytes=0-1", "X-A": "a"}

    assert page(seen, configured("ignore_headers")).get("/", headers=sent).text == "[None, 'a']"
    assert page(seen, configured("ignore_headers", headers="X-A")).get("/", headers=sent).text == "['bytes=0-1', None]"


class Elsewhere:
    @kirsch.expose
    def index(self, **kwargs):
        return "index"

    @kirsch.expose
    def other(self, **kwargs):
        return "other"

    @kirsch.expose
    def broken(self):
        raise ValueError("broken")


@pytest.mark.parametrize(
    ("internal", "status", "text"),
    [(True, 200, "other"), (False, 303, None)],
)
@pytest.mark.parametrize(("tool", "path"), [("redirect", "/"), ("err_redirect", "/broken")])
def test_redirects(internal, status, text, tool, path) -> None:
    """Inside, without the client's knowing, or by the client; for a page that fails by `err_redirect`."""
    config = configured(tool, url="/other", internal=internal)
    asking = site(Elsewhere(), {f"{path.rstrip('/')}/index" if path == "/" else path: config})
    answer = asking.get(path, follow=False)

    assert answer.status == status
    assert answer.text == text if text else answer.headers["Location"].endswith("/other")


@pytest.mark.parametrize(
    ("settings", "sent", "status"),
    [
        ({"pattern": "https://a[.]test/"}, "https://a.test/x", 200),
        ({"pattern": "https://a[.]test/"}, "https://b.test/", 403),
        ({"pattern": "https://a[.]test/"}, None, 403),
        ({"pattern": "https://a[.]test/", "accept_missing": True}, None, 200),
        ({"pattern": ".*evil", "accept": False}, "https://evil.test/", 403),
        ({"pattern": ".*evil", "accept": False}, "https://a.test/", 200),
        ({"pattern": "x", "error": 404}, "y", 404),
    ],
)
def test_referer(settings, sent, status) -> None:
    """Who comes from elsewhere is refused; so is who does not say, unless that is allowed."""
    headers = {} if sent is None else {"Referer": sent}

    assert page(lambda: "page", configured("referer", **settings)).get("/", headers=headers).status == status


def test_response_headers_stand_on_errors_too() -> None:
    """They are set before the page is made, which may change them; and they stay on errors."""

    def handler(fail=""):
        kirsch.response.headers["X-B"] = "own"
        if fail:
            raise kirsch.HTTPError(404)
        return "page"

    asking = page(handler, configured("response_headers", headers=[("X-A", "a"), ("X-B", "b")]))

    assert [asking.get("/").headers[name] for name in ("X-A", "X-B")] == ["a", "own"]
    assert asking.get("/?fail=1").headers["X-A"] == "a"


@pytest.mark.parametrize(
    ("tool", "settings", "problem"),
    [
        ("allow", {"methods": 3}, "methods"),
        ("referer", {"pattern": "("}, "regular expression"),
        ("response_headers", {"headers": [("a b", "c")]}, "not a name"),
        ("response_headers", {"headers": [("a", "b\r\nc: d")]}, "line break"),
        ("response_headers", {"headers": "abc"}, "headers"),
        ("params", {"exception": 3}, "exceptions"),
        ("accept", {"medium": "text/html"}, "medium"),
        ("log_tracebacks", {"severity": "high"}, "severity"),
    ],
)
def test_wrong_settings_are_refused_where_they_are_written(tool, settings, problem) -> None:
    """A decorator with a setting that cannot be so raises when the module is read."""
    with pytest.raises(ConfigError, match=problem):
        getattr(kirsch.tools, tool)(**settings)


def test_a_missing_setting_is_named(caplog) -> None:
    """The tool cannot do without some; the log says which."""
    assert page(lambda: "page", {"tools.referer.on": True}).get("/").status == 500
    assert "tools.referer.on needs tools.referer.pattern" in caplog.text


# -- the log ---------------------------------------------------------------------------------------------------------


def failing():
    """A page that fails."""
    raise ValueError("on purpose")


@pytest.mark.parametrize(
    ("config", "tracebacks", "headers"),
    [
        ({}, 1, 1),
        ({"tools.log_tracebacks.on": False}, 0, 1),
        ({"tools.log_headers.on": False}, 1, 0),
        ({"tools.log_tracebacks.severity": 40}, 1, 1),
    ],
)
def test_a_failure_is_told_once(config, tracebacks, headers, caplog) -> None:
    """One traceback and the headers of the request, by default; without the traceback, what it was, in one line."""
    page(failing, config).get("/")

    assert caplog.text.count("Traceback (most recent call last)") == tracebacks
    assert caplog.text.count("Request headers [") == headers
    assert caplog.text.count("ValueError: on purpose") == 1


def test_the_level_of_a_failure_can_be_set(caplog) -> None:
    """`severity` of the record that has the traceback."""
    page(failing, {"tools.log_tracebacks.severity": 30}).get("/")

    assert [record.levelno for record in caplog.records if record.exc_info] == [30]


def test_a_traceback_by_hand(caplog) -> None:
    """`tools.log_tracebacks.callable()` tells of an exception that the page has survived."""

    def handler():
        try:
            failing()
        except ValueError:
            kirsch.tools.log_tracebacks.callable()
        return "survived"

    assert page(handler).get("/").text == "survived"
    assert caplog.text.count("ValueError: on purpose") == 1


def test_headers_are_told_without_secrets(caplog) -> None:
    """Cookies and credentials do not go into the log, and a header cannot make a line of its own."""
    page(failing).get("/", headers={"Authorization": "Basic c2VjcmV0", "Cookie": "sid=secret", "X-Plain": "seen"})

    assert "X-Plain: seen" in caplog.text
    assert "secret" not in caplog.text
    assert "c2VjcmV0" not in caplog.text


def test_what_clients_get_wrong_is_not_told(caplog) -> None:
    """An HTTPError is no failure."""
    page(lambda: "page").get("/?x=1")

    assert "headers" not in caplog.text


def test_hooks_are_told_in_their_order(caplog) -> None:
    """`log_hooks` writes all of them at the end of the request."""
    page(lambda: "page", {"tools.log_hooks.on": True, "tools.allow.on": True}).get("/")

    assert caplog.text.index("Allow.on_start_resource") < caplog.text.index("LogHooks.on_end_request")
