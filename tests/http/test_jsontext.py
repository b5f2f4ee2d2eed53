from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.jsontext import as_utf8, deeper_than, depth, place

VALUES = st.recursive(
    st.none() | st.integers() | st.text('[]{}"\\:, a'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text('[]{}"\\'), inner),
    max_leaves=20,
)


def nested(value):
    """How deep a value goes."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(nested, inner), default=0)


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
def test_brackets_in_strings_do_not_count(body, deep) -> None:
    """Whatever is escaped in them."""
    assert depth(body) == deep


@given(VALUES, st.integers(0, 9))
def test_depth_agrees_with_the_value(value, most) -> None:
    """Of any value, as it is written."""
    data = json.dumps(value).encode()

    assert depth(data) == nested(value)
    assert deeper_than(data, most) is (nested(value) > most)


@given(st.binary())
def test_anything_has_a_depth(data) -> None:
    """Nothing raises, and nothing goes deeper than it has brackets."""
    assert 0 <= depth(data) <= data.count(b"[") + data.count(b"{")


@given(st.text(), st.sampled_from(["utf_8", "utf_16", "utf_32", "utf_8_sig", None]))
def test_text_in_other_encodings_is_the_same(text, codec) -> None:
    """It comes out as UTF-8, without a byte order mark."""
    text = text.removeprefix("\ufeff")

    assert as_utf8(text.encode(codec or "utf-8"), codec) == text.encode().removeprefix(b"\xef\xbb\xbf")


@pytest.mark.parametrize(("data", "codec"), [(b"\x00", "utf_16"), (b"abc", "utf_32")])
def test_what_is_not_in_its_encoding(data, codec) -> None:
    """It is a ValueError that names the encoding."""
    with pytest.raises(ValueError, match=codec):
        as_utf8(data, codec)


@pytest.mark.parametrize(
    ("data", "offset", "at"),
    [(b"", 0, (1, 1)), (b"ab", 1, (1, 2)), (b"a\nb", 2, (2, 1)), ("äöü!".encode(), 6, (1, 4)), (b"\n\n", 2, (3, 1))],
)
def test_a_byte_has_line_and_column(data, offset, at) -> None:
    """Columns are counted in characters."""
    assert place(data, offset) == at
