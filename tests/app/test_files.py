"""Files as answers of pages: serve_file, serve_fileobj, serve_download."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.app.context import present
from kirsch.app.files import serve_download, serve_file, serve_fileobj
from kirsch.exchange import Exchange, Head
from tests.app.pages import LonelyApplication, page

OLD = 1_000_000_000
DATE = "Sun, 09 Sep 2001 01:46:40 GMT"
DATA = bytes(range(256))


@pytest.fixture
def path(tmp_path):
    """A file of 256 bytes, old enough."""
    path = tmp_path / "data.css"
    path.write_bytes(DATA)
    os.utime(path, (OLD, OLD))
    return path


def ask(path, method="GET", version=(1, 1), /, **headers):
    """The answer of a page that serves a file."""
    lines = {name.replace("_", "-"): value for name, value in headers.items()}
    return page(lambda: serve_file(path)).request(method, "/", headers=lines, version=version)


def test_a_whole_file(path):
    """With type, length, validators, and the offer of ranges."""
    answer = ask(path)

    assert (answer.status, answer.body) == (200, DATA)
    assert dict(answer.headers) == {
        "Content-Type": "text/css;charset=utf-8",
        "Content-Length": "256",
        "ETag": '"de0b6b3a7640000-100"',
        "Last-Modified": DATE,
        "Accept-Ranges": "bytes",
    }


def test_head(path):
    """The same fields, and nothing else."""
    assert ask(path, "HEAD").body == b""
    assert dict(ask(path, "HEAD").headers) == dict(ask(path).headers)


@pytest.mark.parametrize(("path", "status"), [("nowhere", 404), (".", 404), ("a\0b", 404)])
def test_what_is_no_file(path, status, tmp_path):
    """Nothing, a directory, a name that no file can have."""
    assert ask(str(tmp_path / path)).status == status


def test_a_relative_path():
    """Is the program's mistake: it would depend on where that was started."""
    with pytest.raises(ValueError, match="takes an absolute path"):
        serve_file("data.css")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_None_Match": '"de0b6b3a7640000-100"'}, 304),
        ({"If_None_Match": 'W/"de0b6b3a7640000-100", "x"'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"x"'}, 200),
        ({"If_None_Match": '"x"', "If_Modified_Since": DATE}, 200),
        ({"If_Modified_Since": DATE}, 304),
        ({"If_Modified_Since": "Mon, 09 Sep 2002 01:46:40 GMT"}, 304),
        ({"If_Modified_Since": "Sat, 08 Sep 2001 01:46:40 GMT"}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
        ({"If_Match": '"de0b6b3a7640000-100"'}, 200),
        ({"If_Match": '"x"'}, 412),
        ({"If_Unmodified_Since": "Sat, 08 Sep 2001 01:46:40 GMT"}, 412),
        ({"If_Unmodified_Since": DATE}, 200),
    ],
)
def test_conditions(path, headers, status):
    """By RFC 9110 §13.2.2; a 304 has the validator and no body."""
    answer = ask(path, **headers)

    assert answer.status == status
    if status == 304:
        assert (answer.body, dict(answer.headers)) == (b"", {"ETag": '"de0b6b3a7640000-100"'})


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("bytes=0-9", "0-9"),
        ("bytes=250-", "250-255"),
        ("bytes=-6", "250-255"),
        ("bytes=-1000", "0-255"),
        ("bytes=100-1000", "100-255"),
        ("bytes=5-5", "5-5"),
        ("bytes=0-9,5-20,21-30", "0-30"),
        ("Bytes=0-0", "0-0"),
        ("bytes=256-", None),
        ("bytes=-0", None),
        ("bytes=300-400,-0", None),
        ("bytes=9-5", ""),
        ("bytes=a-b", ""),
        ("bytes", ""),
        ("bytes=-", ""),
        ("lines=0-9", ""),
        ("bytes=" + ",".join(f"{2 * n}-{2 * n}" for n in range(100)), ""),
    ],
)
def test_one_range(path, value, wanted):
    """What is there of it is sent with 206; nothing of it is a 416; what is no range is as if it had not been sent."""
    answer = ask(path, Range=value)

    if wanted is None:
        assert (answer.status, answer.headers["Content-Range"]) == (416, "bytes */256")
    elif wanted:
        first, last = map(int, wanted.split("-"))
        assert (answer.status, answer.headers["Content-Range"]) == (206, f"bytes {wanted}/256")
        assert answer.body == DATA[first : last + 1]
        assert answer.headers["Content-Length"] == str(len(answer.body))
    else:
        assert (answer.status, answer.body) == (200, DATA)


