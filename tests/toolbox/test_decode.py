from __future__ import annotations

import gzip
import zlib
from urllib.parse import quote_from_bytes

import brotlicffi
import pytest

import kirsch
from kirsch.app.place import ConfigError
from kirsch.http.codings import encode
from tests.app.pages import site, start

FORM = "application/x-www-form-urlencoded"
CODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotlicffi.compress,
    "zstd": lambda data: encode("zstd", data, 3),
}
ALL = ["gzip", "deflate", "br", "zstd"]


class Root:
    @kirsch.expose
    def form(self, a):
        return a

    @kirsch.expose
    def whole(self):
        return kirsch.request.body.read()

    @kirsch.expose
    def facts(self):
        body = kirsch.request.body
        data = [body.read(3), body.readline(), body.read()]
        return repr((data, body.length, body.bytes_read, kirsch.request.headers.get("Content-Encoding")))


def sent(path, body, kind=None, coding=None, **settings):
    """Status and text of the answer, with `tools.decode` on."""
    kind = kind or (FORM if path == "/form" else "application/octet-stream")
    config = {"tools.decode.on": True} | {f"tools.decode.{name}": value for name, value in settings.items()}
    headers = {"Content-Type": kind} | ({"Content-Encoding": coding} if coding else {})
    answer = site(Root(), {"/": config}).post(path, body=body, headers=headers)
    return (answer.status, answer.text) if answer.status == 200 else answer.status


def field(data, kind=""):
    """A body of one field with these bytes: urlencoded, or multipart with this type of the part."""
    if not kind:
        return b"a=" + quote_from_bytes(data).encode()
    return b'--x\r\nContent-Disposition: form-data; name="a"\r\n' + kind.encode() + data + b"\r\n--x--\r\n"


UTF8, LATIN = "é".encode(), b"\xe9"
CHARSET = f"{FORM}; charset="


@pytest.mark.parametrize(
    ("data", "kind", "settings", "expected"),
    [
        (UTF8, FORM, {}, "é"),
        (LATIN, FORM, {}, 400),
        (LATIN, FORM, {"default_encoding": "iso-8859-1"}, "é"),
        (LATIN, FORM, {"default_encoding": ["utf-8", "iso-8859-1"]}, "é"),
        (UTF8, FORM, {"default_encoding": "iso-8859-1"}, "é"),
        (UTF8, FORM, {"encoding": "iso-8859-1"}, "Ã©"),
        (UTF8, FORM, {"encoding": ["us-ascii", "iso-8859-1"]}, "Ã©"),
        (LATIN, f"{CHARSET}iso-8859-1", {}, "é"),
        (UTF8, f"{CHARSET}iso-8859-1", {"encoding": "utf-8"}, "é"),
        (LATIN, f"{CHARSET}iso-8859-1", {"encoding": "utf-8"}, 400),
    ],
)
def test_charsets(data, kind, settings, expected):
    """default_encoding is tried after what the client says; encoding instead of it."""
    assert sent("/form", field(data), kind, **settings) == (expected if expected == 400 else (200, expected))


@pytest.mark.parametrize(
    ("data", "kind", "settings", "expected"),
    [
        (UTF8, "\r\n", {}, "é"),
        (LATIN, "\r\n", {}, 400),
        (LATIN, "\r\n", {"default_encoding": "iso-8859-1"}, "é"),
        (LATIN, "Content-Type: text/plain; charset=iso-8859-1\r\n\r\n", {}, "é"),
    ],
)
def test_charsets_of_fields(data, kind, settings, expected):
    """The fields of a multipart form are tried in the same charsets, if they do not name one."""
    body = field(data, kind)

    assert sent("/form", body, "multipart/form-data; boundary=x", **settings) == (
        expected if expected == 400 else (200, expected)
    )


@pytest.mark.parametrize("coding", CODERS)
@pytest.mark.parametrize("path", ["/form", "/whole"])
def test_codings(coding, path):
    """A body in a content coding is read as what is in it, by the parser of forms or by the handler."""
    expected = (200, "x" * 100_000) if path == "/form" else (200, "a=" + "x" * 100_000)

    assert sent(path, CODERS[coding](b"a=" + b"x" * 100_000), coding=coding, codings=ALL) == expected


def test_reading_what_is_decoded():
    """It is read in pieces of any size; its length is not known, and nothing is said of a coding any more."""
    data = b"12345\nrest" * 20_000
    text = sent("/facts", gzip.compress(data), "text/x", "gzip", codings="gzip")[1]

    assert text == repr(([b"123", b"45\n", data[6:]], None, len(data), None))


@pytest.mark.parametrize(
    ("path", "coding", "settings", "expected"),
    [
        ("/form", "gzip", {}, 415),
        ("/whole", "gzip", {}, (200, "coded")),
        ("/whole", "br", {"codings": ["gzip"]}, 415),
        ("/whole", "gzip, gzip", {"codings": ["gzip"]}, 415),
        ("/whole", "compress", {"codings": ["gzip"]}, 415),
        ("/whole", "identity", {"codings": ["gzip"]}, (200, "coded")),
        ("/whole", "GZIP", {"codings": ["gzip"]}, 400),
        ("/form", "gzip", {"codings": ["gzip"]}, 400),
    ],
)
def test_what_is_not_decoded(path, coding, settings, expected):
    """What is not listed is refused, as is a form in any; a handler may read it as it is. What is broken is a 400."""
    assert sent(path, b"coded", coding=coding, **settings) == expected


def test_415_says_what_would_do():
    """By Accept-Encoding (RFC 9110 §15.5.16)."""
    config = {"tools.decode.on": True, "tools.decode.codings": ["gzip", "br"]}
    for settings, expected in (({}, "identity"), (config, "gzip, br")):
        answer = site(Root(), {"/": settings}).post(
            "/form", body=b"x", headers={"Content-Encoding": "x", "Content-Type": FORM}
        )
        assert (answer.status, answer.headers["Accept-Encoding"]) == (415, expected)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("path", ["/form", "/whole"])
def test_bombs(coding, path):
    """What swells beyond `maxbytes` is refused before it is in memory."""
    bomb = CODERS[coding](b"a=" + bytes(50_000_000))

    assert sent(path, bomb, coding=coding, codings=ALL, maxbytes=1_000_000) == 413


def test_cut_off():
    """What ends before its end is a 400."""
    assert sent("/whole", gzip.compress(b"x" * 1000)[:-4], coding="gzip", codings="gzip") == 400


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("encoding", "nonsense", "encoding: expected a str or a list or a tuple of charsets that Python knows"),
        ("default_encoding", ["utf-8", 3], "of charsets that Python knows"),
        ("codings", ["gzp"], "codings: expected a str or a list or a tuple of zstd, br, gzip, deflate"),
        ("maxbytes", 0, "maxbytes: expected an int from 1 up"),
    ],
)
def test_wrong_settings(setting, value, words):
    """They are told at the start."""
    with pytest.raises(ConfigError) as caught:
        start({f"tools.decode.{setting}": value})
    assert words in str(caught.value)


def test_debug(caplog):
    """The log says what is tried."""
    caplog.set_level("INFO", "kirsch")
    sent("/form", b"a=1", debug=True, default_encoding="cp1252")

    assert "charsets ['utf-8', 'cp1252'], coding identity" in caplog.text
