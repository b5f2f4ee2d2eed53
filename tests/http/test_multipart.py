"""Multipart bodies: parts come out whole however they come in, and nothing but FormError comes of a broken one."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.forms import FormError, FormTooLarge, TooManyFields
from kirsch.http.multipart import Part, PartLimits, parse_boundary, read_parts


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=x", b"x"),
        ('Multipart/Form-Data; charset=utf-8; BOUNDARY="a b;c"', b"a b;c"),
        ("multipart/mixed; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW", b"----WebKitFormBoundary7MA4YWxkTrZu0gW"),
        ("multipart/x; boundary=" + "x" * 200, b"x" * 200),
    ],
)
def test_parse_boundary(content_type, boundary):
    """As a token or quoted, up to 200 characters."""
    assert parse_boundary(content_type) == boundary


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/html; boundary=x",
        "multipart; boundary=x",
        "multipart/form-data",
        "multipart/form-data; boundary",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        'multipart/form-data; boundary="x "',
        "multipart/form-data; boundary=é",
        "multipart/form-data; boundary=a\nb",
        "multipart/form-data; boundary=" + "x" * 201,
    ],
)
def test_boundaries_that_are_none(content_type):
    """Missing and impossible ones are the client's fault, as is another type."""
    with pytest.raises(FormError, match=r"boundary|multipart"):
        parse_boundary(content_type)


@given(st.text() | st.text().map("multipart/form-data; boundary={}".format))
def test_a_boundary_is_parsed_or_a_form_error(content_type):
    """Nothing else is raised."""
    try:
        boundary = parse_boundary(content_type)
    except FormError:
        return
    assert 1 <= len(boundary) <= 200


def feed(body, size=None):
    """A read() that gives at most `size` bytes at a time."""
    stream = io.BytesIO(body)
    return lambda most: stream.read(min(most, size or most))


def parts(body, size=None, limits=None):
    """All parts as (Part, data)."""
    found: list[tuple[Part, list[bytes]]] = []
    for event in read_parts(feed(body, size), b"b", limits):
        if isinstance(event, Part):
            found.append((event, []))
        else:
            found[-1][1].append(event)
    return [(part, b"".join(data)) for part, data in found]


def part(disposition, data=b"data", *lines):
    """A part with the boundary in front of it."""
    return b"\r\n".join([b"--b", b"Content-Disposition: " + disposition, *lines, b"", data, b""])


END = b"--b--\r\n"


@pytest.mark.parametrize("size", [None, 1, 2, 7])
def test_fields_and_files(size):
    """Heads and data, in whatever pieces the body comes."""
    body = part(b'form-data; name="a"', b"1\r\n2") + part(
        b'form-data; name="f"; filename="x.txt"', b"--b\r\n-", b"Content-Type: text/plain; charset=utf-8", b"X-A: b"
    )
    (field, value), (file, content) = parts(body.replace(b"--b\r\n-\r\n", b"-b\r\n-\r\n") + END, size)

    assert (field.name, field.filename, field.content_type, value) == ("a", None, "", b"1\r\n2")
    assert (file.name, file.filename, file.content_type) == ("f", "x.txt", "text/plain; charset=utf-8")
    assert file.headers["x-a"] == "b"
    assert content == b"-b\r\n-"


@pytest.mark.parametrize(
    ("disposition", "name", "filename"),
    [
        (b"form-data", None, None),
        (b"form-data; name=a", "a", None),
        (b'form-data; name=""', "", None),
        (b'form-data; name="a"; filename=""', "a", ""),
        (b'form-data; name="a%22b"', 'a"b', None),
        (rb'form-data; name="a\"b"', 'a"b', None),
        ('form-data; name="é"; filename="日本.txt"'.encode(), "é", "日本.txt"),
        (b'form-data; name="\xe9"', "é", None),
        (rb'form-data; name="a"; filename="C:\dir\x.txt"', "a", "x.txt"),
        (b'form-data; name="a"; filename="x"; filename*=UTF-8\'\'na%C3%AFve', "a", "naïve"),
        (b'form-data; name="a"; filename*=UTF-8\'\'%ff; filename="x"', "a", "x"),
        (b'form-data; name="a*b"; filename="y*"', "a*b", "y*"),
        (b"attachment; filename=x", None, "x"),
    ],
)
def test_names(disposition, name, filename):
    """As browsers send them, as the RFCs say, and as old programs do."""
    ((head, _),) = parts(part(disposition) + END)

    assert (head.name, head.filename) == (name, filename)


def test_a_part_needs_no_disposition():
    """In other kinds of multipart there is none."""
    ((head, data),) = parts(b"--b\r\nContent-Type: text/xml\r\n\r\n<x/>\r\n--b--")

    assert (head.name, head.filename, head.content_type, data) == (None, None, "text/xml", b"<x/>")
    assert repr(head) == "<Part None>"


@pytest.mark.parametrize(
    "body", [b"", b"--b--", b"--b--\r\n", b"\r\n--b--\r\n", b"preamble, long enough\r\n--b--\r\nepilogue"]
)
def test_nothing_in_it(body):
    """An empty body, and one with the last boundary only, have no parts."""
    assert parts(body) == []


@pytest.mark.parametrize("size", [None, 1, 2, 7])
@pytest.mark.parametrize("before", [b"", b"\r\n", b"some words\r\n", b"--\r\n--\r\n", b"-" * 100 + b"\r\n", b"\r\r\n"])
def test_what_stands_before_the_first_boundary(size, before):
    """It is skipped, wherever a piece of the body begins."""
    assert [data for _, data in parts(before + b"--b\r\n\r\nx\r\n" + END, size)] == [b"x"]


