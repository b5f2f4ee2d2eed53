"""Conditional requests by `etags` and `last_modified`, and by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

import kirsch
from kirsch.app.errors import HTTPError
from kirsch.app.place import ConfigError
from kirsch.toolbox.etags import validate_etags, validate_since
from tests.app.pages import page, start

ETAGS = {"tools.etags.on": True}
AUTO = ETAGS | {"tools.etags.autotags": True}
DATE, BEFORE, AFTER = (f"Sun, 06 Nov 1994 08:49:{second} GMT" for second in (37, 36, 38))
WHEN = datetime(1994, 11, 6, 8, 49, 37, 500_000, UTC)


def asked(config, headers=(), method="GET", handler=None, **fields):
    """The answer of a page that sets these fields."""

    def usual(**_):
        kirsch.response.headers.update({name.replace("_", "-"): value for name, value in fields.items()})
        return "the page"

    return page(handler or usual, config).request(method, "/", headers=dict(headers))


@pytest.mark.parametrize(
    ("fields", "headers", "status"),
    [
        ({"ETag": '"a"'}, {}, 200),
        ({"ETag": '"a"'}, {"If-None-Match": '"a"'}, 304),
        ({"ETag": '"a"'}, {"If-None-Match": 'W/"a"'}, 304),
        ({"ETag": 'W/"a"'}, {"If-None-Match": '"a"'}, 304),
        ({"ETag": '"a"'}, {"If-None-Match": '"b", "a"'}, 304),
        ({"ETag": '"a"'}, {"If-None-Match": '"b"'}, 200),
        ({"ETag": '"a"'}, {"If-None-Match": "*"}, 304),
        ({}, {"If-None-Match": "*"}, 304),
        ({}, {"If-None-Match": '"a"'}, 200),
        ({"ETag": '"a"'}, {"If-Match": '"a"'}, 200),
        ({"ETag": 'W/"a"'}, {"If-Match": 'W/"a"'}, 412),
        ({"ETag": '"a"'}, {"If-Match": '"b"'}, 412),
        ({"ETag": '"a"'}, {"If-Match": "*"}, 200),
        ({}, {"If-Match": "*"}, 200),
        ({}, {"If-Match": '"a"'}, 412),
        ({"Last_Modified": DATE}, {"If-Modified-Since": DATE}, 304),
        ({"Last_Modified": DATE}, {"If-Modified-Since": AFTER}, 304),
        ({"Last_Modified": DATE}, {"If-Modified-Since": "Sunday, 06-Nov-94 08:49:37 GMT"}, 304),
        ({"Last_Modified": DATE}, {"If-Modified-Since": BEFORE}, 200),
        ({"Last_Modified": DATE}, {"If-Modified-Since": "yesterday"}, 200),
        ({"Last_Modified": DATE}, {"If-Unmodified-Since": BEFORE}, 412),
        ({"Last_Modified": DATE}, {"If-Unmodified-Since": AFTER}, 200),
        ({"ETag": '"a"', "Last_Modified": DATE}, {"If-None-Match": '"b"', "If-Modified-Since": DATE}, 200),
        ({"ETag": '"a"', "Last_Modified": DATE}, {"If-Match": '"a"', "If-Unmodified-Since": BEFORE}, 200),
        ({"ETag": '"a"'}, {"If-Match": '"b"', "If-None-Match": '"a"'}, 412),
    ],
)
@pytest.mark.parametrize("tool", ["etags", "last_modified"])
def test_conditions(tool, fields, headers, status):
    """They decide by RFC 9110 §13.2.2, whichever of the tools is on."""
    answer = asked({f"tools.{tool}.on": True}, headers, **fields)

    assert answer.status == status
    assert answer.body == b"" if status == 304 else answer.body


def test_not_modified():
    """A 304 repeats what the page says of caching, names the copy, and has nothing that describes a body."""
    kept = {"ETag": '"a"', "Cache_Control": "max-age=9", "Expires": AFTER, "Vary": "Cookie", "Content_Location": "/a"}
    answer = asked(ETAGS, {"If-None-Match": 'W/"a"'}, **kept, Content_Language="en", Last_Modified=DATE)

    assert (answer.status, answer.body) == (304, b"")
    assert {name.replace("_", "-"): value for name, value in kept.items()}.items() <= dict(answer.headers).items()
    assert not {"Content-Type", "Content-Language", "Last-Modified", "Content-Encoding"} & {*answer.headers}


def test_autotags():
    """A page without a tag gets one that follows from its body."""
    first = asked(AUTO)
    tag = first.headers["ETag"]

    assert (first.status, len(tag)) == (200, 34)
    assert asked(AUTO).headers["ETag"] == tag
    assert asked(AUTO, handler=lambda: "another").headers["ETag"] != tag
    assert asked(AUTO, {"If-None-Match": tag}).status == 304
    assert asked(AUTO, {"If-None-Match": tag}, "HEAD").status == 304
    assert asked(AUTO, ETag='"own"').headers["ETag"] == '"own"'


@pytest.mark.parametrize("more", [{"response.stream": True}, {"request.methods_with_bodies": ("POST",)}])
def test_what_gets_no_tag(more):
    """A stream, whose end nobody waits for; the answer to a POST; an error."""

    def fail():
        raise HTTPError(403)

    streamed = asked(AUTO | more, handler=lambda: iter("ab"))
    answers = [streamed if more.get("response.stream") else asked(AUTO, method="POST"), asked(AUTO, handler=fail)]

    assert not any("ETag" in answer.headers for answer in answers)


def test_errors_have_no_conditions():
    """A 404 stays one."""

    def fail():
        kirsch.response.headers["ETag"] = '"a"'
        kirsch.response.status = 404
        return "nothing"

    assert asked(ETAGS, {"If-None-Match": "*"}, handler=fail).status == 404


@pytest.mark.parametrize(
    ("method", "headers", "fields", "status"),
    [
        ("PUT", {"If-Match": '"a"'}, {"ETag": '"a"'}, 200),
        ("PUT", {"If-Match": '"a--gzip"'}, {"ETag": '"a"'}, 200),
        ("PUT", {"If-Match": '"b"'}, {"ETag": '"a"'}, 412),
        ("PUT", {"If-Match": "*"}, {"ETag": '"a"'}, 200),
        ("PUT", {"If-Match": "*"}, {}, 412),
        ("PUT", {"If-None-Match": "*"}, {}, 200),
        ("PUT", {"If-None-Match": "*"}, {"ETag": '"a"'}, 412),
        ("PUT", {"If-None-Match": '"a"'}, {"ETag": '"a"'}, 412),
        ("DELETE", {"If-Unmodified-Since": BEFORE}, {"Last-Modified": DATE}, 412),
        ("GET", {"If-None-Match": '"a"'}, {"ETag": '"a"'}, 304),
        ("GET", {"If-Modified-Since": DATE}, {"Last-Modified": DATE}, 304),
    ],
)
@pytest.mark.parametrize("check", [validate_etags, validate_since, kirsch.tools.etags.callable])
def test_by_hand(check, method, headers, fields, status):
    """A handler asks before it changes anything; `*` needs something that there is."""
    changed = []

    def handler():
        kirsch.response.headers.update(fields)
        check()
        changed.append(True)

    answer = asked({}, headers, method, handler)

    assert answer.status == status
    assert changed == [True] * (status == 200)


def test_autotags_by_hand():
    """The body is there already then."""

    def handler():
        kirsch.response.body = "body"
        validate_etags(autotags=True)
        return kirsch.response.body

    tag = asked({}, handler=handler).headers["ETag"]

    assert asked({}, {"If-None-Match": tag}, handler=handler).status == 304


def test_what_has_changed_is_not_judged():
    """The tools are silent where the handler has changed something already."""
    for tool in ("etags", "last_modified"):
        assert asked({f"tools.{tool}.on": True}, {"If-Match": '"old"'}, "PUT", ETag='"new"').status == 200


@pytest.mark.parametrize(
    "date", [WHEN, WHEN.timestamp(), 784111777, lambda: WHEN, WHEN.astimezone(timezone(timedelta(hours=5)))]
)
def test_a_date_by_config(date):
    """It is sent, and the handler is not called for who has seen it, nor for a change of something older."""
    called = []
    config = {"tools.last_modified.on": True, "tools.last_modified.date": date}

    def handler():
        called.append(True)
        return "the page"

    assert asked(config, handler=handler).headers["Last-Modified"] == DATE
    assert asked(config, {"If-Modified-Since": DATE}, handler=handler).status == 304
    assert asked(config, {"If-Unmodified-Since": BEFORE}, "POST", handler).status == 412
    assert len(called) == 1


def test_a_date_that_nobody_knows():
    """None says nothing."""
    config = {"tools.last_modified.on": True, "tools.last_modified.date": lambda: None}

    assert "Last-Modified" not in asked(config, {"If-Modified-Since": DATE}).headers


def test_a_date_by_hand():
    """In the middle of a handler."""

    def handler():
        kirsch.tools.last_modified.callable(WHEN)
        return "the page"

    assert asked({}, handler=handler).headers["Last-Modified"] == DATE
    assert asked({}, {"If-Modified-Since": DATE}, handler=handler).status == 304


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("etags.autotags", "yes", "expected True or False"),
        ("last_modified.date", "today", "that is a datetime, seconds since 1970, or a callable that gives one"),
        ("last_modified.date", True, "that is a datetime"),
    ],
)
def test_wrong_settings(key, value, words):
    """They are told at the start."""
    with pytest.raises(ConfigError) as caught:
        start({f"tools.{key}": value})
    assert words in str(caught.value)


def test_a_date_that_is_none():
    """What a callable gives by mistake is an error of the page."""
    config = {"tools.last_modified.on": True, "tools.last_modified.date": lambda: float("nan")}

    assert asked(config).status == 500


@pytest.mark.parametrize("tool", ["etags", "last_modified"])
def test_debug(tool, caplog):
    """The log says what was found."""
    caplog.set_level("INFO", "kirsch")
    asked({f"tools.{tool}.on": True, f"tools.{tool}.debug": True}, ETag='"a"')

    assert f"TOOLS.{tool.upper()}" in caplog.text