def test_several_ranges(path):
    """Each in a part of its own, in the order of the request, with its place and type."""
    answer = ask(path, Range="bytes=250-,0-1,-1")
    kind, _, boundary = answer.headers["Content-Type"].partition("; boundary=")
    parts = answer.body.split(f"--{boundary}".encode())

    assert (answer.status, kind, len(boundary)) == (206, "multipart/byteranges", 32)
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert [part.strip(b"\r\n").partition(b"\r\n\r\n") for part in parts] == [
        (b"", b"", b""),
        (b"Content-Type: text/css;charset=utf-8\r\nContent-Range: bytes 250-255/256", b"\r\n\r\n", DATA[250:]),
        (b"Content-Type: text/css;charset=utf-8\r\nContent-Range: bytes 0-1/256", b"\r\n\r\n", DATA[:2]),
        (b"--", b"", b""),
    ]


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ('"de0b6b3a7640000-100"', 206),
        ('W/"de0b6b3a7640000-100"', 200),
        ('"x"', 200),
        (DATE, 206),
        ("Mon, 09 Sep 2002 01:46:40 GMT", 200),
        ("nonsense", 200),
    ],
)
def test_if_range(path, condition, status):
    """The rest of a download fits its beginning, or all of it is sent."""
    assert ask(path, Range="bytes=9-", If_Range=condition).status == status


@pytest.mark.parametrize(("method", "version"), [("HEAD", (1, 1)), ("POST", (1, 1)), ("GET", (1, 0))])
def test_no_ranges(path, method, version):
    """Range speaks of GET, and HTTP/1.0 does not know it."""
    answer = ask(path, method, version, Range="bytes=0-9")

    assert (answer.status, answer.headers["Content-Length"]) == (200, "256")
    assert ("Accept-Ranges" in answer.headers) == (version == (1, 1))


@given(st.integers(0, 300), st.integers(0, 300))
def test_any_range(first, last):
    """As the slice that it means."""
    handler = page(lambda: serve_fileobj(io.BytesIO(DATA)))
    answer = handler.get("/", headers={"Range": f"bytes={first}-{last}"})

    wanted = DATA[first : last + 1]
    status = 200 if last < first else 206 if wanted else 416
    assert answer.status == status
    assert status == 416 or answer.body == (wanted or DATA)


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        (lambda path: serve_file(path, "text/x-own"), {"Content-Type": "text/x-own;charset=utf-8"}),
        (lambda path: serve_file(path, None, "inline"), {"Content-Disposition": 'inline; filename="data.css"'}),
        (lambda path: serve_file(path, name="ä"), {"Content-Disposition": None}),
        (
            lambda path: serve_file(path, disposition="attachment", name="ä.css"),
            {"Content-Disposition": "attachment; filename=\"a.css\"; filename*=UTF-8''%C3%A4.css"},
        ),
        (
            serve_download,
            {"Content-Type": "application/x-download", "Content-Disposition": 'attachment; filename="data.css"'},
        ),
        (
            lambda path: serve_download(path, 'a"b'),
            {"Content-Disposition": "attachment; filename=\"a_b\"; filename*=UTF-8''a%22b"},
        ),
    ],
)
def test_type_and_name(path, call, fields):
    """By the name of the file, unless said otherwise."""
    answer = page(lambda: call(path)).get("/")

    assert {name: answer.headers.get(name) for name in fields} == fields


@pytest.mark.parametrize(
    ("chosen", "kind"), [(None, "application/octet-stream"), ("text/x-own", "text/x-own;charset=utf-8")]
)
def test_an_unknown_type(tmp_path, chosen, kind):
    """Is nothing that browsers would run, unless the page has chosen one."""
    (tmp_path / "README").write_text("x")

    def handler():
        if chosen:
            present().response.headers["Content-Type"] = chosen
        return serve_file(str(tmp_path / "README"))

    assert page(handler).get("/").headers["Content-Type"] == kind


def test_as_the_page_of_an_error(path):
    """With a status of its own, a file is sent whole, and nothing is asked of it."""

    def handler():
        present().response.status = 404
        return serve_file(path)

    answer = page(handler).get("/", headers={"Range": "bytes=0-1", "If-None-Match": "*"})
    assert (answer.status, answer.body, "Accept-Ranges" in answer.headers) == (404, DATA, False)


def test_a_page_may_know_better(path):
    """An ETag that it has set counts."""

    def handler():
        present().response.headers["ETag"] = '"mine"'
        return serve_file(path)

    assert page(handler).get("/").headers["ETag"] == '"mine"'
    assert page(handler).get("/", headers={"If-None-Match": '"mine"'}).status == 304


# -- what a page has opened ------------------------------------------------------------------------------------------


def zipped():
    """A member of a ZIP file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x", DATA)
    return zipfile.ZipFile(file).open("x")


def spooled():
    """A temporary file that may still be in memory."""
    file = tempfile.SpooledTemporaryFile()  # noqa: SIM115 - who serves it closes it
    file.write(DATA)
    file.seek(0)
    return file


def temporary():
    """A temporary file that is in no directory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    file.write(b"xx" + DATA)
    file.seek(2)
    return file


def unzipping():
    """A file whose descriptor has other bytes than its read()."""
    file = io.BytesIO(gzip.compress(DATA))
    return gzip.GzipFile(fileobj=file)


