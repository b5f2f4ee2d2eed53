from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.disposition import content_disposition
from kirsch.http.headers import encode_line
from kirsch.http.media import decode_extended, parse_media_type


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (None, "attachment"),
        ("", "attachment"),
        ("reports/", "attachment"),
        ("\r\n", "attachment"),
        ("plan.txt", 'attachment; filename="plan.txt"'),
        ("a plan.txt", 'attachment; filename="a plan.txt"'),
        ("naïve.txt", "attachment; filename=\"naive.txt\"; filename*=UTF-8''na%C3%AFve.txt"),
        ("日本.pdf", "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.pdf"),
        ('a"b.txt', "attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%22b.txt"),
        ("50%.txt", "attachment; filename=\"50_.txt\"; filename*=UTF-8''50%25.txt"),
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("C:\\secret\\plan.txt", 'attachment; filename="plan.txt"'),
        ("a\r\nSet-Cookie: b", 'attachment; filename="aSet-Cookie: b"'),
    ],
)
def test_names(name, value):
    """Plain names as they are, others in UTF-8 and as near to it as ASCII comes; never with a path."""
    assert content_disposition("attachment", name) == value


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_name_can_be_sent_and_read_back(name):
    """The field is one line, and what a client reads is the name, but for its path and for controls."""
    value = content_disposition("inline", name)
    _, parameters = parse_media_type(value)
    extended = parameters.get("filename*")
    wanted = re.sub(r"[\x00-\x1f\x7f]", "", re.split(r"[/\\]", name)[-1])

    encode_line("Content-Disposition", value)
    assert value.isascii()
    if len(value) < 8000:
        assert (decode_extended(extended) if extended is not None else parameters.get("filename", "")) == wanted
