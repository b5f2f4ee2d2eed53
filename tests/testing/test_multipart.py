"""Forms with files, as they are written."""

from __future__ import annotations

import io

import pytest

from kirsch.http.multipart import Part, parse_boundary, read_parts
from kirsch.testing.multipart import BOUNDARY, encode_form


def parts(data, files):
    """What our own reader finds in the form: name, file name, type and content of each part."""
    body, kind = encode_form(data, files)
    found = []
    for event in read_parts(io.BytesIO(body).read, parse_boundary(kind)):
        if isinstance(event, Part):
            found.append((event, bytearray()))
        else:
            found[-1][1].extend(event)
    return [(part.name, part.filename, part.content_type, bytes(content)) for part, content in found]


def named(name, content):
    """An open file of that name."""
    file = io.BytesIO(content)
    file.name = name
    return file


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (b"x", ("f", "f", "application/octet-stream", b"x")),
        ("ä", ("f", "f", "application/octet-stream", b"\xc3\xa4")),
        (io.StringIO("x"), ("f", "f", "application/octet-stream", b"x")),
        (named("/home/ada/cat.png", b"x"), ("f", "cat.png", "image/png", b"x")),
        (("cat.png", b"x"), ("f", "cat.png", "image/png", b"x")),
        (("a.txt", bytearray(b"x")), ("f", "a.txt", "text/plain", b"x")),
        (("a.txt", named("other", b"x"), "text/html"), ("f", "a.txt", "text/html", b"x")),
        (("a.txt", b"x", ""), ("f", "a.txt", "", b"x")),
        (("", b"", "application/octet-stream"), ("f", "", "application/octet-stream", b"")),
        (('ä"\r\n.txt', b"x", None), ("f", 'ä"\r\n.txt', "text/plain", b"x")),
    ],
)
def test_files(given, part):
    """Name and type are given, or those of the file."""
    assert parts({}, {"f": given}) == [part]


def test_several_files_and_fields():
    """In order, fields first; a list, or pairs, repeat a name."""
    found = parts([("a", ["1", 2]), ("b", b"\xff")], [("f", [("1", b"x"), ("2", b"y")]), ("f", ("3", b"z"))])

    assert [(name, filename, content) for name, filename, _, content in found] == [
        ("a", None, b"1"),
        ("a", None, b"2"),
        ("b", None, b"\xff"),
        ("f", "1", b"x"),
        ("f", "2", b"y"),
        ("f", "3", b"z"),
    ]


def test_more_headers():
    """A part may have headers of its own."""
    body, _ = encode_form({}, {"f": ("a.txt", b"x", "text/plain", {"Content-Language": "de"})})

    assert b'filename="a.txt"\r\nContent-Type: text/plain\r\nContent-Language: de\r\n\r\nx\r\n' in body


def test_names_break_out_of_nothing():
    """What would end a name is written as browsers write it."""
    assert b'name="a%22%0D%0Ab"; filename="%22"\r\n' in encode_form({}, {'a"\r\nb': ('"', b"x")})[0]


def test_boundary():
    """It is always the same, unless it stands in a file."""
    assert encode_form({}, {"f": b"x"})[1] == f"multipart/form-data; boundary={BOUNDARY}"
    assert parts({}, {"f": f"\r\n--{BOUNDARY}--\r\n"})[0][3] == f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.mark.parametrize("given", [7, None, ("a.txt",), ("a.txt", 7), ("a.txt", b"", "t", {}, 1), {}])
def test_files_that_are_none(given):
    """The field is named."""
    with pytest.raises(TypeError, match="the file in field 'f'"):
        encode_form({}, {"f": given})


def test_headers_of_parts_are_checked():
    """A line break in one is refused."""
    with pytest.raises(ValueError, match="line break"):
        encode_form({}, {"f": ("a", b"", "text/plain\r\nX: y")})