@pytest.mark.parametrize("make", [lambda: io.BytesIO(DATA), zipped, unzipping, spooled, temporary])
def test_open_files(make):
    """From where they stand, with length and ranges; closed at the end."""
    made = []

    def handler():
        made.append(make())
        return serve_fileobj(made[-1], "a/b")

    whole = page(handler).get("/")
    part = page(handler).get("/", headers={"Range": "bytes=2-4"})
    assert (whole.status, whole.body, whole.headers["Content-Length"]) == (200, DATA, "256")
    assert (part.status, part.body) == (206, DATA[2:5])
    assert all(file.closed for file in made)


class Pieces:
    """No more of a file than it takes."""

    closed = False

    def __init__(self):
        self.file = io.BytesIO(DATA)
        self.read = self.file.read

    def close(self):
        self.closed = True


def pipe():
    """The reading end of a pipe."""
    reading, writing = os.pipe()
    os.write(writing, DATA)
    os.close(writing)
    return open(reading, "rb")


@pytest.mark.parametrize("make", [Pieces, pipe])
def test_files_without_an_end_that_is_known(make):
    """Come as they come: no length, no ranges; closed at the end."""
    made = []

    def handler():
        made.append(make())
        return serve_fileobj(made[-1])

    answer = page(handler).get("/", headers={"Range": "bytes=2-4"})
    assert (answer.status, answer.body) == (200, DATA)
    assert "Content-Length" not in answer.headers
    assert "Accept-Ranges" not in answer.headers
    assert made[0].closed


def test_text_is_encoded(tmp_path):
    """A file of text is sent in the charset of the answer."""
    (tmp_path / "x").write_text("é", "utf-8")

    assert page(lambda: serve_fileobj((tmp_path / "x").open(encoding="utf-8"), "text/plain")).get("/").text == "é"
    assert page(lambda: serve_fileobj(io.StringIO("é"), "text/plain")).get("/").text == "é"


# -- what goes on behind -------------------------------------------------------------------------------------------


class Counting(Exchange):
    """Counts what is sent, and keeps nothing."""

    def read(self, size=-1):
        return b""

    def open(self):
        pass

    def send(self, data):
        pass

    def end(self):
        pass

    def cut(self):
        pass


def test_no_file_is_ever_in_memory(tmp_path):
    """A file of 1 GB with holes costs a few blocks, whole or in ranges."""
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1 << 30)
    application = LonelyApplication(page(lambda: serve_file(str(tmp_path / "large"))).handler.__self__.root)
    tracemalloc.start()
    try:
        for fields in ([], [(b"range", b"bytes=0-400000000,500000000-600000000")]):
            exchange = Counting(Head("GET", b"/", (1, 1), fields))
            application.handle(exchange)
            assert exchange.sent >= 500_000_000
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("fails", ["hook", "header"])
def test_files_are_closed_when_something_fails(tmp_path, fails):
    """After the page was made, or while it is sent."""
    before = set(os.listdir("/proc/self/fd"))
    with (tmp_path / "large").open("wb") as file:
        file.truncate(100_000)

    def fail():
        raise ValueError("late")

    def handler():
        if fails == "header":
            present().response.headers["X"] = "a\r\nb"
        return serve_file(str(tmp_path / "large"))

    assert page(handler, {"hooks.before_finalize": fail} if fails == "hook" else None).get("/").status == 500
    assert set(os.listdir("/proc/self/fd")) == before


def test_hooks_see_a_file_in_pieces(tmp_path):
    """And may put others in their place."""
    (tmp_path / "x").write_bytes(b"a" * 100_000)

    def upper():
        response = present().response
        response.body = [piece.upper() for piece in response.body]

    answer = page(lambda: serve_file(str(tmp_path / "x")), {"hooks.before_finalize": upper}).get("/")
    assert (answer.body, answer.headers["Content-Length"]) == (b"A" * 100_000, "100000")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("data.css", 200), ("./sub/../data.css", 200), ("sub/100%.txt", 200), ("/data.css", 200), ("", 404),
        ("sub", 404), ("nope", 404), ("../secret", 403), ("sub/../../secret", 403), ("/etc/passwd", 404), (".env", 404),
        ("..\\secret", 404), ("out", 404), ("a\0b", 404), ("sub/100%25.txt", 404), (["data.css", "data.css"], 404),
    ],
)  # fmt: skip
def test_a_name_of_a_client(path, name, status):
    """Below a root, whatever is asked for, nothing outside of it is given, and no hidden file."""
    root = path.parent / "root"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "100%.txt").write_text("all")
    (path.parent / "secret").write_text("secret")
    (root / ".env").write_text("secret")
    (root / "out").symlink_to(path.parent / "secret")
    path.rename(root / "data.css")

    assert page(lambda: serve_download(name, root=root)).get("/").status == status


def test_a_root_must_be_absolute():
    """A relative one would depend on where the process was started."""
    with pytest.raises(ValueError, match="absolute root"):
        page(lambda: serve_file("a", root="here"), {"request.throw_errors": True}).get("/")
