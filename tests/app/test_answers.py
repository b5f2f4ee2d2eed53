from __future__ import annotations

import json
import re

import pytest

from kirsch.app.context import present
from kirsch.app.errors import HTTPError, HTTPRedirect, NotFound
from kirsch.dispatch.expose import expose
from tests.app.pages import page, site

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def raising(error, config=None, **headers):
    """The answer of a page that sets these headers and raises this."""

    def handler(**_):
        for name, value in headers.items():
            present().response.headers[name.replace("_", "-")] = value
        raise error

    return page(handler, config).get("/")


# -- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (HTTPError(), 500, "Internal Server Error"),
        (HTTPError(404), 404, "Not Found"),
        (HTTPError("403"), 403, "Forbidden"),
        (HTTPError("403 Go Away"), 403, "Go Away"),
        (HTTPError(499, "Left"), 499, "Unknown Client Error"),
        (NotFound(), 404, "Not Found"),
    ],
)
def test_http_errors(error, status, reason, caplog):
    """An HTTPError is answered as it says, and is no matter for the error log."""
    answer = raising(error)

    assert (answer.status, answer.reason) == (status, reason)
    assert "ERROR" not in caplog.text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html;charset=utf-8"),
        ("application/json", "application/problem+json"),
        ("application/vnd.api+json", "application/problem+json"),
        ("text/plain", "text/plain;charset=utf-8"),
        ("*/*", "text/plain;charset=utf-8"),
        ("image/png", "text/plain;charset=utf-8"),
        (None, "text/plain;charset=utf-8"),
    ],
)
@pytest.mark.parametrize("error", [HTTPError(403, "Not <you>"), ValueError("secret")], ids=repr)
def test_error_pages_by_accept(accept, kind, error, caplog):
    """HTML, problem details or text, whichever the client likes: with the request's id, without the traceback."""
    answer = page(error_of(error)).get("/", headers={"Accept": accept})

    assert answer.headers["Content-Type"] == kind
    assert re.search(UUID, answer.text)
    assert "<you>" not in answer.text or "html" not in kind
    assert not any(word in answer.text for word in ("secret", "Traceback", "ValueError"))


def error_of(error):
    """A page that raises this."""

    def handler():
        raise error

    return handler


