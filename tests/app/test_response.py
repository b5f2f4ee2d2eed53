from __future__ import annotations

import io
from http import HTTPStatus

import pytest

from kirsch.app.context import present
from kirsch.app.errors import HTTPError, HTTPRedirect, NotFound
from kirsch.app.response import Response, lasting
from tests.app.pages import page

STREAM = {"response.stream": True}


class Pieces:
    """A body that says what was done with it."""

    def __init__(self, *pieces):
        self.pieces = pieces
        self.taken = 0
        self.closed = 0

    def __iter__(self):
        for piece in self.pieces:
            self.taken += 1
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def close(self):
        self.closed += 1


class File(io.BytesIO):
    """A file that counts how often it is closed."""

    closings = 0

    def close(self):
        self.closings += 1
        super().close()


# -- bodies ----------------------------------------------------------------------------------------------------------


def generated():
    """A page that yields all kinds of pieces."""
    yield "é"
    yield b""
    yield None
    yield bytearray(b"b")
    yield memoryview(b"c")


@pytest.mark.parametrize("config", [{}, STREAM])
@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ("héllo", "héllo".encode()),
        ("", b""),
        (b"\xff\x00", b"\xff\x00"),
        (b"", b""),
        (bytearray(b"ab"), b"ab"),
        (memoryview(b"ab"), b"ab"),
        (None, b""),
        ([], b""),
        (["a", b"b", None, "c"], b"abc"),
        (("a", "b"), b"ab"),
        (iter(["a", "b"]), b"ab"),
        (io.BytesIO(b"file"), b"file"),
        (io.StringIO("téxt"), "téxt".encode()),
    ],
    ids=lambda value: repr(value)[:10],
)
def test_bodies(body, sent, config):
    """What a page may return, and the bytes that come of it, buffered and streamed."""
    if hasattr(body, "seek"):
        body.seek(0)
        body = type(body)(body.read())
    body = iter(["a", "b"]) if type(body).__name__ == "list_iterator" else body
    answer = page(lambda: body, config).get("/")

    assert (answer.status, answer.body, answer.broken) == (200, sent, False)


@pytest.mark.parametrize("config", [{}, STREAM])
def test_generators(config):
    """Pieces may be str, bytes and the like; empty ones and None are left out."""
    assert page(generated, config).get("/").body == "ébc".encode()


@pytest.mark.parametrize("config", [{}, STREAM])
@pytest.mark.parametrize("body", [1, 1.5, True, {"a": 1}, object(), [1], ["a", {"b": 1}], [["a"]]])
def test_bodies_that_are_none(body, config, caplog):
    """Anything else is a 500; the log names the type, and what is allowed; the client learns nothing."""
    answer = page(lambda: body, config).get("/")
    kind = type(next((piece for piece in body if piece != "a"), "") if isinstance(body, list) else body).__name__

    if config and body == ["a", {"b": 1}]:
        assert (answer.status, answer.broken) == (200, True)
    else:
        assert (answer.status, kind in answer.text) == (500, False)
    assert f" {kind};" in caplog.text
    assert "str" in caplog.text


def test_whole_pages_have_a_length():
    """What is not streamed is sent at once, with its length in bytes."""
    answer = page(generated).get("/")

    assert (answer.headers["Content-Length"], len(answer.pieces)) == ("4", 1)


# -- closing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("config", [{}, STREAM])
@pytest.mark.parametrize(
    "pieces",
    [("a", "b"), (), (ValueError("first"),), ("a", ValueError("later")), (NotFound(),), ("a", 1), (1,)],
    ids=repr,
)
def test_bodies_are_closed_once(pieces, config, method):
    """Whatever happens to a body, it is closed at the end, and once."""
    body = Pieces(*pieces)
    page(lambda: body, config).request(method, "/")

    assert body.closed == 1


