"""The lines of both logs as JSON."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.app.accesslog import AccessRecord
from kirsch.app.logjson import JSONFormatter, access_json

NOW = 1795000000.25
RECORD = AccessRecord(
    "10.0.0.1", None, NOW, "GET", b"/a%20b?c=d", (1, 1), 200, 12, 12, 0.0015, b"http://x/", b"Firefox", b"site:80", "7"
)


def said(message: str = "hello", redact: bool = False, **more: Any) -> dict[str, Any]:
    """What the line of a record says."""
    record = logging.LogRecord("kirsch.error", logging.INFO, "x.py", 1, message, (), None)
    record.created = NOW
    record.__dict__.update(more)
    line = JSONFormatter(redact).format(record)
    assert line.isascii()
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


def test_message() -> None:
    """Time, level, logger, message, process and thread; what is not known is left out."""
    assert said() == {
        "time": "2026-11-18T11:06:40.250Z", "level": "INFO", "logger": "kirsch.error", "message": "hello",
        "process": os.getpid(), "thread": "MainThread",
    }  # fmt: skip


def test_more_of_a_message() -> None:
    """Context, the ids of request and trace, and what the application adds by `extra`."""
    found = said("HTTP hello", context="HTTP", request_id="7", trace_id="ab", cart=5, thing={1, 2})
    assert {name: found[name] for name in ("message", "context", "request_id", "trace_id", "cart", "thing")} == {
        "message": "hello", "context": "HTTP", "request_id": "7", "trace_id": "ab", "cart": 5, "thing": "{1, 2}",
    }  # fmt: skip


def test_exception() -> None:
    """The traceback is text of one line."""
    try:
        raise ValueError("bad\nworse")
    except ValueError:
        found = said(exc_info=sys.exc_info(), stack_info="Stack:")
    assert found["exception"].endswith("ValueError: bad\nworse\nStack:")


def test_secrets() -> None:
    """In what `extra` adds they never show; in messages, if that is wanted."""
    found = said("Authorization: Basic abc", cookie="a=1", headers={"Authorization": "Basic abc", "Host": "x"})
    assert (found["cookie"], found["headers"]) == ("[redacted]", {"Authorization": "[redacted]", "Host": "x"})
    assert found["message"] == "Authorization: Basic abc"
    assert said("Authorization: Basic abc", redact=True)["message"] == "Authorization: [redacted]"


def test_what_holds_itself() -> None:
    """Is shown as far as it can be."""
    endless: list[Any] = []
    endless.append(endless)
    assert said(endless=endless)["message"] == "hello"


@pytest.mark.parametrize(
    ("changed", "name", "value"),
    [
        ({}, "time", "2026-11-18T11:06:40.250Z"),
        ({}, "message", "GET /a%20b?c=d HTTP/1.1"),
        ({}, "seconds", 0.0015),
        ({}, "request_id", "7"),
        ({}, "trace_id", None),
        pytest.param({}, "process", os.getpid(), id="process"),
        ({"status": 0}, "status", None),
        ({"length": 0, "status": 304}, "length", None),
        ({"length": None, "sent": 5}, "length", 5),
        ({"agent": b'M\xc3\xbcller\x1b"\n'}, "user_agent", 'Müller\x1b"\n'),
        ({"agent": b"\xff"}, "user_agent", "\\xff"),
        ({"login": "anna"}, "login", "anna"),
        ({"version": (1, 0)}, "protocol", "HTTP/1.0"),
    ],
)
def test_request(changed: dict[str, Any], name: str, value: Any) -> None:
    """All that is known of a request, by name."""
    assert json.loads(access_json(RECORD._replace(**changed)))[name] == value


@given(st.binary(), st.binary(), st.text())
def test_nobody_breaks_out(target: bytes, agent: bytes, login: str) -> None:
    """Whatever a client sends, it is one line of ASCII."""
    line = access_json(RECORD._replace(target=target, agent=agent, login=login))
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["login"] == login
