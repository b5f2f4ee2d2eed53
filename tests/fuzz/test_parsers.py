"""The parsers of client data under a short run of the fuzzer, and the fuzzer under a parser that has faults."""

from __future__ import annotations

import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import parsers
from tests.fuzz.json_body import DEEPEST, MOST_BYTES, JSONRefused, depth, read_json
from tests.fuzz.parsers import main, run
from tests.fuzz.targets import TARGETS, Target


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_values_make_no_trouble(name):
    """Nothing but a refusal escapes, none takes long, nothing grows, and every result is sane."""
    found = run(TARGETS[name], 3_000, seed=1)

    assert found.understood > 30


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_understood(name):
    """What a target begins with is not refused, so that mutations of it come far."""
    target = TARGETS[name]
    for seed in target.seeds:
        target.check(seed, target.parse(seed))


def strange(data):
    """A parser with a fault."""
    if b"!" in data:
        raise KeyError("!")
    return data


def no_check(data, result):
    """Anything goes."""


def not_longer(data, result):
    """A result that is wrong now and then."""
    assert len(result) < 5


@pytest.mark.parametrize(
    ("faulty", "fault"),
    [
        (Target(strange, no_check, [b"a"], [b"!"]), KeyError),
        (Target(bytes, not_longer, [b"abcd"], [b"e"]), AssertionError),
        (Target(bytes.decode, no_check, [b"a"], [b"\xff"], refusals=(KeyError,)), UnicodeDecodeError),
    ],
)
def test_a_finding_names_its_input(faulty, fault):
    """The exception has a note with the seed and the bytes."""
    with pytest.raises(fault) as caught:
        run(faulty, 500, seed=7)

    assert caught.value.__notes__[0].startswith("seed 7.")


def test_what_is_slow_is_a_finding(monkeypatch):
    """Of two times the better counts."""
    monkeypatch.setattr(parsers, "measured", lambda call: (call(), 0.06))
    with pytest.raises(AssertionError, match=r"0\.06"):
        run(Target(bytes, no_check, [b"a"], [b"b"]), 1)


def test_what_grows_is_a_finding(monkeypatch):
    """Beyond 64 MiB."""
    held = iter([1000, 1000 + 64 * 1024])
    monkeypatch.setattr(parsers, "memory", lambda: next(held))
    with pytest.raises(AssertionError, match="growth=65536"):
        run(Target(bytes, no_check, [b"a"], [b"b"]), 10)


def test_the_table(monkeypatch, capsys):
    """A line for each target, and a finding does not end the run."""
    monkeypatch.setitem(TARGETS, "strange", Target(strange, no_check, [b"a"], [b"!"]))

    assert main(200, 3, ["strange", "date"]) == 1
    assert main(200, 3, ["date"]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first.split() == ["target", "inputs", "refused", "slowest", "ms", "growth", "KiB", "seconds"]
    assert "strange: a finding" in lines
    assert lines[-1].startswith("date ")


# -- JSON ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "deep"),
    [
        (b"1", 0),
        (b"[]", 1),
        (b'[{"a": [1]}, []]', 3),
        (b'["[[[", "\\"[[", "\\\\", ["\\\\\\"["]]', 2),
        (b'["\\\\[", "\\n[\\\\"]', 1),
    ],
)
def test_depth(body, deep):
    """Brackets in strings do not count, whatever is escaped in them."""
    assert depth(body) == deep


VALUES = st.recursive(
    st.none() | st.integers() | st.text('[]{}"\\:, a'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text('[]{}"\\'), inner),
    max_leaves=20,
)


def nested(value):
    """How deep a value goes."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(nested, inner), default=0)


@given(VALUES)
def test_depth_agrees_with_the_value(value):
    """Of any value, as it is written."""
    assert depth(msgspec.json.encode(value)) == nested(value)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'["]]]]",', b'{"\\"}":'])
def test_json_that_is_too_deep(opening):
    """It is refused before it is read, and so needs no stack."""
    assert depth(opening * DEEPEST) == DEEPEST
    with pytest.raises(JSONRefused, match="deeply"):
        read_json(opening * (DEEPEST + 1))


@pytest.mark.parametrize(
    "body", [b"", b"[", b'"\xff"', b"1e999", b"9" * 5000, b'"\\ud800"', b"NaN", b"x" * (MOST_BYTES + 1)]
)
def test_json_that_is_none(body):
    """All is one kind of refusal."""
    with pytest.raises(JSONRefused):
        read_json(body)


def test_much_json_that_is_not_deep():
    """Many brackets are no matter."""
    assert len(read_json(b"[" + b"[1]," * 10_000 + b"[]]")) == 10_001
    assert sys.getrecursionlimit() > DEEPEST