@pytest.mark.parametrize("config", [{}, STREAM])
def test_files_are_closed_once(config):
    """The page opens a file, and need not close it."""
    file = File(b"x" * 100_000)
    answer = page(lambda: file, config).get("/")

    assert (len(answer.body), file.closings) == (100_000, 1)


@pytest.mark.parametrize("error", [NotFound(), HTTPRedirect("/x"), ValueError("late")], ids=repr)
@pytest.mark.parametrize("point", ["before_finalize", "on_end_resource"])
@pytest.mark.parametrize("config", [{}, STREAM])
def test_bodies_that_are_not_sent_are_closed(config, point, error):
    """A page that is replaced after it was made is closed as well."""
    body = Pieces("a", "b")

    def replace():
        raise error

    answer = page(lambda: body, config | {f"hooks.{point}": replace}).get("/")

    # What was collapsed into bytes before is closed then; there is nothing to close afterwards.
    assert (answer.status >= 300, body.closed) == (True, 1)


def test_body_that_fails_to_close(caplog):
    """The answer is out; its end is logged and harms nobody."""

    class Stubborn(Pieces):
        def close(self):
            raise ValueError("cannot close")

    answer = page(lambda: Stubborn("a"), STREAM).get("/")

    assert (answer.body, answer.broken) == (b"a", False)
    assert "cannot close" in caplog.text


@pytest.mark.parametrize("status", [204, 304])
def test_streams_without_body_are_closed(status):
    """A status that has no body leaves the stream unread, and closes it."""
    body = Pieces("a", "b", "c")

    def handler():
        present().response.status = status
        return body

    answer = page(handler, STREAM).get("/")

    assert (answer.body, body.closed, body.taken) == (b"", 1, 1)


def test_closed_before_the_end_of_the_request():
    """P9: first the body is closed, then the hooks at the end of the request run."""
    order = []
    body = Pieces("a")
    body.close = lambda: order.append("close")
    page(lambda: body, STREAM | {"hooks.on_end_request": lambda: order.append("on_end_request")}).get("/")

    assert order == ["close", "on_end_request"]


# -- streaming -------------------------------------------------------------------------------------------------------


def test_streams_are_sent_piece_by_piece():
    """No length is promised, so the door chunks; the pieces leave as they come."""
    answer = page(lambda: iter(["a", "", "b"]), STREAM).get("/")

    assert (answer.pieces, "Content-Length" in answer.headers) == ([b"a", b"b"], False)


def test_streaming_may_be_decided_by_the_page():
    """`response.stream = True` holds from within the handler."""

    def handler():
        present().response.stream = True
        return iter(["a", "b"])

    assert page(handler).get("/").pieces == [b"a", b"b"]


def test_streams_with_a_length():
    """A Content-Length of the page's own is kept, and its promise with it."""

    def handler(length="2"):
        present().response.headers["Content-Length"] = length
        return iter(["a", "b"])

    client = page(handler, STREAM)

    assert client.get("/").headers["Content-Length"] == "2"
    assert client.get("/").body == b"ab"
    assert [client.get(f"/?length={wrong}").broken for wrong in ("1", "3")] == [True, True]
    assert client.get("/?length=x").status == 500


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError("early"), 500), (NotFound(), 404), (HTTPRedirect("/x"), 303)], ids=repr
)
def test_error_before_the_first_piece(error, status):
    """Nothing is sent before the first piece is there, so the page can still be another one."""
    answer = page(lambda: Pieces("", error), STREAM).get("/")

    assert (answer.status, answer.broken) == (status, False)


@pytest.mark.parametrize("error", [ValueError("later"), NotFound(), HTTPRedirect("/x")], ids=repr)
def test_error_after_the_first_piece(error, caplog):
    """What was sent is sent: the connection is cut so that the client notices, and the log has the error (R-06)."""
    ended = []
    answer = page(lambda: Pieces("a", error), STREAM | {"hooks.on_end_request": lambda: ended.append(1)}).get("/")

    assert (answer.status, answer.body, answer.broken, ended) == (200, b"a", True, [1])
    assert "while its answer was being sent" in caplog.text
    assert type(error).__name__ in caplog.text


