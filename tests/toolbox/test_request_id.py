from __future__ import annotations

import re

import pytest

import kirsch
from kirsch.app.place import ConfigError
from tests.app.pages import site, start

UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
STRANGER = ("8.8.8.8", 5)
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Root:
    """Pages that tell the id, and one that fails."""

    @kirsch.expose
    def index(self):
        return kirsch.request.unique_id

    @kirsch.expose
    def trace(self):
        return f"{kirsch.request.traceparent} {kirsch.request.tracestate}"

    @kirsch.expose
    def fails(self):
        raise ValueError

    @kirsch.expose
    def inside(self):
        kirsch.log(f"first {kirsch.request.unique_id}")
        raise kirsch.InternalRedirect("/")


def client(**settings):
    """A client of the site, with these settings of the tool."""
    config = {f"tools.request_id.{name}": value for name, value in {"on": True, **settings}.items()}
    return site(Root(), {"/": config})


@pytest.mark.parametrize("given", ["abc", "7f3c-1:2.3/x+y=@", "x" * 128, "0191d5b0-1111-4222-8333-444455556666"])
def test_a_trusted_peer_names_it(given):
    """Then it is the id, for page and answer."""
    answer = client().get("/", headers={"X-Request-ID": given})

    assert (answer.text, answer.headers["X-Request-ID"]) == (given, given)


@pytest.mark.parametrize(
    ("given", "options", "settings"),
    [
        (None, {}, {}),
        ("", {}, {}),
        ("a b", {}, {}),
        ("<script>", {}, {}),
        ("x" * 129, {}, {}),
        ("caf\xe9", {}, {}),
        ("abc", {"client": STRANGER}, {}),
        ("abc", {}, {"inbound": False}),
    ],
)
def test_otherwise_it_is_made(given, options, settings):
    """For strangers, and for what is no id."""
    answer = client(**settings).get("/", headers={"X-Request-ID": given}, **options)

    assert re.fullmatch(UUID, answer.text)
    assert answer.headers["X-Request-ID"] == answer.text


def test_another_field():
    """By any name."""
    answer = client(header="X-Correlation-Id").get("/", headers={"X-Correlation-Id": "abc"})

    assert (answer.text, answer.headers["X-Correlation-Id"]) == ("abc", "abc")


def test_errors_have_it_too(caplog):
    """On the page, in the field and in the log it is the same."""
    answer = client().get("/fails", headers={"X-Request-ID": "abc-1"})

    assert answer.headers["X-Request-ID"] == "abc-1"
    assert "abc-1" in answer.text
    assert "failed [abc-1]" in caplog.text


def test_it_stays_the_same_inside(caplog):
    """Also where a request is sent on to another page."""
    answer = client().get("/inside")

    assert f"first {answer.text}" in caplog.text


def test_a_trace_goes_on():
    """Under an id of our own, with what vendors say of it."""
    asked = client()
    trace, _, state = asked.get("/trace", headers={"traceparent": TRACE, "tracestate": "a=1"}).text.partition(" ")

    assert (trace[:35], trace[-3:], state) == (TRACE[:35], "-01", "a=1")
    assert trace != TRACE


@pytest.mark.parametrize(
    ("headers", "options"),
    [({}, {}), ({"traceparent": TRACE, "tracestate": "a=1"}, {"client": STRANGER}), ({"traceparent": "junk"}, {})],
)
def test_a_trace_begins(headers, options):
    """Where none is named, or by a stranger: its id is the request's."""
    answer = client().get("/trace", headers=headers, **options)

    assert re.fullmatch(f"00-{answer.headers['X-Request-ID'].replace('-', '')}-[0-9a-f]{{16}}-00 ", answer.text)


def test_a_trace_beside_another_id():
    """An id that is no UUID is none for a trace."""
    answer = client().get("/trace", headers={"X-Request-ID": "abc"})

    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00 ", answer.text)


def test_a_field_that_is_none():
    """It is refused at the start."""
    with pytest.raises(ConfigError, match="that names a field"):
        start({"tools.request_id.header": "a b"})
