"""The parsers of client data under a short run of the fuzzer, and the fuzzer under a parser that has faults."""

from __future__ import annotations

import pytest

from tests.fuzz import parsers
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
