"""A table of attacks, by class, and what becomes of each. docs/explanation/security.md has the same classes.

They are made on the real server, as bytes. What is attacked by time or memory has figures beside it.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import time
import zlib
from urllib.parse import quote

import pytest

from tests.attacks.site import attacked
from tests.server.wire import Client, serving

SECRET = "the secret"
LINES = ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rX-Evil: 1", "a\r\n\r\n<script>", "a\r\n X-Evil: 1", "a\0b", "a\x0bb"]
UNICODE = ["a\u010d\u010aX-Evil: 1", "a\u2028X-Evil: 1", "a\x85X-Evil: 1"]
"""What becomes a line end where letters are cut to bytes, or in Python's splitlines()."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The site, with a secret beside its files."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "static").mkdir()
    (folder / "static-secret").mkdir()
    (folder / "static" / "a.txt").write_text("a" * 100_000)
    (folder / "static" / ".env").write_text(SECRET)
    (folder / "static" / "link").symlink_to(folder / "secret")
    (folder / "secret").write_text(SECRET)
    (folder / "static-secret" / "x").write_text(SECRET)
    with serving(attacked(folder).handle, header_timeout=0.5, body_timeout=0.5) as server:
        yield server


@pytest.fixture
def ask(server):
    """Sends a request, and gives the reply; afterwards an honest one must still be answered."""

    def send(target="/", *lines, method="GET", body=b"", host="site.example"):
        head = [f"{method} {target} HTTP/1.1", f"Host: {host}", *lines]
        if body or method == "POST":
            head.append(f"Content-Length: {len(body)}")
        with Client(("127.0.0.1", server.port)) as client:
            with contextlib.suppress(ConnectionError):  # it has been refused before all of it was sent
                client.send("\r\n".join([*head, "", ""]).encode("latin-1") + body)
            return client.reply()

    yield send
    assert send("/").status == 200


TRAVERSAL = [
    "../secret", "..%2fsecret", "%2e%2e/secret", "%2e%2e%2fsecret", "%252e%252e%252fsecret", "..\\secret",
    "..%5csecret", "....//secret", ".%2e/secret", "a.txt/../../secret", "../static-secret/x", "..%00/secret",
    "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd", "link", ".env", "a.txt%00.html", "..;/secret",
    "%c0%ae%c0%ae/secret",
    "%e2%80%a5/secret", "..%u2215secret", "C:/secret", "file:///etc/passwd", "a.txt::$DATA",
    "%2e%2e%2f" * 20 + "etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("path", TRAVERSAL)
def test_traversal(ask, path):
    """No path leads out of the folder, to what is hidden, or through a link."""
    reply = ask(f"/files/{path}")

    assert reply.status in (400, 403, 404)
    assert SECRET.encode() not in reply.body
    assert b"root:" not in reply.body


@pytest.mark.parametrize("text", [*LINES, *UNICODE], ids=ascii)
@pytest.mark.parametrize(
    "page", ["value", "name", "kind", "reason", "error", "cookie", "cookie_path", "cookie_name", "go", "save"]
)
def test_splitting(ask, page, text):
    """Whatever a page makes of a parameter: it becomes no field and no answer of its own."""
    reply = ask(f"/{page}?text={quote(text)}")

    assert b"x-evil" not in reply.fields
    assert not reply.body.startswith(b"<script>")
    assert reply.status in (200, 303, 404, 500)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "///evil.example",
    ],
)
def test_open_redirects(ask, target):
    """What looks like a path stays on this host, whatever browsers make of it."""
    location = ask(f"/go?text={quote(target)}").fields[b"location"].decode()

    assert location.startswith("http://site.example/")


@pytest.mark.parametrize("path", ["//evil.example/%2e%2e/folder", "//folder", "/folder"])
def test_redirects_to_a_slash(ask, path):
    """Nor does one that the server makes by itself."""
    location = ask(path).fields.get(b"location", b"http://site.example/")

    assert location.startswith(b"http://site.example/")


def test_inside_redirects(ask):
    """A path of a client leads to pages only, and in no circle."""
    assert ask("/inside?text=/inside").status == 500
    assert ask(f"/inside?text={quote('//evil.example/')}").status == 404