@pytest.mark.parametrize(("config", "late"), [({}, "1"), (STREAM, None)])
def test_headers_of_a_generator(config, late):
    """A generator may set status and headers: if streamed, up to its first piece."""

    def handler():
        present().response.status = 201
        present().response.headers["X-Early"] = "1"
        yield "a"
        present().response.headers["X-Late"] = "1"

    answer = page(handler, config).get("/")

    assert (answer.status, answer.headers.get("X-Early"), answer.headers.get("X-Late")) == (201, "1", late)


def test_head_of_a_stream():
    """HEAD answers as GET does, without the pieces."""
    body = Pieces("a", "b", "c")
    answer = page(lambda: body, STREAM).request("HEAD", "/")

    assert (answer.status, answer.body, body.taken) == (200, b"", 1)


# -- status ----------------------------------------------------------------------------------------------------------


def answering(status, body="body"):
    """The answer of a page that sets this status."""

    def handler():
        present().response.status = status
        return body

    return page(handler).get("/")


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (None, 200, "OK"),
        ("", 200, "OK"),
        (201, 201, "Created"),
        ("404", 404, "Not Found"),
        ("404 Gone Fishing", 404, "Gone Fishing"),
        (HTTPStatus.IM_A_TEAPOT, 418, "I'm a Teapot"),
        (b"202 Fine", 202, "Fine"),
        (599, 599, "Unknown Server Error"),
    ],
)
def test_status(status, code, reason):
    """The forms of a status."""
    answer = answering(status)

    assert (answer.status, answer.reason.lower(), answer.body) == (code, reason.lower(), b"body")


@pytest.mark.parametrize("status", ["foo", 0, 99, 100, 103, 600, "2000", "200\r\nX: y", "20", 3.5, "200OK"])
def test_status_that_is_none(status, caplog):
    """A mistake of the page: 500, and the log says what was set."""
    answer = answering(status)

    assert (answer.status, answer.broken, "X" in answer.headers) == (500, False, False)
    assert str(status)[:3] in caplog.text


@pytest.mark.parametrize("status", [204, 304])
def test_status_without_body(status):
    """What has no body has no Content-Length either (N-05)."""
    answer = answering(status)

    assert (answer.status, answer.body, "Content-Length" in answer.headers) == (status, b"", False)


def test_status_205():
    """205 has a body of no bytes (RFC 9110 §15.3.6)."""
    answer = answering(205, Pieces("a"))

    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (205, b"", "0")


# -- headers ---------------------------------------------------------------------------------------------------------


def with_headers(**headers):
    """The answer of a page that sets these headers."""

    def handler():
        present().response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        return "é"

    return page(handler).get("/")


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("text/html", "text/html;charset=utf-8"),
        ("text/plain", "text/plain;charset=utf-8"),
        ("TEXT/CSS", "TEXT/CSS;charset=utf-8"),
        ("text/xml; charset=utf-8", "text/xml; charset=utf-8"),
        ("text/plain; format=flowed", "text/plain; format=flowed;charset=utf-8"),
        ("application/json", "application/json"),
        ("image/svg+xml", "image/svg+xml"),
        ("", ""),
    ],
)
def test_content_type(given, sent):
    """Text declares its charset unless it does so itself; str is encoded whatever the type (C23)."""
    answer = with_headers(Content_Type=given)

    assert (answer.headers["Content-Type"], answer.body) == (sent, "é".encode())


def test_content_type_by_default():
    """HTML in UTF-8."""
    assert page(lambda: "x").get("/").headers["Content-Type"] == "text/html;charset=utf-8"


