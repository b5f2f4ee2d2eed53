from __future__ import annotations

import io

import pytest

import kirsch
from kirsch.app.place import ConfigError
from kirsch.testing.client import Client
from tests.app.pages import LonelyApplication, page, site, start

CHARSET = {"tools.encode.on": True}
TEXT = "héllo €"


def asked(body, accept=None, stream=False, **settings):
    """Status, Content-Type and body of a page, with `tools.encode` on."""
    config = CHARSET | {"response.stream": stream} | {f"tools.encode.{key}": value for key, value in settings.items()}
    answer = page(lambda: body() if callable(body) else body, config).get(
        "/", headers={"Accept-Charset": accept} if accept is not None else {}
    )
    return answer.status, answer.headers.get("Content-Type"), answer.body


def generator(*pieces):
    """A page that yields."""
    return lambda: iter(pieces)


UTF8 = (200, "text/html;charset=utf-8")
ASCII = (200, "text/html;charset=us-ascii")
LATIN = (200, "text/html;charset=iso-8859-1")


@pytest.mark.parametrize(
    ("accept", "text", "charset"),
    [
        (None, TEXT, "utf-8"),
        ("", TEXT, "utf-8"),
        ("utf-8", TEXT, "utf-8"),
        ("*", TEXT, "utf-8"),
        ("iso-8859-1", "héllo", "iso-8859-1"),
        ("ISO-8859-1, utf-8;q=0.5", "héllo", "iso-8859-1"),
        ("iso-8859-1, utf-8;q=0.5", TEXT, "utf-8"),
        ("iso-8859-1;q=0.2, utf-16;q=0.5", TEXT, "utf-16"),
        ("us-ascii", "héllo", "iso-8859-1"),
        ("x-none", "héllo", "iso-8859-1"),
        ("x-none, *;q=0.1", TEXT, "utf-8"),
        ("utf-8;q=x", TEXT, "utf-8"),
        ("utf-8;q=0, *", "héllo", "utf-8"),
        ("base64, utf-7, utf-8;q=0.1", TEXT, "utf-8"),
    ],
)
def test_accept_charset(accept, text, charset):
    """The charset that the client likes best of those that have all characters; Latin-1 if it lists another one."""
    for body in (text, [text[:3], text[3:]], generator(text[:3], text[3:])):
        assert asked(body, accept) == (200, f"text/html;charset={charset}", text.encode(charset))


@pytest.mark.parametrize("accept", ["iso-8859-1", "us-ascii, iso-8859-1;q=0", "x-none", "utf-8;q=0", "utf-7"])
def test_nothing_fits(accept):
    """Then it is a 406, which says what was tried."""
    answer = page(lambda: TEXT, CHARSET).get("/", headers={"Accept-Charset": accept, "Accept": "text/plain"})

    assert answer.status == 406
    assert accept in answer.text


@pytest.mark.parametrize(
    ("make", "data"),
    [
        (lambda: b"\xe9", b"\xe9"),
        (lambda: [b"\xe9"], b"\xe9"),
        (generator(b"\xe9"), b"\xe9"),
        (lambda: io.BytesIO(b"\xe9"), b"\xe9"),
        (lambda: [b"\xe9", "é"], b"\xe9\xc3\xa9"),
        (lambda: None, b""),
    ],
)
def test_bytes_are_left_alone(make, data):
    """What is bytes already is sent as it is, and not declared to be something else."""
    assert asked(make, "iso-8859-1, utf-8;q=0.5") == (*UTF8, data)


@pytest.mark.parametrize(
    ("settings", "accept", "text", "expected"),
    [
        ({"encoding": "iso-8859-1"}, None, "é", (*LATIN, b"\xe9")),
        ({"encoding": "iso-8859-1"}, "ISO-8859-1", "é", (*LATIN, b"\xe9")),
        ({"encoding": "iso-8859-1"}, "*;q=0.1", "é", (*LATIN, b"\xe9")),
        ({"encoding": "iso-8859-1"}, "utf-8", "é", 406),
        ({"encoding": "iso-8859-1"}, None, "€", 500),
        ({"encoding": "us-ascii", "errors": "xmlcharrefreplace"}, None, "é", (*ASCII, b"&#233;")),
        ({"default_encoding": "iso-8859-1"}, None, "é", (*LATIN, b"\xe9")),
        ({"default_encoding": "iso-8859-1"}, "utf-8", "é", (*UTF8, "é".encode())),
        ({"default_encoding": "iso-8859-1"}, "*", "é", (*LATIN, b"\xe9")),
        ({"add_charset": False}, "iso-8859-1", "é", (200, "text/html", "é".encode())),
        ({"text_only": True}, "iso-8859-1", "é", (*LATIN, b"\xe9")),
    ],
)  # fmt: skip
def test_settings(settings, accept, text, expected):
    """What config says of charsets."""
    found = asked(text, accept, **settings)

    assert found == expected or found[0] == expected