HOSTS = {
    "two hosts": (["Host: evil.example"], "site.example", 400),
    "list of hosts": ([], "site.example, evil.example", 400),
    "user": ([], "site.example@evil.example", 400),
    "path": ([], "evil.example/x?", 400),
    "markup": ([], 'site.example"><script>', 400),
    "blank": ([], "site.example evil", 400),
    "port that is none": ([], "site.example:80x", 400),
    "no host of ours": ([], "evil.example", 421),
    "ours below": ([], "site.example.evil.example", 421),
    "forwarded host": (["X-Forwarded-Host: evil.example"], "evil.example", 421),
    "ours": ([], "SITE.example.:80", 404),
}


@pytest.mark.parametrize(("lines", "host", "status"), HOSTS.values(), ids=HOSTS)
def test_hosts(ask, lines, host, status):
    """One host, well formed, and ours."""
    reply = ask("/guarded", *lines, host=host)

    assert reply.status == status
    assert b"evil.example" not in reply.body


@pytest.mark.parametrize(
    "line",
    ["X-Forwarded-For: 10.9.9.9", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https",
     "Forwarded: for=10.9.9.9", "X-Real-IP: 10.9.9.9", "X-Forwarded-Prefix: /evil", "X_Forwarded_For: 10.9.9.9",
     "Client-IP: 10.9.9.9",
     "X-Original-URL: /admin", "X-Rewrite-URL: /admin", "X-HTTP-Method-Override: DELETE", "Proxy: evil.example:80"],
)  # fmt: skip
def test_spoofing(ask, line):
    """Who is no proxy of ours says nothing about anybody."""
    assert ask("/who", line).body == b"127.0.0.1 http://site.example/x"


FLOODS = {
    "fields": (["X: y"] * 200, 431),
    "bytes of fields": ([f"X: {'y' * 40_000}"], 431),
    "cookies": ([f"Cookie: {'; '.join(f'c{n}=1' for n in range(4000))}"], 431),
    "cookies that fit": ([f"Cookie: {'; '.join(f'c{n}=1' for n in range(3000))}"], 200),
    "quotes in cookies": ([f'Cookie: a="{chr(92) * 30_000}'], 200),
    "accept": ([f"Accept: {','.join(['text/html;q=0.1'] * 1900)}"], 200),
    "parameters of a type": ([f"Content-Type: text/html{';a=b' * 7000}"], 200),
    "charsets": ([f"Accept-Charset: {','.join(f'x{n}' for n in range(5000))}"], 200),
    "codings": ([f"Accept-Encoding: {','.join(['gzip;q=0.1'] * 2500)}"], 200),
    "languages": ([f"Accept-Language: {'a-' * 15_000}"], 200),
    "tags": ([f"If-None-Match: {','.join(['W/x'] * 7000)}"], 200),
    "authorization": ([f"Authorization: Digest {'a=b,' * 7000}"], 200),
}


@pytest.mark.parametrize(("lines", "status"), FLOODS.values(), ids=FLOODS)
def test_floods_of_fields(ask, lines, status):
    """Refused, or read in no time."""
    began = time.process_time()

    assert ask("/", *lines).status == status
    assert time.process_time() - began < 0.5


RANGES = {
    "many": ",".join(f"{n}-{n}" for n in range(0, 5000, 2)),
    "overlapping": ",".join(["0-"] * 2000),
    "nested": ",".join(f"{n}-{99_999 - n}" for n in range(1500)),
    "backwards": ",".join(f"{n}-{n + 5}" for n in range(3000, 0, -7)),
    "huge": f"0-{'9' * 5000}",
    "odd": "0-0," * 5000,
}


@pytest.mark.parametrize("ranges", RANGES.values(), ids=RANGES)
def test_floods_of_ranges(ask, ranges):
    """They cost no more than the file itself."""
    reply = ask("/files/a.txt", f"Range: bytes={ranges}")

    assert reply.status in (200, 206, 400, 416)
    assert len(reply.body) <= 200_000


