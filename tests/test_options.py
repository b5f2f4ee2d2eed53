from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies

from kirsch.options import (
    Check,
    Option,
    OptionError,
    Options,
    between,
    did_you_mean,
    distance,
    nearest,
    one_of,
    options_of,
)


class Oven(Options):
    """Options to try things with."""

    degrees = Option(180, "How hot.", check=between(20, 300))
    minutes = Option(12.5, "How long.")
    fan = Option(False, "Whether it blows.")
    recipe: Option[str | None] = Option(None, "What to bake.", str)
    door: Option[int | str | None] = Option(None, "Which door.", (int, str))
    program = Option("cake", "What kind.", check=one_of("cake", "pizza"))
    _secret = 1

    @property
    def hot(self) -> bool:
        """Whether it burns."""
        return self.degrees > 100


ACCEPTED = [
    ("degrees", 20, 20),
    ("minutes", 3, 3.0),
    ("minutes", 0.5, 0.5),
    ("fan", True, True),
    ("fan", 1, True),
    ("fan", 0, False),
    ("recipe", None, None),
    ("recipe", Path("a") / "b", str(Path("a/b"))),
    ("door", 3, 3),
    ("door", "left", "left"),
    ("program", "pizza", "pizza"),
]

REFUSED = [
    ("degrees", True),
    ("degrees", 19),
    ("degrees", 301),
    ("degrees", 180.0),
    ("degrees", "180"),
    ("degrees", None),
    ("minutes", True),
    ("minutes", "1"),
    ("minutes", 10**400),
    ("minutes", None),
    ("fan", 2),
    ("fan", "true"),
    ("fan", None),
    ("recipe", 1),
    ("recipe", b"bread"),
    ("door", 1.5),
    ("door", False),
    ("program", "bread"),
]


@pytest.mark.parametrize(("name", "value", "kept"), ACCEPTED)
def test_a_fitting_value_is_kept_in_the_type_of_the_option(name: str, value: Any, kept: Any) -> None:
    """An int becomes a float, 0 and 1 a bool, a Path a str; nothing else is changed."""
    oven = Oven(**{name: value})

    assert getattr(oven, name) == kept
    assert type(getattr(oven, name)) is type(kept)


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_any_other_value_is_refused_and_changes_nothing(name: str, value: Any) -> None:
    """A wrong type or a value out of range raises; what held before still holds."""
    oven = Oven()
    before = getattr(oven, name)

    with pytest.raises(OptionError):
        setattr(oven, name, value)

    assert getattr(oven, name) == before
    assert not oven.given


def test_the_error_names_option_value_and_what_is_expected() -> None:
    """Whoever reads the message needs no manual."""
    with pytest.raises(OptionError) as caught:
        Oven(degrees="hot")

    assert str(caught.value) == "degrees: expected an int from 20 to 300, got 'hot' (str)"
    assert (caught.value.name, caught.value.problem) == ("degrees", "expected an int from 20 to 300, got 'hot' (str)")


def test_a_long_value_is_shortened_in_the_error() -> None:
    """A page of text given by mistake does not fill the log."""
    with pytest.raises(OptionError) as caught:
        Oven(degrees="x" * 10_000)

    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (Option(1, ""), "an int"),
        (Option(1.0, "", check=between(0)), "a number from 0 up"),
        (Option(True, ""), "True or False"),
        (Option(None, "", (int, str)), "an int or a str, or None"),
        (Option("a", "", check=one_of("a", "b")), "a str that is 'a' or 'b'"),
        (Option((), ""), "a tuple"),
        (Option(None, ""), "None"),
        (Option(None, "", object, Check("that can be called", callable)), "a value that can be called, or None"),
    ],
)
def test_what_is_expected_can_be_said_in_words(option: Option[Any], words: str) -> None:
    """The same words serve errors and docs."""
    assert option.expected == words


def test_object_as_kind_takes_anything() -> None:
    """Such an option leaves all to its check."""
    assert Option(None, "", object).accept([1]) == [1]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_range_without_an_upper_end_takes_finite_numbers_only(value: float) -> None:
    """Neither a NaN nor infinity is a number of seconds."""
    with pytest.raises(OptionError):
        Option(1.0, "", check=between(0)).accept(value)


