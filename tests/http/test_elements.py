from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.elements import parse_elements
from kirsch.http.headers import Headers


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Vary", "Cookie, Accept", [("Cookie", {}, 1), ("Accept", {}, 1)]),
        ("Accept", "text/*;q=0.5, text/html;level=1", [("text/html", {"level": "1"}, 1), ("text/*", {}, 0.5)]),
        ("Accept-Language", "en;q=x, de;q=0.2, fr", [("fr", {}, 1), ("de", {}, 0.2)]),
        ("Cache-Control", 'max-age=0, private="a, b"', [("max-age=0", {}, 1), ('private="a, b"', {}, 1)]),
        ("TE", "trailers;q=9", [("trailers", {}, 1)]),
        ("Accept", "", []),
        ("Accept", ",;,", []),
    ],
)
def test_elements(name, value, expected):
    """In the order sent; where they have a quality, by that, without those whose quality is none."""
    found = Headers({name: value}).elements(name)

    assert [(each.value, each.params, each.qvalue) for each in found] == expected


def test_a_field_that_is_not_there():
    """It has no elements."""
    assert Headers().elements("Accept") == []


@given(st.sampled_from(["Accept", "Vary", "TE"]), st.text(max_size=60))
def test_anything_can_be_read(name, value):
    """Whatever stands there, nothing is raised and every quality is from 0 to 1."""
    assert all(0 <= each.qvalue <= 1 and str(each) for each in parse_elements(name, value))