def test_problem_details():
    """RFC 9457: type, title, status, detail, and the request as the instance."""
    answer = page(error_of(HTTPError(403, "No."))).get("/", headers={"Accept": "application/json"})
    details = answer.json()

    assert re.fullmatch(f"urn:uuid:{UUID}", details.pop("instance"))
    assert details == {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": "No."}


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
def test_traceback_in_development(accept):
    """With `request.show_tracebacks` the page has the traceback, escaped; without it the log alone has it."""
    config = {"request.show_tracebacks": True}
    answer = page(error_of(ValueError("<secret>")), config).get("/", headers={"Accept": accept})

    assert answer.status == 500
    assert "Traceback (most recent call last)" in answer.text
    assert ("&lt;secret&gt;" if accept == "text/html" else "<secret>") in answer.text


@pytest.mark.parametrize("error", [HTTPError(404), HTTPError(500), NotFound()], ids=repr)
def test_no_traceback_of_what_was_meant(error):
    """An HTTPError is no accident: there is nothing to trace, in development either (U6)."""
    assert "Traceback" not in raising(error, {"request.show_tracebacks": True}).text


def test_id_of_the_request_is_in_the_log(caplog):
    """The id on the page of an unexpected error finds it in the log."""
    request_ids = re.findall(UUID, raising(ValueError("secret")).text)

    assert len(request_ids) == 1
    assert f"[{request_ids[0]}]" in caplog.text
    assert "ValueError: secret" in caplog.text


def test_headers_that_speak_of_the_page_are_dropped():
    """What described the page that was to be does not describe its error; the rest stays (C21)."""
    answer = raising(
        NotFound(), ETag='"x"', Location="/x", Last_Modified="x", Content_Encoding="gzip", Vary="Cookie", X_Own="1"
    )

    assert {"ETag", "Location", "Last-Modified", "Content-Encoding"}.isdisjoint(answer.headers)
    assert (answer.headers["Vary"], answer.headers["X-Own"]) == ("Cookie", "1")


def test_headers_of_an_error():
    """An HTTPError may bring headers."""
    assert raising(HTTPError(503, headers={"Retry-After": "7"})).headers["Retry-After"] == "7"


@pytest.mark.parametrize("body", ["handler", ["a"], b"x"])
def test_body_set_before_is_gone(body):
    """Nothing of the page that was to be is sent."""

    def handler():
        present().response.body = body
        present().response.status = 201
        raise HTTPError(403, "No.")

    answer = page(handler).get("/")

    assert (answer.status, "No." in answer.text) == (403, True)
    assert answer.headers["Content-Length"] == str(len(answer.body))


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><b>', "{}%s\u202e"])
def test_message_is_escaped(text):
    """Whatever stands in a message, or in a path, is text."""
    headers = {"Accept": "text/html"}
    answers = [page(error_of(HTTPError(400, text))).get("/", headers=headers)]
    answers.append(site(None).get("/%3Cscript%3Ealert(1)", headers=headers))

    assert not any("<script>" in answer.text or "<b>" in answer.text for answer in answers)


# -- error pages of the application ----------------------------------------------------------------------------------


def test_error_page_from_a_file(tmp_path):
    """A file with %(status)s, %(message)s, %(traceback)s and %(version)s; what is put in is escaped."""
    (tmp_path / "404.html").write_text("100%% é %(status)s: %(message)s|%(traceback)s|%(version)s", encoding="utf-8")
    answer = raising(HTTPError(404, "<b>"), {"error_page.404": str(tmp_path / "404.html")})

    assert (answer.status, answer.text) == (404, "100% é 404 Not Found: &lt;b&gt;||")
    assert answer.headers["Content-Type"] == "text/html;charset=utf-8"


@pytest.mark.parametrize(
    ("made", "text"), [("tëxt", "tëxt"), (b"bytes", "bytes"), (["a", b"b"], "ab"), (iter(["a"]), "a")]
)
def test_error_page_from_a_callable(made, text):
    """A callable gets the same four by name; it may return str, bytes, or pieces of them."""
    given = {}

    def make(**words):
        given.update(words)
        return made

    answer = raising(HTTPError(404, "gone"), {"error_page.404": make})

    assert (answer.status, answer.text) == (404, text)
    assert given == {"status": "404 Not Found", "message": "gone", "traceback": "", "version": ""}


def test_error_page_may_change_the_answer():
    """It may set status, headers and cookies; it says HTML, whatever the page had said (C18)."""

    def make(**_):
        response = present().response
        response.status = 410
        response.headers["X-Was"] = response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json"
        response.cookie["a"] = "1"
        return json.dumps({"ours": True})

    answer = raising(NotFound(), {"error_page.404": make}, Content_Type="image/png")

    assert (answer.status, answer.json(), answer.headers["Set-Cookie"]) == (410, {"ours": True}, "a=1")
    assert (answer.headers["X-Was"], answer.headers["Content-Type"]) == ("text/html;charset=utf-8", "application/json")


@pytest.mark.parametrize(
    ("error", "text"), [(HTTPError(404), "ours 404"), (HTTPError(403), "default"), (ValueError(), "default")], ids=repr
)
def test_error_page_default(error, text):
    """`error_page.default` is for all that have no page of their own, 500 included."""
    config = {"error_page.404": lambda **_: "ours 404", "error_page.default": lambda **_: "default"}

    assert raising(error, config).text == text


@pytest.mark.parametrize(
    "broken", [lambda **_: 1 / 0, lambda: "takes nothing", lambda **_: {"a": 1}, "/nowhere/404.html"]
)
def test_error_page_that_fails(broken, caplog):
    """The standard page takes its place, with the same status; the log says what failed, the client does not."""
    answer = raising(HTTPError(404, "gone"), {"error_page.404": broken})

    assert (answer.status, "gone" in answer.text) == (404, True)
    assert "the error page" in caplog.text
    assert not any(word in answer.text for word in ("ZeroDivision", "nowhere", "TypeError"))


@pytest.mark.parametrize("error", [NotFound(), ValueError()], ids=repr)
@pytest.mark.parametrize("point", ["handler", "on_end_resource"])
def test_error_page_that_redirects(error, point):
    """A redirect out of an error page is honoured, wherever the error came from."""

    def away(**_):
        raise HTTPRedirect("/sorry")

    def fail():
        raise error

    config = {"error_page.default": away}
    if point != "handler":
        config[f"hooks.{point}"] = fail
    answer = page(fail if point == "handler" else lambda: "fine", config).get("/")

    assert (answer.status, answer.headers["Location"]) == (303, "http://localhost/sorry")


def test_error_response():
    """`request.error_response` makes the answer to unexpected errors, and to these alone."""

    def make():
        present().response.status = 503
        present().response.body = "ours"

    config = {"request.error_response": make}

    assert [raising(error, config).status for error in (ValueError(), HTTPError(404))] == [503, 404]


def test_error_response_that_fails(caplog):
    """The last resort: a bare page with the id, and both errors in the log."""
    answer = raising(ValueError("first"), {"request.error_response": lambda: 1 / 0})

    assert (answer.status, answer.headers["Content-Type"]) == (500, "text/plain;charset=utf-8")
    assert re.fullmatch(rf"500 Internal Server Error\n{UUID}\n", answer.text)
    assert "ValueError: first" in caplog.text
    assert "ZeroDivisionError" in caplog.text


# -- redirects -------------------------------------------------------------------------------------------------------


class Redirecting:
    @expose
    def index(self, to="", status=None):
        raise HTTPRedirect(to, None if status is None else int(status))

    page = index


class Tree:
    sub = Redirecting()


def redirected(path, url, script_name="", **options):
    """Where a page at this path sends the client for this URL."""
    client = site(Tree())
    application = client.handler.__self__
    application.script_name = script_name
    return client.get(f"{script_name}{path}?to={quoted(url)}", **options).headers.get("Location")


def quoted(text):
    """The text as a value of a query."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.mark.parametrize("script_name", ["", "/app"])
@pytest.mark.parametrize(
    ("path", "url", "location"),
    [
        ("/sub/", "x", "{app}/sub/x"),
        ("/sub/", "./x/../y", "{app}/sub/y"),
        ("/sub/", "../x", "{app}/x"),
        ("/sub/page", "x", "{app}/sub/x"),
        ("/sub/page", "x/y?a=b/../c&d=./e", "{app}/sub/x/y?a=b/../c&d=./e"),
        ("/sub/page", "?a=1", "{app}/sub/page?a=1"),
        ("/sub/page", "", "{app}/sub/page"),
        ("/sub/page/", "x", "{app}/sub/x"),
        ("/sub/", "/x", "/x"),
        ("/sub/", "/x?next=//y", "/x?next=//y"),
        ("/sub/", "//other.example/x", "/other.example/x"),
        ("/sub/", "/\\other.example/x", "/other.example/x"),
        ("/sub/", "/x y/é\r\nX: 1", "/x%20y/%C3%A9%0D%0AX:%201"),
    ],
)
def test_locations_on_this_host(path, url, location, script_name):
    """Relative to the page as links on it are, below the mount point; from the root of the host; never to another."""
    assert redirected(path, url, script_name) == "http://localhost" + location.format(app=script_name)


@pytest.mark.parametrize("url", ["https://other.example/a/../b?c=./d#e", "http://other.example", "mailto:me@x.example"])
def test_locations_elsewhere(url):
    """With a scheme, the address is sent as it is."""
    assert redirected("/sub/", url) == url


def test_location_of_a_page_with_odd_names():
    """What was escaped in the path of the page is escaped again."""

    class Root:
        @expose
        def default(self, *_):
            raise HTTPRedirect("y")

    location = site(Root()).get("/a%3Fb%23%25/c%20d/x").headers["Location"]

    assert location == "http://localhost/a%3Fb%23%25/c%20d/y"


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_redirects_with_a_body(status):
    """They have a Location, and a page with the link for clients that do not follow."""
    answer = raising(HTTPRedirect("/x?a=1&b=<2>", status), Content_Type="image/png", Content_Length="99")

    assert (answer.status, answer.headers["Location"]) == (status, "http://localhost/x?a=1&b=%3C2%3E")
    assert 'href="http://localhost/x?a=1&amp;b=%3C2%3E"' in answer.text
    assert answer.headers["Content-Type"] == "text/html;charset=utf-8"


def test_redirect_304():
    """Not modified: no body, no Location, nothing that describes a body."""
    answer = raising(HTTPRedirect([], 304), ETag='"x"', Content_Type="image/png", Content_Language="de")

    assert (answer.status, answer.body, dict(answer.headers)) == (304, b"", {"ETag": '"x"'})


def test_redirect_305():
    """Use proxy: a Location, and no body."""
    answer = raising(HTTPRedirect("/x", 305))

    assert (answer.status, answer.headers["Location"], answer.body) == (305, "http://localhost/x", b"")


@pytest.mark.parametrize(("version", "status", "got"), [((1, 1), None, 303), ((1, 0), None, 302), ((1, 0), 307, 307)])
def test_redirect_by_version(version, status, got):
    """Without a status it is 303, or 302 for a client of HTTP/1.0, which does not know 303."""
    headers = {"Host": "localhost"}
    answer = page(error_of(HTTPRedirect("/x", status))).get("/", version=version, headers=headers)

    assert (answer.status, answer.headers["Location"]) == (got, "http://localhost/x")


def test_redirect_to_several():
    """The first is the Location, all are on the page."""
    answer = raising(HTTPRedirect(["/a", "http://other.example/b"], 300))

    assert answer.headers["Location"] == "http://localhost/a"
    assert answer.text.count("<a href=") == 2


@pytest.mark.parametrize("error", [HTTPError(404), HTTPRedirect("/x"), NotFound()], ids=repr)
def test_one_error_for_many_requests(error):
    """An instance may be kept and raised again and again, or stand as a page itself."""
    client = page(error)
    texts = [client.get("/").text.partition("Request")[0] for _ in range(3)]

    assert len(set(texts)) == 1


@pytest.mark.parametrize(("kind", "given"), [(HTTPError, [200]), (HTTPRedirect, ["/", 200]), (HTTPError, ["foo"])])
def test_wrong_errors_are_errors(kind, given, caplog):
    """A status that is none is a mistake of the page, with the reason in the log."""
    assert page(lambda: kind(*given)).get("/").status == 500
    assert "ValueError" in caplog.text