def test_a_misspelt_name_is_refused_with_the_right_one() -> None:
    """Setting what does not exist never passes in silence."""
    with pytest.raises(OptionError) as caught:
        Oven(degres=200)

    assert str(caught.value) == "degres: there is no such option; did you mean 'degrees'?"


def test_private_attributes_are_no_options() -> None:
    """A subclass may keep what it likes under names that begin with an underscore."""
    oven = Oven()
    oven._secret = 2

    assert oven._secret == 2
    assert "_secret" not in options_of(Oven)


def test_a_property_keeps_its_own_rules() -> None:
    """Assigning to a read-only property is Python's business."""
    with pytest.raises(AttributeError):
        Oven().hot = True  # type: ignore[misc]


def test_given_tells_what_was_set() -> None:
    """Even if it was set to the default."""
    oven = Oven(degrees=180)
    oven.fan = True

    assert oven.given == {"degrees", "fan"}
    assert repr(oven) == "Oven(degrees=180, fan=True)"


def test_instances_share_nothing() -> None:
    """Setting an option of one leaves the other and the default alone."""
    one, other = Oven(degrees=200), Oven()

    assert (one.degrees, other.degrees, Oven.degrees.default) == (200, 180, 180)


def test_on_the_class_an_option_is_itself() -> None:
    """So flags and docs find its sentence."""
    assert Oven.degrees.name == "degrees"
    assert Oven.degrees.about == "How hot."
    assert repr(Oven.degrees) == "<Option degrees: an int from 20 to 300, default 180>"


def test_an_option_on_any_class_reads_as_its_default() -> None:
    """Without Options around it, there is nothing that could be set."""

    class Plain:
        size = Option(3, "")

    assert Plain().size == 3


def test_options_come_parents_first_in_the_order_written() -> None:
    """A subclass adds to the end, or replaces in place."""

    class Better(Oven):
        light = Option(True, "")
        minutes = Option(5.0, "")

    assert list(options_of(Better)) == [*options_of(Oven), "light"]
    assert Better().minutes == 5.0


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("degrees", "0x20", 32),
        ("degrees", " 1_00 ", 100),
        ("minutes", "7", 7.0),
        ("minutes", "1e1", 10.0),
        ("fan", "On", True),
        ("fan", "0", False),
        ("recipe", "none", None),
        ("recipe", "", None),
        ("recipe", " bread ", " bread "),
        ("door", "2", 2),
        ("door", "left", "left"),
        ("program", "pizza", "pizza"),
    ],
)
def test_text_is_read_by_the_type_of_the_option(name: str, text: str, value: Any) -> None:
    """As it comes from a command line or the environment."""
    assert options_of(Oven)[name].from_text(text) == value


@pytest.mark.parametrize(("name", "text"), [("degrees", "hot"), ("degrees", "999"), ("fan", "maybe"), ("minutes", "")])
def test_text_that_does_not_fit_is_refused(name: str, text: str) -> None:
    """With the same error as any other value."""
    with pytest.raises(OptionError, match=f"^{name}: expected"):
        options_of(Oven)[name].from_text(text)


@given(strategies.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    """It gives a value or an OptionError."""
    for option in options_of(Oven).values():
        try:
            option.from_text(text)
        except OptionError:
            continue


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("socket_prot", "socket_port"),
        ("Socket-Port", "socket_port"),
        ("port", "socket_port"),
        ("socket_timout", "socket_timeout"),
        ("thread_pol", "thread_pool"),
        ("colour", None),
        ("", None),
        ("x" * 5000, None),
    ],
)
def test_nearest_finds_what_was_meant(name: str, meant: str | None) -> None:
    """A few wrong letters, or some of the words; what is far from all is nothing."""
    assert nearest(name, ["socket_host", "socket_port", "socket_timeout", "thread_pool"]) == meant


def test_did_you_mean_is_empty_without_a_guess() -> None:
    """It can stand at the end of any message."""
    assert did_you_mean("x", ["abcdef"]) == ""


@given(strategies.text(max_size=12), strategies.text(max_size=12))
def test_distance_is_symmetric_and_zero_for_equals_only(one: str, other: str) -> None:
    """And never more than the longer name has letters."""
    steps = distance(one, other)

    assert steps == distance(other, one)
    assert (steps == 0) == (one == other)
    assert abs(len(one) - len(other)) <= steps <= max(len(one), len(other))
