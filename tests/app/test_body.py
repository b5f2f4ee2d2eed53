from __future__ import annotations

import io

import pytest

from kirsch.app.body import IN_MEMORY, MOST_FORM_BYTES, MediaType, RequestBody
from kirsch.app.context import present
from kirsch.app.errors import HTTPError, InternalRedirect
from kirsch.exchange import ClientError, ClientGone, Head
from kirsch.http.multipart import PartLimits
from kirsch.testing.client import BOUNDARY, Client
from kirsch.testing.memory import MemoryExchange
from tests.app.pages import LonelyApplication, page

MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def echo(**fields):
    """A page that tells its fields."""
    return repr(fields)


def parts(*heads_and_data, end="--\r\n"):
    """A multipart body of these parts: what follows `form-data; `, or whole heads, and the data."""
    body = ""
    for head, data in heads_and_data:
        start = "" if head.startswith("Content-") else "Content-Disposition: form-data; "
        body += f"--{BOUNDARY}\r\n{start}{head}\r\n\r\n{data}\r\n"
    return f"{body}--{BOUNDARY}{end}"


# -- forms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_urlencoded_form(method):
    """Fields become parameters by name, for each method that has a body."""
    answer = page(echo).request(method, "/", data={"a": "1 & 2", "b": ["x", "y"], "c": "", "é": "€"})

    assert answer.text == "{'a': '1 & 2', 'b': ['x', 'y'], 'c': '', 'é': '€'}"


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("application/x-www-form-urlencoded", b"a=%C3%A9", "é"),
        ("APPLICATION/X-WWW-Form-Urlencoded; Charset=UTF-8", b"a=%C3%A9", "é"),
        ("application/x-www-form-urlencoded; charset=iso-8859-1", b"a=%E9", "é"),
        ('application/x-www-form-urlencoded; charset="windows-1252"', b"a=%80", "€"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"a=1", "1"),
        ("application/x-www-form-urlencoded; charset=zip", b"a=%C3%A9", "é"),
    ],
)
def test_charsets_of_forms(kind, body, text):
    """The charset that the client names comes first; one that is none for text is passed over."""
    assert page(lambda a: a).post("/", body=body, headers={"Content-Type": kind}).text == text


def test_charsets_to_try():
    """`request.body.attempt_charsets` are tried in turn."""
    config = {"request.body.attempt_charsets": ["utf-8", "latin-1"]}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    assert page(lambda a: a, config).post("/", body=b"a=%E9", headers=headers).text == "é"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Length": None}, b"", 411),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=%ff", 400),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"&".join([b"a=1"] * 1001), 413),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a" * (MOST_FORM_BYTES + 1), 413),
        ({"Content-Type": "multipart/form-data"}, b"x", 400),
        ({"Content-Type": "multipart/form-data; boundary="}, b"x", 400),
        (MULTIPART, b"nothing of it", 400),
        (MULTIPART, parts(('name="a"', "1"), end=""), 400),
        (MULTIPART, parts(('name="a"', "\xff")).encode("latin-1"), 400),
        (MULTIPART, parts(*[('name="a"', "1")] * 1001), 413),
        (MULTIPART, parts(('name="a"', "x" * (4 * 1024 * 1024 + 1))), 413),
        ({}, b"", 200),
        (MULTIPART, b"", 200),
        ({"Content-Type": "text/strange"}, b"whatever", 200),
        ({"Content-Type": "nonsense"}, b"whatever", 200),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_clients_do_wrong(headers, body, status, caplog):
    """It is a 4xx, never a 500; what has an unknown type, or none, is left for the page."""
    answer = page(echo).post("/", headers=headers, body=body)

    assert answer.status == status
    assert "ERROR" not in caplog.text


def test_chunked_forms():
    """A body without a length is fine if its end is marked."""
    headers = {"Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"}

    assert page(echo).post("/", body=b"a=1", headers=headers).text == "{'a': '1'}"


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
def test_methods_without_a_body(method):
    """Their body is not read before the page asks for it."""
    answer = page(lambda **k: f"{k} {present().body.read()!r}").request(method, "/", data={"a": "1"})

    assert (answer.status, answer.text) == (200, "" if method == "HEAD" else "{} b'a=1'")


@pytest.mark.parametrize(
    ("config", "method", "text"),
    [
        ({"request.methods_with_bodies": ("GET", "DELETE")}, "GET", "{'a': '1'}"),
        ({"request.methods_with_bodies": ("GET", "DELETE")}, "DELETE", "{'a': '1'}"),
        ({"request.methods_with_bodies": ("GET", "DELETE")}, "POST", "{}"),
        ({"request.process_request_body": False}, "POST", "{}"),
    ],
)
def test_config_says_whose_bodies_are_read(config, method, text):
    """`request.methods_with_bodies` and `request.process_request_body`."""
    assert page(echo, config).request(method, "/", data={"a": "1"}).text == text


