from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.toolbox.serializers import Packer, Unstorable, codec_for, same

BERLIN = ZoneInfo("Europe/Berlin")
KEYS = st.one_of(st.text(), st.integers(), st.booleans(), st.none(), st.binary(), st.tuples(st.text(), st.integers()))
PLAIN = st.one_of(
    KEYS,
    st.floats(allow_nan=False),
    st.decimals(allow_nan=False),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.uuids(),
    st.datetimes(timezones=st.sampled_from([None, UTC])),
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner, inner),
        st.dictionaries(KEYS, inner),
        st.sets(KEYS),
        st.frozensets(PLAIN),
    ),
    max_leaves=20,
)


class Thing:
    pass


@given(st.dictionaries(KEYS, VALUES))
def test_what_goes_in_comes_out(data):
    """Equal, of the same types all the way down, and once more with the same bytes."""
    value = Packer().dumps(data)
    again = Packer().loads(value)

    assert again == data
    assert Packer().dumps(again) == value


@pytest.mark.parametrize(
    "value",
    [
        *("text", 1, 1 << 100, -(1 << 70), 1.5, True, None, b"bytes", [1], (1, (2,)), {"a": {1: 2}}, {(1, 2): 3}),
        *({1, "a"}, frozenset({frozenset({1})}), Decimal("1.10"), UUID(int=7), date(2026, 1, 2), time(3, 4, 5)),
        *(timedelta(-1, 5, 7), datetime(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC)),  # noqa: DTZ001 - without a zone
    ],
    ids=lambda value: type(value).__name__,
)
def test_types_are_kept(value):
    """What comes back is of the same type."""
    again = Packer().loads(Packer().dumps({"it": value}))["it"]

    assert (again, type(again)) == (value, type(value))


def test_zones_are_kept():
    """A time of a zone is the same moment of the same zone, also where a clock shows an hour twice."""
    moment = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    again = Packer().loads(Packer().dumps({"it": moment}))["it"]

    assert again.tzinfo is BERLIN
    assert again.astimezone(UTC) == moment.astimezone(UTC)


@pytest.mark.parametrize(
    "value", [Thing(), [Thing()], {"a": (Thing(),)}, {1: {Thing()}}, range(3), type("S", (str,), {})()]
)
def test_what_has_no_bytes_is_named(value):
    """The message has the key, the type and the way out."""
    with pytest.raises(
        Unstorable, match=r"session\['bad'\] cannot be stored: .*(Thing|range|S) .*serializer = 'pickle'"
    ):
        Packer().dumps({"good": 1, "bad": value})


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [("loop", [], "contains itself"), ("half", "\ud800", "surrogates"), ("\udc00", 1, "surrogates")],
)
def test_what_cannot_be_encoded_is_named(key, value, words):
    """Circles, and halves of characters."""
    if value == []:
        value.append(value)
    with pytest.raises(Unstorable, match=rf"(?s)cannot be stored: .*{words}"):
        Packer().dumps({"good": [1], key: value})


def test_objects_stay_here():
    """Where the bytes do not leave the process, an object comes back as itself, also out of sets and tuples."""
    thing, packer = Thing(), Packer(here=True)
    again = packer.loads(packer.dumps({"it": thing, "set": {thing}, "in": [(thing,)], "n": 1}))

    assert again == {"it": thing, "set": {thing}, "in": [(thing,)], "n": 1}
    assert again["it"] is thing


def test_another_object_is_a_change():
    """Two values are the same if their objects are, too."""
    thing, packer = Thing(), Packer(here=True)

    assert same(packer.dumps({"it": thing}), packer.dumps({"it": thing}))
    assert not same(packer.dumps({"it": thing}), packer.dumps({"it": Thing()}))
    assert not same(packer.dumps({"it": thing}), packer.dumps({"it": 0}))


@pytest.mark.parametrize("serializer", ["msgpack", "pickle", json])
def test_serializers_by_name(serializer):
    """And whatever has dumps() and loads()."""
    codec = codec_for(serializer, here=False)

    assert codec.loads(codec.dumps({"a": [1, "b"]})) == {"a": [1, "b"]}


class Shy(Thing):
    """It does not want to be kept."""

    def __getstate__(self):
        raise LookupError("leave me alone")


def test_pickle_has_most_objects():
    """As they were."""
    codec = codec_for("pickle", here=False)

    assert isinstance(codec.loads(codec.dumps({"it": Thing()}))["it"], Thing)


@pytest.mark.parametrize(
    ("serializer", "value", "words"),
    [
        ("pickle", lambda: 0, "pickle says: Can't "),
        ("pickle", Shy(), "pickle says: leave me alone"),
        (json, Thing(), "json says: Object of type Thing is not JSON serializable"),
        (json, float, "json says: Object of type type"),
    ],
)
def test_what_others_refuse_is_named(serializer, value, words):
    """With the key, too, and what they say, whatever they raise."""
    with pytest.raises(Unstorable, match=rf"session\['bad'\] cannot be stored: {words}"):
        codec_for(serializer, here=False).dumps({"good": 1, "bad": value})


def test_codecs_have_marks_of_their_own():
    """So that nobody reads what another one has written."""
    assert len({codec_for(each, here=False).mark for each in ("msgpack", "pickle", json)}) == 3
    with pytest.raises(ValueError, match="a serializer is 'msgpack', 'pickle'"):
        codec_for("yaml", here=False)
