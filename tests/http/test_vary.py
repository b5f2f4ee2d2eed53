from __future__ import annotations

import pytest

from kirsch.http.vary import varying


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        ("", "Accept", "Accept"),
        ("Accept", "Cookie", "Accept, Cookie"),
        ("accept,Cookie", "Accept", "accept,Cookie"),
        ("*", "Accept", "*"),
        (" , Cookie ,", "Origin", "Cookie, Origin"),
    ],
)
def test_a_name_is_added_once(value, name, expected) -> None:
    """A name that is there in any case, or that `*` covers, is not added."""
    assert varying(value, name) == expected