POISONS = {
    "range": ("/files/a.txt", "Range: bytes=999999-", 416),
    "file of another version": ("/files/a.txt", 'If-Match: "x"', 412),
    "page of another version": ("/kept", 'If-Match: "x"', 412),
    "no coding at all": ("/kept", "Accept-Encoding: *;q=0", 406),
    "what fails": ("/kept?fails=x", "X: y", 500),
}


@pytest.mark.parametrize(("target", "line", "status"), POISONS.values(), ids=POISONS)
def test_errors_in_caches(ask, target, line, status):
    """An error that a client brings about does not stay with caches for as long as the page would have."""
    reply = ask(target, line)

    assert reply.status == status
    assert b"cache-control" not in reply.fields
    assert b"max-age" in ask(target.partition("?")[0]).fields[b"cache-control"]


def form(count):
    """A form of so many fields."""
    return "&".join(f"f{n}=1" for n in range(count)).encode()


PARTS = b"".join(b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % n for n in range(3000)) + b"--x--"
BODIES = {
    "fields of a form": ("application/x-www-form-urlencoded", form(20_000), (413,)),
    "one name": ("application/x-www-form-urlencoded", b"a=1&" * 20_000, (413,)),
    "escapes": ("application/x-www-form-urlencoded", b"a=" + b"%41" * 100_000, (200, 413)),
    "parts": ("multipart/form-data; boundary=x", PARTS, (413,)),
    "boundaries": ("multipart/form-data; boundary=x", b"--x\r\n" * 20_000, (400, 413)),
    "part without an end": ("multipart/form-data; boundary=x", b"--x\r\nA: " + b"b" * 60_000, (400, 413)),
    "long boundary": (f"multipart/form-data; boundary={'x' * 5000}", b"--x--", (400,)),
}


@pytest.mark.parametrize(("kind", "body", "statuses"), BODIES.values(), ids=BODIES)
def test_floods_in_bodies(ask, kind, body, statuses):
    """Forms have so many fields, and no more."""
    began = time.process_time()

    assert ask("/", f"Content-Type: {kind}", method="POST", body=body).status in statuses
    assert time.process_time() - began < 1.0


def test_names_that_collide(ask):
    """Names whose hashes collided in Python's older hash are as quick as others; and there are only so many."""
    began = time.process_time()
    body = "&".join(f"{n * (2**61 - 1)}=" for n in range(900)).encode()

    assert ask("/", "Content-Type: application/x-www-form-urlencoded", method="POST", body=body).body[:3] == b"900"
    assert time.process_time() - began < 0.5


BOMB = gzip.compress(bytes(64 * 1024 * 1024))
BOMBS = {
    "not asked for": ("/", "gzip", BOMB, 200),
    "undone": ("/packed", "gzip", BOMB, 413),
    "bomb in a bomb": ("/packed", "gzip, gzip", gzip.compress(BOMB), 415),
    "in JSON": ("/json", "gzip", gzip.compress(b"[" + b"0," * 10_000_000 + b"0]"), 413),
    "empty members": ("/packed", "gzip", gzip.compress(b"") * 3000, 400),
    "another coding": ("/packed", "br", b"x", 415),
    "deflate": ("/packed", "deflate", zlib.compress(bytes(1000)), 415),
    "cut off": ("/packed", "gzip", gzip.compress(bytes(1000))[:-20], 400),
    "junk": ("/packed", "gzip", b"junk", 400),
    "honest": ("/packed", "gzip", gzip.compress(bytes(1000)), 200),
}


@pytest.mark.parametrize(("path", "coding", "body", "status"), BOMBS.values(), ids=BOMBS)
def test_decompression_bombs(ask, path, coding, body, status):
    """Nothing is inflated unless a page asks for it, and then only so far."""
    kind = "json" if path == "/json" else "octet-stream"
    lines = (f"Content-Encoding: {coding}", f"Content-Type: application/{kind}")

    assert ask(path, *lines, method="POST", body=body).status == status