@pytest.mark.parametrize("text_only", [True, False])
def test_other_types(text_only):
    """Only with text_only=False they have a charset, and a choice of it; text is encoded in any case."""

    def handler():
        kirsch.response.headers["Content-Type"] = "application/x"
        return "é"

    kind, body = asked(handler, "iso-8859-1", text_only=text_only)[1:]

    assert (kind, body) == (
        ("application/x", "é".encode()) if text_only else ("application/x;charset=iso-8859-1", b"\xe9")
    )


@pytest.mark.parametrize(("accept", "body"), [("iso-8859-1, utf-8", b"a\xe9"), ("utf-8", "aé".encode())])
def test_streams(accept, body):
    """A stream has the first charset that there is, as nobody knows what it will say; what does not fit cuts it."""
    assert asked(generator("a", "é"), accept, stream=True)[2] == body
    assert asked(generator("a", "é"), "x-none;q=0.5, iso-8859-1;q=0", stream=True)[0] == 406


def test_what_the_page_says_counts():
    """A charset that the page has declared, or chosen, is that of the page."""

    def declared():
        kirsch.response.headers["Content-Type"] = "text/plain; charset=utf-16-le"
        return "é"

    def chosen():
        kirsch.response.charset = "utf-16-le"
        return "é"

    for handler in (declared, chosen):
        assert asked(handler, "iso-8859-1")[2] == b"\xe9\0"


def test_vary():
    """An answer that depends on Accept-Charset says so."""
    client = page(lambda: "é", CHARSET)

    assert client.get("/", headers={"Accept-Charset": "utf-8"}).headers["Vary"] == "Accept-Charset"
    assert "Vary" not in client.get("/").headers


def test_error_pages_are_not_judged():
    """A 404 stays one for clients that do not like UTF-8."""
    assert site(object(), {"/": CHARSET}).get("/", headers={"Accept-Charset": "x"}).status == 404


@pytest.mark.parametrize(
    "accept", ["utf-8;q=0.1," + "cp037," * 5000, "utf-7," * 200, ",".join(f"cp{n}" for n in range(400, 1300))]
)
def test_long_lists(accept):
    """Of a long list only so many are tried, and the body is encoded so often."""
    tried = []

    class Text(str):
        __slots__ = ()

        def encode(self, encoding="utf-8", errors="strict"):
            tried.append(encoding)
            raise UnicodeEncodeError(encoding, "", 0, 0, "")

    status = asked(lambda: [Text("é")], accept)[0]

    assert status in (200, 406)
    assert len(tried) <= 10


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("encoding", "nonsense", "encoding: expected a str that Python knows, or None, got 'nonsense'"),
        ("errors", "ignroe", "errors: expected a str that str.encode() knows"),
        ("text_only", "no", "text_only: expected True or False"),
        ("encodng", "x", "did you mean 'tools.encode.encoding'?"),
    ],
)
def test_wrong_settings(setting, value, words):
    """They are told at the start."""
    with pytest.raises(ConfigError) as caught:
        start({f"tools.encode.{setting}": value})
    assert words in str(caught.value)


def test_it_costs_nothing_where_nobody_asks():
    """Without settings its hook runs only for requests with Accept-Charset."""
    application = LonelyApplication(object(), "")
    hooks = list(application.toolboxes["tools"].hooks({"encode.on": True}))
    with_settings = list(application.toolboxes["tools"].hooks({"encode.on": True, "encode.errors": "ignore"}))

    assert [hook.waits_for for _, hook in hooks] == [b"accept-charset"]
    assert [hook.waits_for for _, hook in with_settings] == [b""]


def test_debug(caplog):
    """The log says what was chosen."""
    caplog.set_level("INFO", "kirsch")
    Client(
        LonelyApplication(
            type("Root", (), {"index": kirsch.expose(lambda self: "é")})(),
            "",
            {"/": CHARSET | {"tools.encode.debug": True}},
        )
    ).get("/", headers={"Accept-Charset": "utf-8"})

    assert "text is sent in utf-8" in caplog.text
