from __future__ import annotations

from datetime import timedelta

import pytest

import kirsch
from kirsch.app.place import ConfigError
from kirsch.http.dates import http_date
from tests.app.pages import page, start

NOW = 784111777.0
NO_CACHE = "no-cache, must-revalidate"
NEVER = {"Pragma": "no-cache", "Cache-Control": NO_CACHE, "Expires": "Sun, 28 Jan 2007 00:00:00 GMT"}
FORCED = {"secs": 9, "force": True}
LASTING = {"ETag": '"a"'}


def asked(fields, version=(1, 1), **settings):
    """What a page that sets these fields at a known time is sent with, of what matters here."""
    config = {"tools.expires.on": True} | {f"tools.expires.{name}": value for name, value in settings.items()}

    def handler():
        kirsch.response.time = NOW
        kirsch.response.headers.update(fields)

    headers = page(handler, config).get("/", version=version).headers
    return {name: headers[name] for name in ("Pragma", "Cache-Control", "Expires") if name in headers}


def until(seconds, control=None):
    """Expires, and Cache-Control, of so many seconds."""
    return {"Cache-Control": control or f"max-age={max(int(seconds), 0)}", "Expires": http_date(NOW + seconds)}


@pytest.mark.parametrize(
    ("fields", "settings", "expected"),
    [
        ({}, {"secs": 9}, {}),
        ({}, {}, {}),
        (LASTING, {}, NEVER),
        ({"Last-Modified": http_date(NOW)}, {"secs": 9}, until(9)),
        ({"Age": "1"}, {"secs": 9}, until(9)),
        ({}, {"secs": 9, "force": True}, until(9)),
        ({}, {"force": True}, NEVER),
        (LASTING, {"secs": 9.9}, until(9.9)),
        (LASTING, {"secs": timedelta(days=2, seconds=1)}, until(172801)),
        (LASTING, {"secs": timedelta(0)}, NEVER),
        (LASTING, {"secs": -9}, until(-9)),
        ({"Expires": "0"}, {"secs": 9}, {"Expires": "0"}),
        ({"Expires": "0"}, {}, NEVER | {"Expires": "0"}),
        ({"Expires": "0"}, {"secs": 9, "force": True}, until(9)),
        ({"Cache-Control": "private"}, {"secs": 9, "force": True}, until(9, "private, max-age=9")),
        ({"Cache-Control": "no-cache, max-age=1 , no-store"}, FORCED, until(9, "no-store, max-age=9")),
        ({"Cache-Control": "private", **LASTING}, {"secs": 9}, until(9, "private")),
        ({"Pragma": "x", "Cache-Control": "y", **LASTING}, {}, NEVER | {"Pragma": "x", "Cache-Control": "y"}),
        ({"Cache-Control": "no-store"}, {"force": True}, NEVER | {"Cache-Control": f"no-store, {NO_CACHE}"}),
    ],
)  # fmt: skip
def test_expires(fields, settings, expected):
    """What a page says itself stays, without `force`; a page that has nothing lasting gets no time then."""
    assert asked(fields, **settings) == expected


def test_http_1_0():
    """There is no Cache-Control for it."""
    assert asked(LASTING, (1, 0), secs=9) == {"Expires": http_date(NOW + 9)}


def test_by_hand():
    """A handler may say it, too."""

    def handler():
        kirsch.response.time = NOW
        kirsch.tools.expires.callable(timedelta(seconds=9), force=True)

    assert page(handler).get("/").headers["Expires"] == http_date(NOW + 9)


@pytest.mark.parametrize("secs", ["9", None, float("inf"), float("nan"), True])
def test_wrong_settings(secs):
    """They are told at the start."""
    with pytest.raises(ConfigError, match="secs: expected an int or a number or a timedelta that is finite"):
        start({"tools.expires.secs": secs})


def test_far_away():
    """A time beyond the last year that can be written is the last one."""
    assert asked(LASTING, secs=10**12)["Expires"].endswith("9999 23:59:59 GMT")


def test_debug(caplog):
    """The log says why nothing was done."""
    caplog.set_level("INFO", "kirsch")
    asked({}, debug=True)

    assert "this page has nothing that lasts" in caplog.text
