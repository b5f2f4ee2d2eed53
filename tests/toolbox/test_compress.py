"""What `compress` and `gzip` make of pages."""

from __future__ import annotations

import gzip
import io

import brotlicffi
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kirsch
from kirsch.app.errors import HTTPError
from kirsch.app.place import ConfigError
from kirsch.http.codings import IDENTITY, accepts, decode, decoded
from kirsch.toolbox import compress
from kirsch.toolbox.compress import Kept, fits
from tests.app.pages import page, site, start

PAGE = "<p>a page of text</p>\n" * 100
DATA = PAGE.encode()
MOST = 1 << 24
BROWSER = "gzip, deflate, br, zstd"


def asked(handler, accept=BROWSER, tool="compress", method="GET", headers=(), **settings):
    """The answer of a page, with the tool on. settings: of the tool, or with two underscores any."""
    config = {f"tools.{tool}.on": True}
    for name, value in settings.items():
        config[name.replace("__", ".") if "__" in name else f"tools.{tool}.{name}"] = value
    fields = dict(headers) | ({"Accept-Encoding": accept} if accept is not None else {})
    return page(handler, config).request(method, "/", headers=fields)


def plain(answer):
    """The body as it was before."""
    coding = answer.headers.get("Content-Encoding", IDENTITY)
    return answer.body if coding == IDENTITY else decode(coding, answer.body, MOST)


def with_headers(body=PAGE, **fields):
    """A page that sets fields; its status is one of them."""

    def handler():
        kirsch.response.status = fields.get("status")
        kirsch.response.headers.update(
            {name.replace("_", "-"): value for name, value in fields.items() if name != "status"}
        )
        return body

    return handler


