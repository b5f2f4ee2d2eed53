"""Any object in a few words."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.app.debugvalues import (
    MOST_CHARACTERS,
    Patience,
    class_name,
    described,
    guarded,
    message_of,
    named,
    plainly,
)


class Plain:
    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


class Slotted:
    __slots__ = ("token",)


class Broken:
    def __repr__(self) -> str:
        raise SystemExit


class Lying:
    def __repr__(self) -> Any:
        return 5


class Names(list[str]):
    pass


class Word(str):
    __slots__ = ()

    def __getitem__(self, key: Any) -> str:
        raise IndexError


class Changed(type):
    __name__ = 5


class Told(metaclass=Changed):
    pass


class Dated:
    def __repr__(self) -> str:
        return "Dated(2026, token='x')"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (5, "5"),
        (10**2000, "<int of 6,644 bits>"),
        ("a'b", '"a\'b"'),
        (b"ab", "b'ab'"),
        (bytearray(b"ab"), "b'ab'"),
        ([1, "a", [2]], "[1, 'a', [2]]"),
        ((1,), "(1,)"),
        ((), "()"),
        ({1}, "{1}"),
        (set(), "set()"),
        (frozenset([1]), "frozenset({1})"),
        (frozenset(), "frozenset()"),
        (deque([1]), "deque([1])"),
        ({"a": {"b": 1}}, "{'a': {'b': 1}}"),
        (OrderedDict(a=1), "OrderedDict({'a': 1})"),
        (defaultdict(int, a=1), "defaultdict({'a': 1})"),
        (Counter("aa"), "Counter({'a': 2})"),
        (Names(["a"]), "Names(['a'])"),
        (Word("ab"), "'ab'"),
        (Dated(), "Dated(2026, token=[redacted])"),
    ],
)
def test_values(value: Any, text: str) -> None:
    """They look as repr shows them."""
    assert described(value, Patience()) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Plain(), "<Plain>"),
        (Plain(a=1, password="x"), "<Plain a=1 password=[redacted]>"),
        (Plain(one=Plain(two=Plain(three=3))), "<Plain one=<Plain two=<Plain>>>"),
        (Plain(**dict.fromkeys("abcdefgh", 0)), "<Plain a=0 b=0 c=0 d=0 e=0 f=0 …>"),
        (Slotted(), "<Slotted>"),
        (Told(), "<Told>"),
    ],
)
def test_plain_objects(value: Any, text: str) -> None:
    """Without a repr of their own, they are shown by what they hold."""
    assert described(value, Patience()) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (list(range(100)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … (100 in all)]"),
        ([list(range(10))], "[[0, 1, 2, 3, 4, 5, … (10 in all)]]"),
        ([[[[[]]]]], "[[[[…]]]]"),
        ([[[]]], "[[[]]]"),
        ("x" * 10_000, f"'{'x' * 380}'… (10,000)"),
        (["x" * 10_000], f"['{'x' * 120}'… (10,000)]"),
        ([b"x" * 200], f"[b'{'x' * 120}'… (200)]"),
    ],
)
def test_large_values(value: Any, text: str) -> None:
    """Only their beginning is shown, and how much there is."""
    assert described(value, Patience()) == text


def test_circles() -> None:
    """What contains itself is followed some way."""
    circle: list[Any] = []
    circle.append(circle)
    assert described(circle, Patience()) == "[[[[…]]]]"


def test_broken_values() -> None:
    """Whose repr fails is named, with the failure, also among others."""
    assert described(Broken(), Patience()) == "<Broken: its repr raised SystemExit>"
    assert described([1, Lying()], Patience()) == "[1, <Lying: its repr raised TypeError>]"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"password": "x", b"cookie": b"y", "a": 1}, "{'password': [redacted], b'cookie': [redacted], 'a': 1}"),
        ({"a": {"token": "x"}}, "{'a': {'token': [redacted]}}"),
        ({"token": None, "csrf": True}, "{'token': None, 'csrf': True}"),
        ([("Cookie", "a=1"), ("Accept", "*/*")], "[('Cookie', [redacted]), ('Accept', '*/*')]"),
        ("postgres://ada:x@db/", "'postgres://ada:[redacted]@db/'"),
    ],
)
def test_secrets_inside(value: Any, text: str) -> None:
    """What is secret by its name is not shown, however deep it lies."""
    assert described(value, Patience()) == text


def test_names() -> None:
    """Under a secret name nothing is shown but whether there is something."""
    assert named("password", "x", Patience()) == "[redacted]"
    assert named("password", None, Patience()) == "None"
    assert named("user", "x", Patience()) == "'x'"


def test_plain_text() -> None:
    """Text is shown without quotes, and shortened; anything else as ever."""
    assert plainly("it's", Patience()) == "it's"
    assert plainly("x" * 20, Patience(), 10) == "xxxxxxxxx…"
    assert plainly(5, Patience()) == "5"


def test_patience() -> None:
    """When it is spent, objects are not asked any more; what can be read without them still is."""
    spent = Patience(-1)
    assert described([1, Broken()], spent) == "[<int: not asked, the time is up>, <Broken: not asked, the time is up>]"
    assert described(["a", b"b"], spent) == "['a', b'b']"


def test_messages() -> None:
    """What an exception says is bounded, redacted, and may fail."""

    class Mute(Exception):
        def __str__(self) -> str:
            raise KeyError

    assert message_of(ValueError("token='x'"), 100) == "token=[redacted]"
    assert message_of(ValueError("x" * 50), 10) == "xxxxxxxxx…"
    assert message_of(Mute(), 100) == "(what it says cannot be read: its __str__ raised KeyError)"


def test_names_of_classes() -> None:
    """They are read past any metaclass, and bounded."""
    assert class_name(Told) == "Told"
    assert len(class_name(type("A" * 1000, (), {}))) == 120


def test_guard() -> None:
    """Whatever is raised ends there."""
    assert guarded(lambda: 5, lambda _: 0) == 5
    assert guarded(lambda: 1 // 0, lambda error: error) == "ZeroDivisionError"


@given(
    st.recursive(st.none() | st.text() | st.binary(), lambda each: st.lists(each) | st.dictionaries(st.text(), each))
)
def test_any_value(value: Any) -> None:
    """There is always some text, and never too much."""
    assert 0 < len(described(value, Patience())) <= MOST_CHARACTERS
