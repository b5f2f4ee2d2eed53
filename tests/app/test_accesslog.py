"""What the access log knows of a request, and the line it makes of it."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.app.accesslog import (
    ATOMS,
    COMBINED,
    AccessFormat,
    AccessRecord,
    combined,
    escaped,
    printable,
    record_of,
    short_line,
)
from kirsch.app.logtext import CYAN, GREEN, PLAIN, RED, YELLOW, stamp
from kirsch.exchange import Exchange, Head
from kirsch.http.traceparent import TraceParent

NOW = 1795000000.25
RECORD = AccessRecord(
    "10.0.0.1", None, NOW, "GET", b"/a%20b?c=d", (1, 1), 200, 12, 12, 0.0015, b"http://x/", b"Firefox", b"site:80", ""
)


class Past(Exchange):
    """An exchange that is over."""

    def __init__(self, *fields: tuple[bytes, bytes], **known: Any) -> None:
        super().__init__(Head("GET", b"/a%20b?c=d", (1, 1), fields), ("10.0.0.1", 5000))
        for name, value in {"status": 200, "length": 12, "sent": 12, **known}.items():
            setattr(self, name, value)

    def read(self, size: int = -1) -> bytes:
        return b""

    def open(self) -> None: ...
    def send(self, data: bytes) -> None: ...
    def end(self) -> None: ...
    def cut(self) -> None: ...


FIELDS = ((b"host", b"site:80"), (b"referer", b"http://x/"), (b"user-agent", b"Firefox"))


def line(form: str = COMBINED, **changed: Any) -> str:
    """The line of a record that differs a little."""
    return AccessFormat(form).line(RECORD._replace(**changed))


def test_combined() -> None:
    """The default line is that of the combined log format."""
    assert line() == f'10.0.0.1 - - {stamp(int(NOW))} "GET /a%20b?c=d HTTP/1.1" 200 12 "http://x/" "Firefox"'


@pytest.mark.parametrize(
    ("atom", "changed", "text"),
    [
        ("h", {}, "10.0.0.1"),
        ("h", {"remote_host": ""}, "-"),
        ("h", {"remote_host": 'x" "\n'}, 'x\\" \\"\\n'),
        ("l", {}, "-"),
        ("u", {"login": "anna"}, "anna"),
        ("u", {"login": "Käthe\x1b"}, "K\\xc3\\xa4the\\x1b"),
        ("r", {"target": b'/"\\\x00\xff', "version": (1, 0)}, 'GET /\\"\\\\\\x00\\xff HTTP/1.0'),
        ("r", {"version": (3, 7)}, "GET /a%20b?c=d HTTP/3.7"),
        ("s", {"status": 404}, "404"),
        ("s", {"status": 0}, "-"),
        ("b", {"length": None}, "12"),
        ("b", {"length": None, "sent": 0}, "-"),
        ("b", {"length": 100, "sent": 5}, "100"),
        ("b", {"length": 0, "sent": 0}, "0"),
        ("b", {"length": 0, "status": 304, "sent": 0}, "-"),
        ("B", {"length": 100, "sent": 5}, "5"),
        ("f", {"referer": b""}, ""),
        ("a", {"agent": b"M\xfcller \\"}, "M\\xfcller \\\\"),
        ("o", {}, "site:80"),
        ("o", {"host": b""}, "-"),
        ("i", {"request_id": "5"}, "5"),
        ("i", {}, "-"),
        ("D", {}, "1500"),
        ("T", {}, "-"),
        pytest.param("pid", {}, str(os.getpid()), id="pid"),
        ("z", {}, "2026-11-18T11:06:40.250000Z"),
    ],
)
def test_atom(atom: str, changed: dict[str, Any], text: str) -> None:
    """Each atom alone."""
    assert line(f"{{{atom}}}", **changed) == text


def test_own_formats() -> None:
    """Percent signs, doubled braces and alignments are understood."""
    assert line("100% {{{s}}} {s:>5}|{h:<9.8}|") == "100% {200}   200|10.0.0.1 |"


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ("{x}", r"has no {x}; there are h, l, u, t, r, s, b, f, a, o, i, z, D, B, T, pid"),
        ("{}", "has no {}"),
        ("{h", "brace is written twice"),
        ("}", "brace is written twice"),
        ("{h.upper}", "has no {h.upper}"),
        ("{s:d}", "format code 'd'"),
    ],
)
def test_wrong_formats(form: str, complaint: str) -> None:
    """A format that does not work is an error when it is set, not at the first request."""
    with pytest.raises(ValueError, match=complaint):
        AccessFormat(form)


def test_own_atoms(monkeypatch: pytest.MonkeyPatch) -> None:
    """An application may add to what a line can say."""
    monkeypatch.setitem(ATOMS, "m", lambda record: record.method)
    assert line("{m}!") == "GET!"


def test_record_of_an_exchange() -> None:
    """All that is known of an exchange, without computing anything for it."""
    assert record_of(Past(*FIELDS), NOW, 0.0015, with_id=True) == RECORD


def test_record_of_a_request() -> None:
    """Login, id and a host that was changed come from the request."""
    request = SimpleNamespace(login="anna", unique_id="7", remote=SimpleNamespace(ip="10.1.1.1", name=""))
    record = record_of(Past(*FIELDS, context=request), NOW, 0.0, with_id=True)
    assert (record.login, record.request_id, record.remote_host) == ("anna", "7", "10.1.1.1")
    request.remote.name = "anna.example"
    record = record_of(Past(*FIELDS, context=request), NOW, 0.0, with_id=False)
    assert (record.request_id, record.remote_host) == ("", "anna.example")


@pytest.mark.parametrize(
    "exchange",
    [
        Past(),
        Past(*FIELDS),
        Past(*FIELDS, status=0, length=None),
        Past(*FIELDS, status=304, length=0),
        Past(*FIELDS, length=None, sent=7, client=("", 0)),
        Past((b"referer", b'"\\\xff'), (b"user-agent", b"\x1b")),
        Past(context=SimpleNamespace(login="a b\n")),
        Past(context=SimpleNamespace(login=None, remote=SimpleNamespace(ip="1.1.1.1", name='"'))),
        Past(context=SimpleNamespace(login=None, remote=SimpleNamespace(ip="1.1.1.1", name=""))),
    ],
)
def test_the_shortcut_is_no_detour(exchange: Exchange) -> None:
    """The fast way to a combined line gives what the slow way gives."""
    slow = f"{AccessFormat(COMBINED).line(record_of(exchange, NOW, 0.5, with_id=False))}\n"
    for _ in range(2):
        assert combined(exchange, stamp(int(NOW))) == slow


@pytest.mark.parametrize(("form", "needs"), [(COMBINED, False), ("{i}", True), ("{T} {D}", True)])
def test_ids_cost_something(form: str, needs: bool) -> None:
    """So they are made only where the format shows them."""
    assert AccessFormat(form).needs_id is needs


def test_trace() -> None:
    """The trace that the tool request_id goes on with is known to the record."""
    request = SimpleNamespace(login=None, unique_id="7", traceparent=TraceParent("ab" * 16, "cd" * 8))
    record = record_of(Past(context=request), NOW, 0.0, with_id=True)
    assert AccessFormat("{T}").line(record) == "ab" * 16


def test_redacted() -> None:
    """The values of secret parameters in both URLs."""
    record = RECORD._replace(target=b"/x?token=5&a=1", referer=b"http://x/?password=%20")
    assert AccessFormat("{r} {f}").line(record.redacted()) == (
        "GET /x?token=[redacted]&a=1 HTTP/1.1 http://x/?password=[redacted]"
    )
    assert RECORD.redacted() == RECORD


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, "GET /a%20b?c=d 200 1.5 ms"),
        ({"status": 0, "target": b'/"\x1b'}, 'GET /\\"\\x1b - 1.5 ms'),
    ],
)
def test_short_line(changed: dict[str, Any], line: str) -> None:
    """For somebody at the desk."""
    assert short_line(RECORD._replace(**changed), colours=False) == line


@pytest.mark.parametrize(("status", "colour"), [(200, GREEN), (304, CYAN), (404, YELLOW), (500, RED), (0, PLAIN)])
def test_short_line_in_colours(status: int, colour: str) -> None:
    """The status tells by its colour how it went."""
    assert f" {colour}{status or '-'}{PLAIN} " in short_line(RECORD._replace(status=status), colours=True)


@given(st.binary())
def test_escaped(data: bytes) -> None:
    """What comes out is one line of printable ASCII whose quotes are escaped, and says what went in."""
    shown = escaped(data.decode("latin-1"))
    assert shown.isascii()
    assert shown == "" or shown.isprintable()
    assert '"' not in shown.replace("\\\\", "").replace('\\"', "")
    assert shown.encode().decode("unicode_escape").encode("latin-1") == data


@given(st.text())
def test_printable(text: str) -> None:
    """Text of ours is shown as its UTF-8."""
    assert printable(text) == escaped(text.encode("utf-8", "surrogatepass").decode("latin-1"))