@pytest.mark.parametrize(
    ("tool", "accept", "expected"),
    [
        ("compress", BROWSER, "zstd"),
        ("compress", "gzip, deflate, br", "br"),
        ("compress", "gzip", "gzip"),
        ("compress", "gzip;q=1, br;q=0.9", "gzip"),
        ("compress", "*", "zstd"),
        ("compress", None, None),
        ("compress", "", None),
        ("compress", "deflate", None),
        ("compress", "identity, *;q=0", None),
        ("gzip", BROWSER, "gzip"),
        ("gzip", "x-gzip", "gzip"),
        ("gzip", "br", None),
        ("gzip", "deflate", None),
        ("gzip", "*", "gzip"),
        ("gzip", "gzip;q=0", None),
        ("gzip", "identity, gzip", "gzip"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("make", [lambda: PAGE, lambda: [PAGE[:9], PAGE[9:]], lambda: iter([DATA[:9], "", DATA[9:]])])
def test_codings(tool, accept, expected, stream, make):
    """What client and server like best; others read it; length and Vary are right."""
    answer = asked(make, accept, tool, response__stream=stream)

    assert answer.headers.get("Content-Encoding") == expected
    assert plain(answer) == DATA
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"] == "text/html;charset=utf-8"
    assert answer.headers.get("Content-Length", str(len(answer.body))) == str(len(answer.body))


@given(
    pieces=st.lists(st.binary(max_size=400), max_size=6),
    accept=st.lists(
        st.sampled_from(["gzip", "br", "zstd", "*", "identity", "gzip;q=0", "br;q=0.5", "*;q=0", "identity;q=0", "x;"]),
        max_size=6,
    ).map(", ".join),
    stream=st.booleans(),
)
def test_any_body_and_any_wish(pieces, accept, stream):
    """It is what it was, in a coding that is not forbidden; or a 406, if all are."""
    answer = asked(lambda: iter(pieces), accept, response__stream=stream)
    coding = answer.headers.get("Content-Encoding", IDENTITY)

    if answer.status == 406:
        assert not any(accepts(each, accept) for each in ("zstd", "br", "gzip", IDENTITY))
    else:
        assert (answer.status, plain(answer)) == (200, b"".join(pieces))
        assert accepts(coding, accept) or not answer.body


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "zstd"),
        ({"Content_Type": "application/json"}, "zstd"),
        ({"Content_Type": "application/problem+json; x=y"}, "zstd"),
        ({"Content_Type": "Image/SVG+xml"}, "zstd"),
        ({"Content_Type": "image/png"}, None),
        ({"Content_Type": "application/zip"}, None),
        ({"Content_Encoding": "x"}, "x"),
        ({"Content_Encoding": "identity"}, "identity"),
        ({"Cache_Control": "max-age=9, No-Transform"}, None),
        ({"status": 206, "Content_Range": "bytes 0-9/99"}, None),
        ({"Content_Range": "bytes 0-9/99"}, None),
        ({"status": 404}, "zstd"),
        ({"status": "200 Fine"}, "zstd"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_which_pages(fields, expected, method):
    """Whole ones that get smaller by it, and that nobody has coded before; HEAD says the same as GET."""
    answer = asked(with_headers(**fields), method=method)

    assert answer.headers.get("Content-Encoding") == expected
    length = int(answer.headers["Content-Length"])
    assert (length < len(PAGE)) is (expected == "zstd")
    assert len(answer.body) == (length if method == "GET" else 0)


def test_head_says_what_get_says():
    """All fields are the same."""
    get, head = (asked(with_headers(ETag='"a"'), method=method) for method in ("GET", "HEAD"))

    assert {**get.headers, "Date": ""} == {**head.headers, "Date": ""}


@pytest.mark.parametrize("status", [204, 205, 304])
def test_no_body(status):
    """What has no body has no coding; a 304 says of what it depends all the same."""
    answer = asked(with_headers(None, status=status))

    assert (answer.status, answer.body) == (status, b"")
    assert "Content-Encoding" not in answer.headers
    assert ("Vary" in answer.headers) is (status == 304)


@pytest.mark.parametrize(
    ("tool", "settings", "accept", "expected"),
    [
        ("compress", {}, "gzip", None),
        ("compress", {"min_size": 10}, "gzip", "gzip"),
        ("compress", {}, "gzip, identity;q=0", "gzip"),
        ("gzip", {}, "gzip", "gzip"),
    ],
)
def test_small_pages(tool, settings, accept, expected):
    """Are left as they are by `compress`, unless the client wants no such thing."""
    answer = asked(lambda: "a small page", accept, tool, **settings)

    assert answer.headers.get("Content-Encoding") == expected
    assert plain(answer) == b"a small page"


@pytest.mark.parametrize("tool", ["compress", "gzip"])
def test_nothing_is_acceptable(tool):
    """That is a 406 for a page; an error stays the error that it is."""
    assert asked(lambda: PAGE, "identity;q=0, *;q=0", tool).status == 406
    assert asked(with_headers(status=403), "identity;q=0, *;q=0", tool).status == 403


def test_forbidden_identity():
    """Even a picture is compressed for a client that takes it in no other way."""
    assert asked(with_headers(Content_Type="image/png"), "gzip, *;q=0").headers["Content-Encoding"] == "gzip"


def test_what_speaks_of_the_bytes_goes():
    """Lengths and digests of the page as it was; what speaks of the page stays."""
    gone = {"Content_Length": "9999", "Accept_Ranges": "bytes", "Content_MD5": "x", "Repr_Digest": "x"}
    headers = asked(with_headers(**gone, Last_Modified="x", Vary="Cookie")).headers

    assert not {"Accept-Ranges", "Content-MD5", "Repr-Digest"} & {*headers}
    assert headers["Content-Length"] != "9999"
    assert (headers["Last-Modified"], headers["Vary"]) == ("x", "Cookie, Accept-Encoding")


@pytest.mark.parametrize(
    ("etag", "accept", "expected"),
    [
        ('"a"', "gzip", '"a--gzip"'),
        ('"a"', "zstd", '"a--zstd"'),
        ('"a"', "br", '"a--br"'),
        ('"a"', None, '"a"'),
        ('W/"a"', "gzip", 'W/"a"'),
        ("bare", "gzip", "bare--gzip"),
        ("not a tag", "gzip", "not a tag"),
    ],
)
def test_tags(etag, accept, expected):
    """Other bytes have another tag, unless it speaks of something else than bytes."""
    assert asked(with_headers(ETag=etag), accept).headers["ETag"] == expected


@pytest.mark.parametrize(
    ("known", "accept", "expected"),
    [
        ('"a--gzip"', "gzip", (304, '"a--gzip"')),
        ('"a--gzip"', "zstd, gzip;q=0.1", (304, '"a--gzip"')),
        ('W/"a--gzip"', "gzip", (304, 'W/"a--gzip"')),
        ('"a"', "gzip", (304, '"a"')),
        ('"a--gzip"', None, (304, '"a--gzip"')),
        ('"a--gzip"', "br", (200, '"a--br"')),
        ('"a--gzip"', "identity", (200, '"a"')),
        ('"a--gzip", "a"', "identity", (304, '"a"')),
        ('"b--gzip"', "gzip", (200, '"a--gzip"')),
        ('"a--lzma"', "lzma", (200, '"a"')),
        ("*", "gzip", (304, '"a"')),
    ],
)
def test_what_clients_have(known, accept, expected):
    """A copy in a coding that the client would take now is as good as the page; the 304 names it, and Vary."""
    answer = asked(with_headers(ETag='"a"'), accept, headers={"If-None-Match": known}, tools__etags__on=True)

    assert (answer.status, answer.headers["ETag"]) == expected
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_autotags():
    """The tag is of the page as it was made, and then of the coding."""
    tags = [
        asked(lambda: PAGE, accept, tools__etags__on=True, tools__etags__autotags=True) for accept in ("gzip", None)
    ]

    assert tags[0].headers["ETag"] == tags[1].headers["ETag"][:-1] + '--gzip"'


def begins_with(coding, coded, data):
    """Whether the beginning of a coded stream is enough to read this."""
    parts = iter([coded])
    return next(decoded(coding, lambda _: next(parts, b""))) == data


@pytest.mark.parametrize("accept", ["gzip", "br", "zstd"])
def test_streams_flow(accept):
    """Each piece arrives when it is made, and can be read then."""
    made = []

    def handler():
        for piece in ("one", "two"):
            made.append(piece)
            yield piece * 50

    config = {"tools.compress.on": True, "response.stream": True}
    with page(handler, config).stream("GET", "/", headers={"Accept-Encoding": accept}) as answer:
        first = next(answer.pieces)
        assert made == ["one"]
        assert begins_with(accept, first, b"one" * 50)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fields", [{"Content_Type": "image/png"}, {"status": 206}, {"Content_Encoding": "identity"}])
def test_generators_may_set_headers(fields, stream):
    """Before their first piece, whether they are streamed or not; it is not compressed then."""

    def handler():
        with_headers(**fields)()
        yield PAGE

    assert asked(handler, response__stream=stream).body == DATA


def test_errors_in_generators():
    """What is raised before the first piece is answered as usual."""

    def handler():
        raise HTTPError(403)
        yield PAGE

    for stream in (False, True):
        assert asked(handler, response__stream=stream).status == 403


class File(io.BytesIO):
    """A file that remembers the largest read, and whether it was closed."""

    largest, was_closed = 0, False

    def read(self, size=-1):
        data = super().read(size)
        self.largest = max(self.largest, len(data))
        return data

    def close(self):
        self.was_closed = True


@pytest.mark.parametrize(("length", "whole"), [(DATA, True), (None, False), (bytes(2_000_000), False)])
def test_files(length, whole):
    """A small file is sent as a whole; a large one, or one of unknown size, is never in memory as a whole."""
    data = length or DATA
    file = File(data)
    answer = asked(with_headers(file, **({"Content_Length": str(len(data))} if length else {})))

    assert plain(answer) == data
    assert ("Content-Length" in answer.headers) is whole
    assert file.was_closed
    assert file.largest <= 1 << 16


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_closing(method):
    """What a stream is made of is closed, also when nobody wants it."""
    file = File(DATA)
    asked(lambda: file, method=method, response__stream=True)

    assert file.was_closed


@pytest.mark.parametrize("size", [5000, 3_000_000])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_static_files(tmp_path, size, method):
    """Are compressed like pages, the large ones as streams; ranges are of the plain ones, and conditions of both."""
    data = bytes(range(65, 75)) * (size // 10)
    (tmp_path / "page.txt").write_bytes(data)
    config = {"tools.staticdir.on": True, "tools.staticdir.dir": str(tmp_path), "tools.compress.on": True}
    client = site(object(), {"/": config})
    answer = client.request(method, "/page.txt", headers={"Accept-Encoding": "gzip"})
    tag = answer.headers["ETag"]

    assert method == "HEAD" or plain(answer) == data
    assert tag.endswith('--gzip"')
    assert "Accept-Ranges" not in answer.headers
    again = client.get("/page.txt", headers={"Accept-Encoding": "gzip", "If-None-Match": tag})
    assert (again.status, again.headers["ETag"], again.body) == (304, tag, b"")
    part = client.get("/page.txt", headers={"Accept-Encoding": "gzip", "Range": "bytes=0-3"})
    assert (part.status, part.body, part.headers.get("Content-Encoding")) == (206, b"ABCD", None)
    assert part.headers["Vary"] == "Accept-Encoding"  # as the whole has it


@pytest.mark.parametrize("accept", ["gzip", "br", None])
def test_behind_a_cache(accept):
    """A copy is kept for each coding, and neither compressed again nor tagged again."""
    made = []

    def handler():
        made.append(1)
        kirsch.response.headers["ETag"] = '"a"'
        return PAGE

    client = page(handler, {"tools.caching.on": True, "tools.compress.on": True, "tools.etags.on": True})
    headers = {"Accept-Encoding": accept} if accept else {}
    answers = [client.get("/", headers=headers) for _ in range(3)]
    known = client.get("/", headers=headers | {"If-None-Match": answers[0].headers["ETag"]})

    assert [plain(answer) for answer in answers] == [DATA] * 3
    assert {answer.headers["ETag"] for answer in answers} == {f'"a--{accept}"' if accept else '"a"'}
    assert (known.status, known.headers["ETag"], known.body) == (304, answers[0].headers["ETag"], b"")
    assert len(made) == 1


def test_both_tools():
    """What one has compressed the other leaves alone."""
    answer = asked(lambda: PAGE, "gzip", tools__gzip__on=True)

    assert gzip.decompress(answer.body) == DATA


@pytest.mark.parametrize(
    ("codings", "accept", "expected"),
    [
        (["gzip", "zstd"], BROWSER, "gzip"),
        ({"br": 11}, BROWSER, "br"),
        ({"br": 11}, "gzip", None),
        ((), BROWSER, None),
    ],
)
def test_codings_by_config(codings, accept, expected):
    """Which there are, and which goes first."""
    assert asked(lambda: PAGE, accept, codings=codings).headers.get("Content-Encoding") == expected


def test_levels():
    """A higher one makes it smaller."""
    text = "".join(f"{number * 7919 % 1000} " for number in range(3000))
    sizes = [len(asked(lambda: text, "br", codings={"br": level}).body) for level in (0, 11)]

    assert sizes[1] < sizes[0]
    assert len(asked(lambda: text, "gzip", "gzip", compress_level=0).body) > len(text)


@pytest.mark.parametrize(
    ("kind", "patterns", "fitting"),
    [
        ("text/html", ("text/html",), True),
        ("TEXT/HTML; charset=x", ("text/html",), True),
        ("text/css", ("text/html",), False),
        ("text/css", ("text/*",), True),
        ("textual/css", ("text/*",), False),
        ("text/", ("text/*",), False),
        ("image/svg+xml", ("image/*+xml",), True),
        ("image/xml", ("image/*+xml",), False),
        ("image/+xml", ("image/*+xml",), False),
        ("", ("text/*",), False),
    ],
)
def test_fits(kind, patterns, fitting):
    """Types, all of a kind, and those with an ending."""
    assert fits(kind, patterns) is fitting


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("compress.codings", ["gzp"], "there is no coding 'gzp'; did you mean 'gzip'?"),
        ("compress.codings", ["deflate"], "there is no coding 'deflate'"),
        ("compress.codings", {"br": 12}, "br has levels from 0 to 11, not 12"),
        ("compress.codings", {"zstd": "3"}, "zstd has levels from 1 to 19, not '3'"),
        ("compress.codings", "gzip", "codings: expected a list or a tuple or a dict"),
        ("compress.mime_types", ["text"], "of media types, as text/html, text/* or application/*+json"),
        ("compress.mime_types", [3], "of media types"),
        ("compress.min_size", -1, "expected an int from 0 up"),
        ("gzip.compress_level", 10, "expected an int from 0 to 9"),
        ("gzip.compres_level", 1, "did you mean 'tools.gzip.compress_level'?"),
    ],
)
def test_wrong_settings(key, value, words):
    """They are told at the start."""
    with pytest.raises(ConfigError) as caught:
        start({f"tools.{key}": value})
    assert words in str(caught.value)


def test_what_lasts_is_compressed_once(monkeypatch):
    """The same bytes with a validator are not compressed again; others are never mistaken for them."""
    made = []
    monkeypatch.setattr(compress, "encode", lambda coding, data, level: made.append(data) or data[::-1])
    client = page(
        lambda a="": (kirsch.response.headers.update({"ETag": '"same"'}), PAGE + a)[1], {"tools.compress.on": True}
    )
    answers = [client.get("/", params={"a": a}, headers={"Accept-Encoding": "gzip"}).body for a in "ababa"]

    assert answers == [(PAGE + a).encode()[::-1] for a in "ababa"]
    assert len(made) == 2


def test_what_does_not_last_is_not_kept(monkeypatch):
    """A page without ETag or Last-Modified is somebody's own, as likely as not."""
    kept = []
    monkeypatch.setattr(Kept, "encode", lambda *_: kept.append(1) or b"")
    asked(lambda: PAGE)

    assert not kept


def test_how_much_is_kept(monkeypatch):
    """The oldest goes first; what is too large is not kept at all."""
    made = []
    monkeypatch.setattr(compress, "encode", lambda coding, data, level: made.append(data) or data)
    monkeypatch.setattr(compress, "MOST_KEPT", 100)
    monkeypatch.setattr(compress, "LARGEST_KEPT", 60)
    kept = Kept()
    for data in (a := b"a" * 50, b := b"b" * 50, a, c := b"c" * 50, a, b, large := b"d" * 61, large):
        assert kept.encode("gzip", data, 1) == data

    assert made == [a, b, c, b, large, large]


def test_by_hand():
    """A handler may compress what it has made, and finds fields and body as they will be sent."""

    def handler():
        kirsch.response.body = PAGE
        kirsch.tools.gzip.callable(9, ["text/*"])
        assert kirsch.response.headers["Content-Encoding"] == "gzip"
        return kirsch.response.body

    assert gzip.decompress(page(handler).get("/", headers={"Accept-Encoding": "gzip"}).body) == DATA


def test_debug(caplog):
    """The log says what was done, and why."""
    caplog.set_level("INFO", "kirsch")
    asked(lambda: PAGE, debug=True)
    asked(lambda: "small", debug=True)
    asked(with_headers(Content_Type="image/png"), "br", "gzip", debug=True)

    assert "TOOLS.COMPRESS /: zstd" in caplog.text
    assert "TOOLS.COMPRESS /: too small" in caplog.text
    assert "TOOLS.GZIP /: a type that is not compressed" in caplog.text


def test_others_read_brotli():
    """Once more with the library of others, from one end to the other."""
    assert brotlicffi.decompress(asked(lambda: PAGE, "br").body) == DATA