def test_content_type_may_be_taken_away():
    """Whoever deletes it sends none."""

    def handler():
        del present().response.headers["content-type"]
        return "x"

    assert "Content-Type" not in page(handler).get("/").headers


def test_header_values_become_text():
    """Numbers are written as such, text beyond latin-1 in UTF-8."""
    answer = with_headers(X_Number=3, X_Latin="é", X_More="€")

    assert [answer.headers[f"X-{name}"] for name in ("Number", "Latin")] == ["3", "é"]
    assert answer.headers["X-More"].encode("latin-1").decode() == "€"


def test_repeated_headers():
    """add() makes one more line of the same name."""

    def handler():
        present().response.headers.add("Link", "<a>")
        present().response.headers.add("link", "<b>")

    assert page(handler).get("/").headers.getall("Link") == ["<a>", "<b>"]


def test_length_is_not_for_the_page_to_say():
    """A Content-Length that the page has set for a whole body gives way to the true one."""
    assert with_headers(Content_Length="99").headers.getall("Content-Length") == ["2"]


INJECTIONS = [
    ("X", "a\r\nSet-Cookie: x=1"),
    ("X", "a\nb"),
    ("X", "a\rb"),
    ("X", "a\0b"),
    ("X\r\nY", "a"),
    ("X: y", "a"),
    ("", "a"),
    ("Content-Type", "text/html\r\n\r\n<script>"),
    ("Location", "/\r\nX: y"),
]


@pytest.mark.parametrize(("name", "value"), INJECTIONS)
@pytest.mark.parametrize("error", [None, HTTPError(404), HTTPRedirect("/x"), ValueError()], ids=repr)
def test_headers_cannot_be_split(name, value, error, caplog):
    """A line break in a header is a 500, also on an error page; nothing of it is sent, and the log names the header."""

    def handler():
        present().response.headers[name] = value
        if error is not None:
            raise error

    answer = page(handler).get("/")
    stale = error is not None and name in {"Location", "Content-Type"}  # these are replaced before they are looked at

    assert answer.status == (500 if not stale or isinstance(error, ValueError) else getattr(error, "code", 500))
    assert (answer.broken, {"X", "Y", "Set-Cookie"}.isdisjoint(answer.headers)) == (False, True)
    assert stale or "header" in caplog.text


@pytest.mark.parametrize(
    ("key", "value"), [("value", "a\r\nb"), ("path", "/\r\nX: y"), ("path", "/; Secure"), ("domain", "a\0b")]
)
def test_cookies_cannot_be_split(key, value):
    """Neither can attributes of a cookie; a value is quoted where that makes it harmless."""

    def handler():
        cookie = present().response.cookie
        cookie["n"] = value if key == "value" else "v"
        if key != "value":
            cookie["n"][key] = value

    answer = page(handler).get("/")

    assert (answer.status, "X" in answer.headers, answer.broken) == (200 if key == "value" else 500, False, False)


def test_error_page_after_bad_header_is_the_ours():
    """Headers that cannot be sent are dropped, so that the application's own error page can."""

    def handler():
        present().response.headers["X"] = "a\nb"

    assert page(handler, {"error_page.500": lambda **_: "ours"}).get("/").text == "ours"


# -- cookies ---------------------------------------------------------------------------------------------------------


def test_cookies():
    """Each cookie is a line of its own, with its attributes."""

    def handler():
        cookie = present().response.cookie
        cookie["b"] = "two words"
        cookie["a"] = "1"
        cookie["a"]["path"] = "/"
        cookie["a"]["max-age"] = 3600
        cookie["a"]["httponly"] = True

    lines = page(handler).get("/").headers.getall("Set-Cookie")

    assert lines == ["a=1; HttpOnly; Max-Age=3600; Path=/", 'b="two words"']


