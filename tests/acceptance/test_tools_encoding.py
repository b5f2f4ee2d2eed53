"""Section 9 of the acceptance list: the tools for charsets and compression."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import gzip

import pytest

from tests.acceptance.sites import mounted, told

PAGE = "<p>five thousand bytes</p>" * 200


@pytest.mark.parametrize("key", ["tools.gzip.on", "gzip_filter.on"])
def test_T_01_gzip(key):
    """A page is compressed for clients that take it, and says that it depends on that."""
    with told(*["[/]: gzip_filter.on is an old name; write tools.gzip.on"] * (key == "gzip_filter.on")):
        client = mounted(lambda: PAGE, {"/": {key: True}})
    coded, plain = client.get("/page", headers={"Accept-Encoding": "gzip"}), client.get("/page")

    assert (coded.headers["Content-Encoding"], gzip.decompress(coded.body).decode()) == ("gzip", PAGE)
    assert ("Content-Encoding" in plain.headers, plain.text) == (False, PAGE)
    assert coded.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("config", [{}, {"tools.encode.on": True}, {"encoding_filter.on": True}], ids=str)
def test_T_02_encode(config):
    """Text is UTF-8, or Latin-1 where the client wants that."""
    with told(*["[/]: encoding_filter.on is an old name; write tools.encode.on"] * ("encoding_filter.on" in config)):
        client = mounted(lambda: "héllo", {"/": config})
    usual, latin = client.get("/page"), client.get("/page", headers={"Accept-Charset": "iso-8859-1"})

    assert (usual.body, usual.headers["Content-Type"]) == ("héllo".encode(), "text/html;charset=utf-8")
    assert (latin.body, latin.headers["Content-Type"]) == (b"h\xe9llo", "text/html;charset=iso-8859-1")


def sent(client, path, form, charset=""):
    """The answer to a form."""
    return client.post(path, body=form, headers={"Content-Type": f"application/x-www-form-urlencoded{charset}"})


@pytest.mark.parametrize(
    ("config", "form", "charset", "expected"),
    [
        ({}, "a=%C3%A9", "", "é"),
        ({}, "a=%E9", ";charset=iso-8859-1", "é"),
        ({}, "a=%E9", "", 400),
        ({"tools.decode.on": True, "tools.decode.default_encoding": "cp1252"}, "a=%80", "", "€"),
        ({"decoding_filter.on": True, "decoding_filter.default_encoding": "cp1252"}, "a=%80", "", "€"),
    ],
)
def test_T_03_decode(config, form, charset, expected):
    """A form becomes text by its charset; what is none is a 400, in the query a 404; the tool tries more."""
    old = [key for key in config if key.startswith("decoding_filter")]
    with told(*(f"[/]: {key} is an old name; write tools.decode.{key.partition('.')[2]}" for key in old)):
        client = mounted(lambda a: a, {"/": config})
    answer = sent(client, "/page", form, charset)

    assert expected in (answer.status, answer.text)
    assert client.get("/page?a=%E9").status == 404
