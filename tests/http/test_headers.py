"""Headers: a case-insensitive map of repeated lines, from the wire and back to it."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.headers import Headers, encode_line


def test_names_are_found_in_any_case():
    """Reading, asking, deleting: the case of a name does not matter."""
    headers = Headers({"Content-Type": "text/html"})

    assert headers["content-type"] == headers.get("CONTENT-TYPE") == "text/html"
    assert "content-TYPE" in headers
    del headers["CONTENT-type"]
    assert not headers


def test_spelling_and_order_are_kept():
    """What was written is what is shown, a name that is set again at its old place."""
    headers = Headers([("ETag", "1"), ("x-b", "2"), ("WWW-Authenticate", "3")])
    headers["X-B"] = "4"

    assert list(headers) == ["ETag", "X-B", "WWW-Authenticate"]
    assert headers.lines() == [("ETag", "1"), ("X-B", "4"), ("WWW-Authenticate", "3")]


def test_repeated_lines():
    """They are joined when read as one value, stand together, and can be had one by one."""
    headers = Headers([("Vary", "a"), ("X", "1"), ("vary", "b")])

    assert headers["VARY"] == headers.get("vary") == "a, b"
    assert headers.getall("Vary") == ["a", "b"]
    assert headers.lines() == [("Vary", "a"), ("vary", "b"), ("X", "1")]
    assert len(headers) == 2


def test_cookies_are_joined_by_semicolons():
    """RFC 6265 §5.4 knows no comma between cookies."""
    headers = Headers([("Cookie", "a=1"), ("Cookie", "b=2")])

    assert headers["cookie"] == "a=1; b=2"


def test_setting_replaces_all_lines():
    """Of repeated lines none is left when the name is set or deleted."""
    headers = Headers([("A", "1"), ("A", "2"), ("B", "1"), ("B", "2")])
    headers["a"] = "3"
    del headers["b"]
    headers.add("B", "4")

    assert headers.lines() == [("a", "3"), ("B", "4")]


def test_what_is_absent():
    """A KeyError where one asks for it, the default or nothing elsewhere."""
    headers = Headers()

    assert headers.get("X") is None
    assert headers.get("X", "y") == "y"
    assert headers.getall("X") == []
    assert headers.pop("X", None) is None
    assert None not in headers
    for action in (headers.__getitem__, headers.__delitem__, headers.pop):
        with pytest.raises(KeyError):
            action("X")


@pytest.mark.parametrize(
    ("value", "text"),
    [(5, "5"), (0, "0"), (1.5, "1.5"), (True, "True"), (b"caf\xe9", "café"), (bytearray(b"x"), "x"), ("", "")],
)
def test_values_become_text(value, text):
    """Numbers and bytes may be set, added, given from the start or as a default."""
    headers = Headers({"A": value})
    headers["B"] = value
    headers.add("C", value)

    assert headers.setdefault("D", value) == text
    assert list(headers.values()) == [text] * 4


def test_none_is_no_value():
    """Setting None says what to do instead, naming the header."""
    headers = Headers()

    for action in (headers.__setitem__, headers.add, headers.setdefault):
        with pytest.raises(ValueError, match=r"X-Thing.*del headers\['X-Thing'\]"):
            action("X-Thing", None)


def test_setdefault_and_pop():
    """As for a dict."""
    headers = Headers({"A": "1"})

    assert headers.setdefault("a", "2") == "1"
    assert headers.setdefault("B") == ""
    assert headers.pop("a") == "1"
    assert dict(headers) == {"B": ""}


def test_update():
    """From a mapping, pairs, keywords, or other headers with all their lines."""
    headers = Headers([("A", "0"), ("a", "1"), ("B", "2")])
    headers.update({"b": 3}, C=4)
    headers.update([("c", "5")])
    headers.update(Headers([("A", "6"), ("A", "7"), ("D", "8"), ("D", "9")]))

    assert headers.lines() == [("A", "6"), ("A", "7"), ("b", "3"), ("c", "5"), ("D", "8"), ("D", "9")]


def test_update_from_others_replaces_repeated_lines():
    """A name that stands in both has the other's lines only."""
    headers = Headers([("A", "0"), ("A", "1")])
    headers.update(Headers({"a": "2"}))

    assert headers.lines() == [("a", "2")]


@pytest.mark.parametrize("duplicate", [Headers.copy, copy.copy, Headers])
def test_a_copy_is_independent(duplicate):
    """What happens to one does not happen to the other."""
    headers = Headers([("A", "1"), ("A", "2"), ("B", "3")])
    other = duplicate(headers)
    other.add("A", "x")
    other["B"] = "y"

    assert headers.lines() == [("A", "1"), ("A", "2"), ("B", "3")]
    assert other.lines() == [("A", "1"), ("A", "2"), ("A", "x"), ("B", "y")]