@pytest.mark.parametrize("error", [NotFound(), HTTPRedirect("/x"), ValueError()], ids=repr)
def test_cookies_stay_on_errors(error):
    """What was set before something was raised is sent with what comes instead."""

    def handler():
        present().response.cookie["a"] = "1"
        raise error

    assert page(handler).get("/").headers["Set-Cookie"] == "a=1"


# -- config ----------------------------------------------------------------------------------------------------------


def test_config_sets_headers_and_attributes():
    """`response.headers.X` and `response.charset` hold for every page below."""
    answer = page(lambda: "é", {"response.headers.X-Frame-Options": "DENY", "response.charset": "latin-1"}).get("/")

    assert (answer.body, answer.headers["X-Frame-Options"]) == (b"\xe9", "DENY")
    assert answer.headers["Content-Type"] == "text/html;charset=latin-1"


def test_charset_that_cannot_hold_the_page(caplog):
    """A 500 with the reason in the log, not a page full of question marks."""
    assert page(lambda: "€", {"response.charset": "latin-1"}).get("/").status == 500
    assert "UnicodeEncodeError" in caplog.text


def test_finalized_response():
    """Status and fields as they will be sent, for hooks at the end of the resource."""
    response = Response()
    before = response.output_status
    response.body = "x"
    response.finalize()

    assert (before, response.output_status) == (None, b"200 OK")
    assert response.header_list == [(b"Content-Type", b"text/html;charset=utf-8")]


def test_collapse_body():
    """A tool may have the whole body as bytes, which it is from then on."""
    body = Pieces("a", b"b")
    response = Response()
    response.body = body

    assert (response.collapse_body(), response.body, body.closed) == (b"ab", [b"ab"], 1)


def renewed(before=None, code=200, phrase=b"", fields=None):
    """A response that is finalized after renew(). before: what is done to it first."""
    response = Response()
    if before is not None:
        before(response)
    fields = [(b"Content-Type", b"text/css"), (b"X-A", b"1")] if fields is None else fields
    response.renew(code, phrase, fields, b"old")
    response.finalize()
    return response


@pytest.mark.parametrize(("code", "phrase", "status"), [(200, b"", b"200 OK"), (404, b"", b"404 Not Found"),
                                                        (299, b"So so", b"299 So so")])  # fmt: skip
def test_renew(code, phrase, status):
    """What was finalized before is sent as it was; hooks can read its fields."""
    response = renewed(code=code, phrase=phrase)

    assert (response.output_status, response.page, response.length) == (status, b"old", 3)
    assert response.fields == [(b"Content-Type", b"text/css"), (b"X-A", b"1")]
    assert response.headers["X-A"] == "1"


def test_renew_beside_headers_of_hooks():
    """Headers and cookies that were set by then are sent as well; of the same name the renewed ones win."""

    def before(response):
        response.headers.update({"X-A": "0", "X-B": "2"})
        response.cookie["c"] = "3"

    fields = renewed(before).fields

    assert sorted(fields) == sorted(
        [(b"Content-Type", b"text/css;charset=utf-8"), (b"X-A", b"1"), (b"X-B", b"2"), (b"Set-Cookie", b"c=3")]
    )


def test_renew_closes_the_page_that_was_to_be():
    """And nothing of it is left: neither stream nor status."""
    body = Pieces("new")

    def before(response):
        response.body, response.stream, response.status = body, True, 500

    response = renewed(before)

    assert (body.closed, body.taken, response.code, response.page) == (1, 0, 200, b"old")


def test_lasting_fields_are_not_changed():
    """They are sent many times: whoever adds a field gets a list of his own."""
    fields = lasting([(b"X-A", b"1")])
    response = renewed(fields=fields)
    response.header_list.append((b"X-B", b"2"))

    assert (len(fields), len(response.fields)) == (1, 2)


def test_headers_copied_with_what_is_withheld():
    """A copy of the headers does not send what the application does not want to be sent."""
    response = Response()
    del response.headers["Server"]

    assert response.headers.copy().to_wire() == response.headers.to_wire()
