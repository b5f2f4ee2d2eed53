from __future__ import annotations

import gzip
import io

import pytest

import kirsch as cherrypy
from tests.app.pages import page

encoding = cherrypy.lib.encoding


def test_gzip_by_hand():
    """A handler compresses the body that it has set."""

    def handler():
        cherrypy.response.body = "text" * 100
        encoding.gzip(compress_level=9)
        return cherrypy.response.body

    answer = page(handler).get("/", headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(answer.body) == b"text" * 100


def test_compress():
    """Others read it, and it reads what others write."""
    data = b"".join(encoding.compress([b"one", b"two"], 5))

    assert gzip.decompress(data) == encoding.decompress(data) == b"onetwo"
    with pytest.raises(ValueError, match="not in gzip"):
        encoding.decompress(b"nonsense")


def test_decode_by_hand():
    """A hook says in which charset a form is."""
    config = {"hooks.before_request_body": lambda: encoding.decode("iso-8859-1")}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    assert page(lambda a: a, config).post("/", body="a=%E9", headers=headers).text == "é"


class Source:
    """An iterator with more to it."""

    name = "source"
    closed = False

    def __init__(self):
        self.pieces = iter(["é", b"\xff"])

    def __iter__(self):
        return self.pieces

    def __next__(self):
        return next(self.pieces)

    def close(self):
        self.closed = True


def test_stream_encoder():
    """Text becomes UTF-8; bytes, attributes and closing are those of the iterator."""
    source = Source()
    encoder = encoding.UTF8StreamEncoder(source)

    assert list(encoder) == [b"\xc3\xa9", b"\xff"]
    assert encoder.name == "source"
    encoder.close()
    assert source.closed


@pytest.mark.parametrize(
    ("value", "pieces"), [("a", ["a"]), (b"", []), (None, []), (["a", "b"], ["a", "b"]), (io.BytesIO(b"ab"), [b"ab"])]
)
def test_prepare_iter(value, pieces):
    """Any body can be gone through."""
    assert list(encoding.prepare_iter(value)) == pieces


def test_response_encoder():
    """It stands in the handler's place, and what it gives is in the charset that was asked for."""
    made = []
    config = {"hooks.before_handler": lambda: made.append(encoding.ResponseEncoder(encoding="iso-8859-1"))}
    answer = page(lambda: "é", config).get("/")

    assert (answer.body, answer.headers["Content-Type"]) == (b"\xe9", "text/html;charset=iso-8859-1")
    assert made[0].encoding == "iso-8859-1"
    assert made[0].errors == "strict"


def test_validators():
    """They have their old names, too."""
    assert cherrypy.lib.cptools.validate_etags
    assert cherrypy.lib.cptools.validate_since
    assert cherrypy.lib.cptools.flatten
