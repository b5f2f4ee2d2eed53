"""A failure for terminals and for programs."""

from __future__ import annotations

import json
import sys

import pytest

from kirsch.app.debugfacts import Facts
from kirsch.app.debugtext import MOST_CHARACTERS, debug_json, debug_text
from tests.app.failing import chain_of, divide, lookup, ping, raised

FACTS = Facts(
    "GET",
    "/price?token=x",
    "shop.price",
    "shop.py:7",
    headers=[("Accept", "*/*")],
    query={str(number): "" for number in range(61)},
)


def rounded(amount: int) -> float:
    """Fail in a part of a statement."""
    return round(
        amount / 0,
        2,
    )


def test_text() -> None:
    """Facts first, then the traceback as Python prints it: the error stands at the end, where one looks."""
    text = debug_text(raised(lookup), FACTS)
    assert text.startswith("Request: GET /price?token=[redacted]\nHandler: shop.price (shop.py:7)\n")
    assert "\nHeaders:\n  Accept: */*\n" in text
    assert "\n  … and 1 more\n" in text
    assert "\nVariables in lookup (tests/app/failing.py, line " in text
    assert "\n  fruit = 'pear'\n" in text
    assert text.endswith("\nKeyError: 'pear'\n")
    assert "hunter2" not in text


def test_traceback() -> None:
    """Lines and columns are those of Python."""
    line = rounded.__code__.co_firstlineno + 3
    text = debug_text(raised(lambda: rounded(3)))
    assert f'  File "{__file__}", line {line}, in rounded\n    amount / 0,\n    ^^^^^^^^^^\nZeroDivisionError: ' in text


def test_cause() -> None:
    """The first cause comes first."""
    text = debug_text(raised(lookup))
    assert "ZeroDivisionError: division by zero\n\nThe above exception was the direct cause of the following" in text


def test_context() -> None:
    """Without a cause, it is said what was being handled."""
    error = raised(lookup)
    error.__context__, error.__cause__, error.__suppress_context__ = error.__cause__, None, False
    assert "While the above exception was handled, another one was raised:" in debug_text(error)


def test_not_raised() -> None:
    """Without a traceback there is the error alone."""
    assert debug_text(ValueError("x")) == "ValueError: x\n"
    assert debug_text(ValueError()) == "ValueError\n"


def test_group() -> None:
    """Members are set in, one after another."""
    text = debug_text(ExceptionGroup("two", [ValueError("x"), *[OSError() for _ in range(9)]]))
    assert "ExceptionGroup: two (10 sub-exceptions)\n  | ---- 1 ----\n  | ValueError: x\n  | ---- 2 ----" in text
    assert text.endswith("\n  … and 2 more\n")


def test_syntax_error() -> None:
    """The place that could not be read is the last of the traceback."""
    text = debug_text(raised(lambda: compile("x = = 1", "<made>", "exec")))
    assert '  File "<made>", line 1\n    x = = 1\n        ^\nSyntaxError: invalid syntax\n' in text


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 tells it to the terminal only")
def test_hint() -> None:
    """What Python thinks was meant stands below."""
    error = raised(lambda: "".uper)
    assert debug_text(error).endswith("has no attribute 'uper'\nDid you mean: 'upper'?\n")
    assert debug_json(error)[0]["hint"] == "Did you mean: 'upper'?"


def test_gaps() -> None:
    """What is not shown is counted."""
    error = raised(chain_of(90, "dig(20)"))
    text = debug_text(error)
    assert "\n  [Previous frame repeated 19 more times]\n" in text
    assert "\n  [35 frames left out]\n" in text
    omitted = [frame["omitted"] for frame in debug_json(error)[0]["frames"] if "omitted" in frame]
    assert omitted == [35, 19]


def test_gap_of_several() -> None:
    """Frames that call each other are counted together."""
    assert "  [Previous 2 frames repeated 19 more times]" in debug_text(raised(lambda: ping(20)))


def test_long_text() -> None:
    """It is bounded, and the error is never cut off."""
    error = ExceptionGroup("", [ValueError("x" * 4000) for _ in range(8)])
    nested = ExceptionGroup("last", [error, ExceptionGroup("", [ValueError("x" * 4000) for _ in range(8)])])
    nested.add_note("the end")
    text = debug_text(ExceptionGroup("all", [nested]), FACTS)
    assert len(text) < 2 * MOST_CHARACTERS
    assert text.rstrip().endswith("x")


def test_json() -> None:
    """The exceptions, the one that came out first, each with its frames; nothing but data."""
    failed = raised(lookup)
    failed.add_note("a note")
    error, cause = json.loads(json.dumps(debug_json(failed)))
    assert (error["type"], error["message"], error["notes"]) == ("KeyError", "'pear'", ["a note"])
    assert (cause["type"], cause["relation"]) == ("ZeroDivisionError", "cause")
    assert cause["frames"][-1] == {
        "file": divide.__code__.co_filename,
        "line": divide.__code__.co_firstlineno + 2,
        "function": "divide",
        "origin": "application",
        "code": "    return amount / 0",
    }


def test_json_of_a_group() -> None:
    """Members are lists of the same kind."""
    group = debug_json(ExceptionGroup("two", [ValueError("x"), OSError()]))[0]
    assert [chain[0]["type"] for chain in group["exceptions"]] == ["ValueError", "OSError"]


def test_no_exceptions() -> None:
    """Whatever it is handed, there is an answer."""
    assert debug_text(5).startswith("int (it cannot be shown: ")
    assert debug_text(ValueError("x"), 5).startswith("Request: (cannot be shown: AttributeError)\n\nValueError: x")
    assert debug_json(5) == []