@pytest.mark.parametrize(("size", "status"), [(10, 200), (11, 413)])
@pytest.mark.parametrize("chunked", [False, True])
def test_maxbytes(size, status, chunked):
    """`request.body.maxbytes` holds for a path, whether the client says the length or not."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    headers |= {"Transfer-Encoding": "chunked"} if chunked else {}
    client = page(echo, {"request.body.maxbytes": 10})

    assert client.post("/", body=b"a=" + b"x" * (size - 2), headers=headers).status == status


def read_all():
    """A page that reads its body itself."""
    return present().body.read()


def test_maxbytes_holds_for_what_the_page_reads():
    """A page that reads for itself is stopped, too, and the client told."""
    client = page(read_all, {"request.body.maxbytes": 10})

    assert client.post("/", body=b"x" * 11, headers={"Content-Type": "text/plain"}).status == 413


# -- uploads ---------------------------------------------------------------------------------------------------------


def upload(content, name="a.txt", kind="text/plain", handler=None):
    """The answer of a page to an upload in the field `f`."""

    def describe(f, **_):
        return repr((f.name, f.filename, f.value, str(f.content_type), bool(f), isinstance(f, str)))

    return page(handler or describe).post("/", files={"f": (name, content, kind)}, data={"x": "é"})


def test_small_upload():
    """An object with the file's name, type and bytes."""
    assert upload(b"\x00\r\n--x").text == repr(("f", "a.txt", b"\x00\r\n--x", "text/plain", True, False))


def test_empty_file_field():
    """A field without a file is there, but falsy, without a file."""
    answer = upload(b"", "", handler=lambda f, **_: repr((f.filename, bool(f), f.file, f.value, f.read(), list(f))))

    assert answer.text == repr(("", False, None, b"", b"", []))


@pytest.mark.parametrize("size", [0, 1, IN_MEMORY, IN_MEMORY + 1, 1_000_000])
def test_upload_is_read_in_blocks(size):
    """From its beginning, whatever its size; large ones wait on the disk."""

    def handler(f, **_):
        lengths = [len(block) for block in iter(lambda: f.file.read(8192), b"")]
        return repr((sum(lengths), f.file._rolled, len(f.value), f.file.tell()))

    assert upload(b"x" * size, handler=handler).text == repr((size, size > IN_MEMORY, size, size))


def test_uploads_and_fields_side_by_side():
    """Several files, also in one field, fields of text, and what was in the query."""
    body = parts(
        ('name="f"; filename="a"\r\nContent-Type: image/png', "A"),
        ('name="t"', "é"),
        ('name="f"; filename="b"', "B"),
        ('name="t"\r\nContent-Type: text/plain; charset=utf-8', "2"),
    )

    def handler(f, t, q):
        return repr(([each.value for each in f], [str(each.content_type) for each in f], t, q))

    answer = page(handler).post("/?q=1", body=body.encode(), headers=MULTIPART)

    assert answer.text == repr(([b"A", b"B"], ["image/png", "text/plain"], ["é", "2"], "1"))


def test_parts_without_a_name():
    """They are no parameters; they stand in `request.body._uploads`, to be read from their beginning."""
    body = parts(("Content-Type: text/plain", "one"), ('filename="x"', "two"), ('name="a"', "3"))

    def handler(a):
        return repr([(each.filename, each.read()) for each in present().body._uploads])

    assert page(handler).post("/", body=body, headers=MULTIPART).text == repr([(None, b"one"), ("x", b"two")])


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        ('filename="na\xefve.txt"', "na\xefve.txt"),
        ('filename="\u20ac.txt"', "\u20ac.txt"),
        ("filename=\"x\"; filename*=UTF-8''%E2%82%AC.txt", "\u20ac.txt"),
        ('filename="C:\\\\dir\\\\x.txt"', "C:\\dir\\x.txt"),
        ('filename="../../etc/passwd"', "../../etc/passwd"),
    ],
)
def test_names_of_files(disposition, filename):
    """As the client calls them, in whatever encoding: they are no paths."""
    body = parts((f'name="f"; {disposition}', "x")).encode()

    answer = page(lambda f: f.filename.rpartition("dir\\")[2]).post("/", body=body, headers=MULTIPART)

    assert answer.text == filename.rpartition("dir\\")[2]


@pytest.mark.parametrize("outcome", ["fine", "error", "redirect", "broken", "thrown"])
def test_files_are_gone_afterwards(outcome):
    """Whatever becomes of the request, nothing that was spooled stays behind."""
    files = []

    def handler(f=None):
        files.append(f.file)
        if outcome == "redirect":
            raise InternalRedirect("/other")
        return str(1 / 0) if outcome in {"error", "thrown"} else "fine"

    class Root:
        default = staticmethod(handler)
        other = staticmethod(lambda: "other")

    handler.exposed = Root.other.exposed = True
    client = Client(LonelyApplication(Root(), "", {"/": {"request.throw_errors": outcome == "thrown"}}))
    bodies = []
    body = parts(('name="f"; filename="a"', "x" * (IN_MEMORY + 1)), end="" if outcome == "broken" else "--\r\n")
    application = client.handler.__self__
    application.merge({"/": {"hooks.on_end_request": lambda: bodies.append(present().body)}})
    try:
        client.post("/x", body=body, headers=MULTIPART)
    except ZeroDivisionError:
        assert outcome == "thrown"

    files += [part.file for part in bodies[0]._uploads]
    assert files
    assert all(file.closed for file in files)