DOCUMENTS = {
    "deep lists": (b"[" * 100_000, 400),
    "deep objects": (b'{"a":' * 50_000, 400),
    "deep and closed": (b"[" * 200 + b"]" * 200, 400),
    "long number": (b"9" * 500_000, 400),
    "large exponent": (b"1e999999999", 400),
    "not a number": (b"NaN", 400),
    "broken text": (b'"\xff"', 400),
    "half a pair": (b'"\\ud800"', 400),
    "too large": (b'"' + b"x" * 5_000_000 + b'"', 413),
    "one name again and again": (b"{" + b",".join([b'"a":1'] * 50_000) + b"}", 200),
    "honest": (json.dumps({"a": [1]}).encode(), 200),
}


@pytest.mark.parametrize(("body", "status"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_json(ask, body, status):
    """Size first, then depth, then it is read."""
    began = time.process_time()

    assert ask("/json", "Content-Type: application/json", method="POST", body=body).status == status
    assert time.process_time() - began < 0.5


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
CALL = b"<methodCall><methodName>add</methodName><params><param><value>%s</value></param></params></methodCall>"
ENTITIES = {
    "a billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'.encode() + CALL % b"&l9;",
    "a file": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + CALL % b"&f;",
    "an address": b'<!DOCTYPE x SYSTEM "http://evil.example/x.dtd">' + CALL % b"1",
    "in another encoding": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY f "x">]><a/>'.encode("utf-16"),
    "no call": b"<a>" * 10_000,
}


@pytest.mark.parametrize("body", ENTITIES.values(), ids=ENTITIES)
def test_xml_entities(ask, body):
    """A document type is refused, and so nothing of it is ever looked at."""
    began = time.process_time()
    reply = ask("/calls/", "Content-Type: text/xml", method="POST", body=body)

    assert reply.status == 400
    assert b"root:" not in reply.body
    assert time.process_time() - began < 0.5


START = b"POST / HTTP/1.1\r\nHost: site.example\r\n"
SMUGGLING = {
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "length and chunks": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX",
    "signed length": b"Content-Length: +5\r\n\r\nabcde",
    "coding in disguise": b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "coding that is none": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "blank before the colon": b"Content-Length : 5\r\n\r\nabcde",
    "bare line feed": b"X: y\nContent-Length: 5\r\n\r\nabcde",
    "folded line": b"X: y\r\n Content-Length: 5\r\n\r\nabcde",
    "size that is none": b"Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
    "chunk without its end": b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n",
}


@pytest.mark.parametrize("rest", SMUGGLING.values(), ids=SMUGGLING)
def test_smuggling(server, rest):
    """What could be read in two ways is refused, and nothing behind it is served."""
    with Client(("127.0.0.1", server.port)) as client:
        client.send(
            b"POST / HTTP/1.1\r\nHost: site.example\r\n" + rest + b"GET /who HTTP/1.1\r\nHost: site.example\r\n\r\n"
        )

        assert client.reply().status in (400, 501)
        assert client.closed()


def test_slow_bodies(server, ask):
    """One that does not come is given up, and holds up nobody meanwhile."""
    with Client(("127.0.0.1", server.port)) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: site.example\r\nContent-Length: 10\r\n\r\nabc")

        assert ask("/").status == 200
        assert client.reply().status == 408


def test_session_fixation(ask):
    """An id that a client has made up is not taken."""
    known = ask("/login", "Cookie: session_id=" + "a" * 40)

    assert known.body != b"a" * 40
    assert b"a" * 40 not in known.fields[b"set-cookie"]


@pytest.mark.parametrize(
    "target", ["/<script>alert(1)</script>", "/%3Cscript%3E", "/error?text=%3Cscript%3E", "/?x=%ff%fe<script>"]
)
def test_scripts_in_error_pages(ask, target):
    """What a client sends comes back escaped, if at all."""
    assert b"<script>" not in ask(target, "Accept: text/html").body


@pytest.mark.parametrize(
    "target", ["/__class__", "/index/__globals__", "/who/__self__", "/calls/add/__func__", "/_private"]
)
def test_walks_into_python(ask, target):
    """No path leads into the insides of objects."""
    assert ask(target).status == 404