def test_equality():
    """Names are alike in any case and order, values are compared line by line; mappings will do."""
    headers = Headers([("A", "1"), ("B", "2")])

    assert headers == Headers([("b", "2"), ("a", "1")]) == {"a": "1", "B": "2"}
    assert headers != Headers([("A", "1")])
    assert Headers([("A", "1"), ("A", "2")]) != Headers({"A": "1, 2"})
    assert headers != [("A", "1"), ("B", "2")]
    with pytest.raises(TypeError, match="no hash"):
        hash(headers)


def test_repr_shows_every_line():
    """What one reads in a debugger can be pasted."""
    headers = Headers([("A", "1"), ("a", "2")])

    assert repr(headers) == "Headers([('A', '1'), ('a', '2')])"


FIELDS = [(b"host", b"h"), (b"x-1a", b"caf\xe9"), (b"cookie", b"a=1"), (b"accept", b"x"), (b"cookie", b"b=2")]


@pytest.mark.parametrize("make", [list, tuple, iter])
def test_from_wire(make):
    """Names are shown in Title-Case, values are latin-1, repeated lines kept."""
    headers = Headers.from_wire(make(FIELDS))

    assert headers.lines() == [
        ("Host", "h"),
        ("X-1A", "café"),
        ("Cookie", "a=1"),
        ("Cookie", "b=2"),
        ("Accept", "x"),
    ]
    assert headers["cookie"] == "a=1; b=2"


def test_clients_cannot_fill_the_memory_with_names():
    """Beyond a limit, and when long, names are not remembered, but read all the same."""
    for number in range(2000):
        headers = Headers.from_wire([(b"x-%d" % number, b"1"), (b"y" * (60 + number), b"2")])
        assert headers[f"X-{number}"] == "1"
    names = type(headers).from_wire.__globals__["_names"]
    assert len(names) <= names.MOST
    assert max(map(len, names)) <= names.LONGEST
    assert b"user-agent" in names


def test_to_wire():
    """Latin-1 where it does, UTF-8 where not; all lines in order."""
    headers = Headers([("A", "é"), ("B", "€"), ("a", "\t x"), ("Set-Cookie", "s=1")])

    assert headers.to_wire() == [(b"A", b"\xe9"), (b"a", b"\t x"), (b"B", b"\xe2\x82\xac"), (b"Set-Cookie", b"s=1")]


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "a\rb", "a\0b", "\x1b[2J", "\x7f", "€\n", "\ud800"])
def test_a_value_cannot_split_the_answer(value):
    """Control characters are refused where lines leave, the header named; every time, as nothing bad is remembered."""
    headers = Headers({"X-Thing": value})

    for _ in range(2):
        with pytest.raises(ValueError, match="X-Thing"):
            headers.to_wire()


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\n", "é", "a\0", "a(b)", "\ud800", "ſ"])
def test_a_name_is_a_token(name):
    """Nothing else leaves as a name."""
    with pytest.raises(ValueError, match="not a name for a header"):
        Headers({name: "x"}).to_wire()


def test_the_memory_of_lines_is_bounded():
    """Values that never come twice, long ones and cookies do not pile up."""
    for number in range(3000):
        Headers({"X": number, "Y": "y" * 300, "Set-Cookie": f"secret={number}"}).to_wire()
    wire = Headers.to_wire.__globals__["_wire"]
    assert len(wire) <= wire.MOST
    assert not [line for line in wire if line[0] == "Set-Cookie" or len(line[1]) > wire.LONGEST]


@given(st.text(), st.text())
def test_a_line_is_encoded_or_a_value_error(name, value):
    """Nothing else is raised, and what is encoded is one line."""
    try:
        field = encode_line(name, value)
    except ValueError:
        return
    assert len(b": ".join(field).splitlines()) <= 1
    assert b"\0" not in field[1]


@given(st.lists(st.tuples(st.sampled_from(["a", "A", "b", "B-C"]), st.integers(0, 9), st.booleans())))
def test_it_behaves_like_a_list_of_lines(steps):
    """Against the plainest thing that could work: a list in which names are looked for one by one."""
    headers, model = Headers(), list[tuple[str, str]]()
    for name, value, adds in steps:
        if adds:
            headers.add(name, value)
        else:
            headers[name] = value
            model = [line for line in model if line[0] != name.lower()]
        model.append((name.lower(), str(value)))
    for name in ("a", "b", "b-c"):
        assert headers.getall(name.upper()) == [value for known, value in model if known == name]
    assert len(headers.to_wire()) == len(headers.lines()) == len(model)


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b-c", b"cookie", b"x-%d"]), st.binary())))
def test_from_wire_takes_any_value(fields):
    """Every line is there, whatever its bytes."""
    headers = Headers.from_wire(fields)

    assert sorted(value.encode("latin-1") for _, value in headers.lines()) == sorted(value for _, value in fields)