@pytest.mark.parametrize("size", [None, 1, 2, 7])
@pytest.mark.parametrize("before", [b"-", b"\n", b"some words", b"a\r", b"--b\n", b"a--b\r\n"])
def test_the_first_boundary_begins_a_line(size, before):
    """Where it does not, or what looks like it does not, nobody knows what was meant."""
    with pytest.raises(FormError, match="first boundary"):
        parts(before + b"--b\r\n\r\nx\r\n" + END, size)


@pytest.mark.parametrize(
    "body", [part(b"form-data; name=a") + b"--b--", b"junk\r\n" + part(b"form-data; name=a") + END + b"more"]
)
def test_all_is_read(body):
    """Nothing is left over, so that the connection can go on; what stands around the parts is skipped."""
    read = feed(body)

    assert len(list(read_parts(read, b"b"))) == 2
    assert read(1) == b""


GOOD = part(b'form-data; name="a"', b"12345", b"Content-Type: text/plain") + END


@pytest.mark.parametrize(
    "body",
    [
        *(GOOD[:end] for end in range(1, len(GOOD) - 2)),
        b"no boundary at all",
        b"--c\r\n\r\n\r\n--c--",
        b"--b\n\n\n--b--",
        b"--bx\r\n\r\n\r\n--b--",
        part(b"form-data", b"x", b"no colon") + END,
        part(b"form-data", b"x", b": empty") + END,
        part(b"form-data", b"x", b"a b: c") + END,
        part(b"form-data", b"x", b"a : c") + END,
        part(b"form-data", b"x", b"\na: c") + END,
        part(b"form-data", b"x", b"\xa0a: c") + END,
        part(b"form-data", b"x", b"\xe9: c") + END,
        part(b"form-data", b"x", b"a: b\nc: d") + END,
        part(b"form-data", b"xyz", b"Content-Length: 2") + END,
        part(b"form-data", b"xyz", b"Content-Length: 4") + END,
        part(b"form-data", b"xyz", b"Content-Length: +3") + END,
        part(b"form-data", b"xyz", b"Content-Length: " + b"9" * 5000) + END,
        b"--b\r\n folded: x\r\n\r\n\r\n" + END,
        part(b"form-data", b"x\r\n--bad"),
    ],
)
def test_broken_bodies(body):
    """Cut off anywhere or malformed: FormError with a text, where CherryPy answered 500."""
    with pytest.raises(FormError, match=r"the multipart body is broken: [A-Z]") as raised:
        parts(body)
    assert raised.value.status == 400


def test_what_read_raises_is_passed_on():
    """A client that leaves, or is too slow, is not a broken body."""

    def read(size):
        raise TimeoutError(size)

    with pytest.raises(TimeoutError):
        list(read_parts(read, b"b"))


TWO = part(b"form-data; name=a", b"123") + part(b"form-data; name=f; filename=f", b"12345678") + END


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        ({"parts": 1}, TooManyFields),
        ({"part_headers": 0}, FormTooLarge),
        ({"header_line": 20}, FormTooLarge),
        ({"headers": 70}, FormTooLarge),
        ({"fields": 2}, FormTooLarge),
    ],
)
def test_limits(limits, error):
    """Each limit ends it with a 413; sums are over the whole body."""
    with pytest.raises(error) as raised:
        parts(TWO, limits=PartLimits(**limits))
    assert raised.value.status == 413


def test_files_are_not_counted_as_fields():
    """Only what will be held in memory is."""
    assert len(parts(TWO, limits=PartLimits(parts=2, fields=3))) == 2


@pytest.mark.parametrize("size", [None, *range(1, 12)])
def test_the_limit_of_a_header_line_is_exact(size):
    """Whatever the pieces."""
    body = part(b"form-data", b"x", b"A: " + b"x" * 40) + END

    assert parts(body, size, PartLimits(header_line=43))
    with pytest.raises(FormTooLarge, match="length"):
        parts(body, size, PartLimits(header_line=42))


def test_an_endless_header_is_noticed():
    """Without a line end, no more than the limit is held."""
    with pytest.raises(FormTooLarge, match="length"):
        parts(b"--b\r\nX: " + b"x" * 100_000 + b"\r\n\r\n" + END, size=1000)


@given(
    st.binary()
    | st.lists(
        st.sampled_from(
            [
                b"--b",
                b"--",
                b"\r\n",
                b"Content-Disposition: form-data",
                b'; name="',
                b"x",
                b'"',
                b": ",
                b"\xff",
                b" ",
                b"\\",
            ]
        )
    ).map(b"".join),
    st.integers(1, 50),
)
def test_a_body_is_read_or_a_form_error(body, size):
    """Nothing else is raised, whatever the bytes and their pieces."""
    try:
        found = parts(body, size)
    except FormError:
        return
    assert sum(len(data) for _, data in found) <= len(body)


@given(
    st.lists(st.tuples(st.text('ab é%"\\', max_size=9), st.none() | st.just("f"), st.binary(max_size=40)), max_size=5),
    st.integers(1, 99),
)
def test_parts_come_out_as_they_were_put_in(fields, size):
    """Any names and data, in pieces of any size."""
    fields = [
        (name.replace('"', "").replace("\\", ""), filename, data.replace(b"--b", b""))
        for name, filename, data in fields
    ]
    body = b"".join(
        part(f'form-data; name="{name}"{"" if filename is None else "; filename=f"}'.encode(), data)
        for name, filename, data in fields
    )

    assert [(head.name, head.filename, data) for head, data in parts(body + END, size)] == fields
