"""The lines of the error log as text, and which request they belong to."""

from __future__ import annotations

import logging
import os
import re
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from kirsch.app.current import current
from kirsch.app.logtext import LONGEST, RED, YELLOW, ErrorFormatter, RequestFilter, coloured, stamp, utc
from kirsch.http.traceparent import TraceParent

if TYPE_CHECKING:
    from collections.abc import Iterator


def record(message: str, name: str = "kirsch.error", **more: Any) -> logging.LogRecord:
    """A record of the year 2026."""
    made = logging.LogRecord(name, logging.INFO, "x.py", 1, message, (), None)
    made.created = 1795000000.25
    made.__dict__.update(more)
    return made


def test_stamp() -> None:
    """Day, English month, year and local time, to the second."""
    assert re.fullmatch(r"\[\d\d/Nov/2026:\d\d:\d\d:\d\d\]", stamp(1795000000))


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (record("HTTP hello", context="HTTP"), "HTTP hello"),
        (record("hello", context=""), "hello"),
        (record("hello"), "hello"),
        (record("hello", "kirsch.error.7"), "hello"),
        (record("hello", "kirsch.server"), "SERVER hello"),
        (record("hello", "kirsch.toolbox.sessions"), "TOOLBOX hello"),
        (record("hello", "elsewhere.deep"), "elsewhere.deep hello"),
        (record("hello", request_id="7"), "hello [7]"),
        (record("two\nlines", request_id="7"), "two [7]\n    lines"),
        (record("GET / failed [7]: at once", request_id="7"), "GET / failed [7]: at once"),
    ],
)
def test_error_line(made: logging.LogRecord, text: str) -> None:
    """Time, context and message; who says no context has that of its room."""
    assert ErrorFormatter().format(made) == f"{stamp(1795000000)} {text}"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\r\nb", "a\\x0d\n    b"),
        ("a\n[24/Nov/2026:00:00:00] forged", "a\n    [24/Nov/2026:00:00:00] forged"),
        ("a\tb", "a\tb"),
        ("\x00\x7f\x9b\x85", "\\x00\\x7f\\x9b\\x85"),
        ("a\u2028b\u202eb", "a\\u2028b\\u202eb"),
        ("half \udc80", "half \\udc80"),
        ("Käse %s {}", "Käse %s {}"),
        ("end\n\n", "end"),
    ],
)
def test_error_line_is_escaped(message: str, shown: str) -> None:
    """No client writes on the terminal, nor a line that looks like another record."""
    assert ErrorFormatter().format(record(message)) == f"{stamp(1795000000)} {shown}"


def test_traceback() -> None:
    """A traceback keeps its lines, indented, also those that the exception has made up."""
    try:
        raise ValueError("bad\n[24/Nov/2026:00:00:00] forged \x1b")
    except ValueError:
        text = ErrorFormatter().format(record("", exc_info=sys.exc_info(), stack_info="Stack:\n  x"))
    first, *rest = text.split("\n")
    assert first == stamp(1795000000) + " "
    assert all(line.startswith("    ") for line in rest)
    assert rest[-4:] == ["    ValueError: bad", "    [24/Nov/2026:00:00:00] forged \\x1b", "    Stack:", "      x"]


def test_long_records_are_shortened() -> None:
    """What is too long loses its middle, and says so."""
    text = ErrorFormatter().format(record("a" * LONGEST + "b" * LONGEST))
    assert len(text) < LONGEST + 200
    assert f"({LONGEST} characters left out)" in text
    assert text.endswith("b")


def test_utc() -> None:
    """In UTC, to the second."""
    assert utc(1795000000) == "2026-11-18T11:06:40"


def test_secrets_are_hidden_if_that_is_wanted() -> None:
    """In messages, and in what follows."""
    made = record("Cookie: a=1\npassword='x'")
    assert "a=1" in ErrorFormatter().format(made)
    assert ErrorFormatter(redact=True).format(made)[23:] == "Cookie: [redacted]\n    password=[redacted]"


# -- colours ---------------------------------------------------------------------------------------------------------


class Terminal:
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Errors go to a terminal that shows colours."""
    monkeypatch.setattr("kirsch.app.logtext.sys", SimpleNamespace(stderr=Terminal()))  # pytest changes the real one
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return monkeypatch


@pytest.mark.parametrize(("level", "colour"), [(20, ""), (30, YELLOW), (40, RED), (50, RED)])
def test_levels_are_coloured(level: int, colour: str, terminal: pytest.MonkeyPatch) -> None:
    """The first line of warnings and errors, on a terminal; elsewhere nothing is."""
    made = record("hello\nworld", levelno=level)
    plain = ErrorFormatter(place="/x.log").format(made)
    shown = ErrorFormatter(place="stderr").format(made)
    assert "\x1b" not in plain
    assert shown == (plain.replace("hello\n", "hello\x1b[0m\n") if colour else plain).replace("[", f"{colour}[", 1)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colours(name: str, value: str, terminal: pytest.MonkeyPatch) -> None:
    """Whoever wants none is given none."""
    assert coloured("stderr")
    terminal.setenv(name, value)
    assert not coloured("stderr")


def test_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, no stream at all, or a closed one."""
    closed = open(__file__, encoding="utf-8")  # noqa: SIM115 - it is closed at once
    closed.close()
    for stream in (None, closed):
        monkeypatch.setattr(sys, "stdout", stream)
        assert not coloured("stdout")


# -- which request ---------------------------------------------------------------------------------------------------


@pytest.fixture
def answering() -> Iterator[Any]:
    """A request that is being answered."""
    request = SimpleNamespace(app=object(), unique_id="7")
    token = current.set(request)
    yield request
    current.reset(token)


def test_a_line_knows_its_request(answering: Any) -> None:
    """Whoever writes it."""
    assert ErrorFormatter().format(record("hello", "shop.views"))[23:] == "shop.views hello [7]"


def test_filter(answering: Any) -> None:
    """For handlers of the application's own: what a record belongs to, and it stays so in another thread."""
    answering.traceparent = TraceParent("ab" * 16, "cd" * 8)
    made = record("hello")
    assert RequestFilter().filter(made)
    answering.unique_id = "8"
    RequestFilter().filter(made)
    assert (vars(made)["request_id"], vars(made)["trace_id"]) == ("7", "ab" * 16)


@pytest.mark.parametrize("request_of_thread", [None, SimpleNamespace(app=None)])
def test_outside_of_a_request(request_of_thread: Any) -> None:
    """A record belongs to none."""
    token = current.set(request_of_thread)
    made = record("hello")
    RequestFilter().filter(made)
    current.reset(token)
    assert (vars(made)["request_id"], vars(made)["trace_id"]) == ("", "")


def test_lines_of_several_processes(monkeypatch):
    """Each says which one has written it."""
    monkeypatch.setattr(ErrorFormatter, "several", True)
    record = logging.LogRecord("kirsch.server", logging.INFO, "", 0, "ready", None, None)

    assert ErrorFormatter().format(record).endswith(f"] ({os.getpid()}) SERVER ready")