def test_file_that_the_page_has_closed():
    """It may do so."""
    assert upload(b"x", handler=lambda f, **_: f.file.close()).status == 200


@pytest.mark.parametrize(("content", "status"), [("é".encode(), 200), (b"\xff", 400)])
def test_upload_as_text(content, status):
    """fullvalue() is the file as text; 400 if it is none."""
    answer = upload(content, handler=lambda f, **_: f.fullvalue())

    assert (answer.status, answer.text == "é") == (status, status == 200)


def test_limits_of_parts():
    """`request.body.limits` may be narrowed by a hook."""

    def narrow():
        present().body.limits = PartLimits(parts=1)

    client = page(echo, {"hooks.before_request_body": narrow})

    assert client.post("/", body=parts(('name="a"', "1"), ('name="b"', "2")), headers=MULTIPART).status == 413


# -- other types -----------------------------------------------------------------------------------------------------


def test_processors():
    """What reads a body of some type may be added, by the whole type or its first half."""

    def read_csv(body):
        body.params["rows"] = body.read().decode().split(",")

    def add():
        present().body.processors["text"] = read_csv

    client = page(echo, {"hooks.before_request_body": add})

    assert client.post("/", body="1,2", headers={"Content-Type": "Text/CSV"}).text == "{'rows': ['1', '2']}"


def test_processor_that_refuses():
    """It raises what a page may raise."""

    def add():
        present().body.processors["text/xml"] = lambda _: HTTPError(415)()

    client = page(echo, {"hooks.before_request_body": add})

    assert client.post("/", body="<x/>", headers={"Content-Type": "text/xml"}).status == 415


def body_of(data, size=None, **settings):
    """A body of these bytes, that come in parts of `size`."""
    exchange = MemoryExchange(Head("POST", b"/", fields=[(b"content-length", b"%d" % len(data))]), data)
    if size is not None:
        read = exchange.read
        exchange.read = lambda count=-1: read(size if count < 0 else min(size, count))
    return RequestBody(exchange, settings)


LINES = b"one\ntwo\n\nlonger than that\nend"


@pytest.mark.parametrize("size", [None, 1, 3, 5])
def test_reading_lines(size):
    """As a file, however the bytes come in."""
    file = io.BytesIO(LINES)
    body = body_of(LINES, size)
    limits = [2, None, 0, 100, 1, 5]

    assert [body.readline(limit) for limit in limits] == [file.readline(limit) for limit in limits]
    assert list(body) == list(file)
    assert (body.readline(), body.read(), body.read(5)) == (b"", b"", b"")


@pytest.mark.parametrize("size", [None, 1, 3])
def test_reading_bytes(size):
    """Always as many as asked for, while there are; what was looked at for lines is not lost."""
    body = body_of(LINES, size)

    assert (body.read(4), body.readline(), body.read(2), body.read()) == (b"one\n", b"two\n", b"\nl", LINES[10:])


def test_reading_elsewhere():
    """With `fp_out` the bytes go there."""
    out = io.BytesIO()

    assert (body_of(LINES, 3).read(fp_out=out), out.getvalue()) == (b"", LINES)


def test_readlines():
    """All of them, or about so many bytes."""
    assert body_of(LINES).readlines() == LINES.splitlines(keepends=True)
    assert body_of(LINES).readlines(5) == [b"one\n", b"two\n"]


@pytest.mark.parametrize(("sent", "length"), [(b"12", 12), (None, None), (b"x", None)])
def test_length(sent, length):
    """What the client has said, if it is a number."""
    fields = [] if sent is None else [(b"content-length", sent)]

    assert RequestBody(MemoryExchange(Head("POST", b"/", fields=fields)), {}).length == length


def test_content_type():
    """The text as sent, with the type and the parameters."""
    kind = MediaType('Text/HTML; Charset="utf-8"')

    assert (kind, kind.value, kind.params) == ('Text/HTML; Charset="utf-8"', "text/html", {"charset": "utf-8"})


# -- clients that fail in the middle ---------------------------------------------------------------------------------


def failing(error, handler=echo):
    """The exchange of a form whose body breaks off with this error."""
    fields = [(b"content-length", b"9"), (b"content-type", b"application/x-www-form-urlencoded")]
    exchange = MemoryExchange(Head("POST", b"/", fields=fields), b"a=1")
    read = exchange.read

    def read_and_fail(size=-1):
        data = read(size)
        if not data:
            raise error
        return data

    exchange.read = read_and_fail
    page(handler).handler(exchange)
    return exchange


@pytest.mark.parametrize("status", [400, 408, 413])
def test_error_of_the_client(status, caplog):
    """It is answered with the status that the door has found, and is no error of ours."""
    assert failing(ClientError(status, "its fault")).status == status
    assert "ERROR" not in caplog.text


def test_client_that_leaves(caplog):
    """Nobody is there to answer: the exchange ends, quietly."""
    exchange = failing(ClientGone())

    assert (exchange.broken, exchange.status) == (True, 0)
    assert "ERROR" not in caplog.text
