from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.traceparent import TraceParent, new_id, parse_traceparent, valid_tracestate

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    ("value", "flags"),
    [
        (f"00-{TRACE}-{SPAN}-01", 1),
        (f"00-{TRACE}-{SPAN}-00", 0),
        (f"00-{TRACE}-{SPAN}-ff", 255),
        (f"01-{TRACE}-{SPAN}-01", 1),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-brings", 1),
    ],
)
def test_traces(value, flags):
    """A later version is read as far as we know it."""
    parent = parse_traceparent(value)

    assert parent == TraceParent(TRACE, SPAN, flags)
    assert parent.sampled is bool(flags & 1)


@pytest.mark.parametrize(
    "value",
    [
        "", "00", f"00-{TRACE}-{SPAN}", f"00-{TRACE.upper()}-{SPAN}-01", f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more", f"cc-{TRACE}-{SPAN}-01more", f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE}-{SPAN}-01\n", f"00-{TRACE}-{SPAN}-01, 00-{TRACE}-{SPAN}-01",
    ],
)  # fmt: skip
def test_traces_that_are_none(value):
    """Are as none."""
    assert parse_traceparent(value) is None


@given(st.integers(0, 255))
def test_a_child(flags):
    """It is of the same trace, has an id of its own, and comes back from the wire; of flags we pass on what we know."""
    parent = TraceParent(TRACE, SPAN, flags)
    child = parent.child()

    assert (child.trace_id, child.sampled) == (TRACE, parent.sampled)
    assert child.parent_id != SPAN
    assert parse_traceparent(str(child)) == child


@given(st.text(max_size=100))
def test_anything(value):
    """Is read or left."""
    parent = parse_traceparent(value)

    assert parent is None or parent.trace_id in value


@pytest.mark.parametrize(("value", "valid"), [("a=1,b=2", True), ("", False), ("a\r\n", False), ("a" * 513, False)])
def test_states(value, valid):
    """What may be passed on."""
    assert valid_tracestate(value) is valid


def test_new_ids():
    """They are as long as asked for, and not the same."""
    assert len({new_id(8) for _ in range(100)}) == 100
    assert len(new_id(16)) == 32
