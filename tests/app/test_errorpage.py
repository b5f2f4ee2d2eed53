"""Errors and redirects made readable."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.app.errorpage import (
    HTML,
    PLAIN,
    PROBLEM,
    ErrorPageFailed,
    Problem,
    custom_page,
    html_page,
    plain_text,
    problem_json,
    redirect_body,
    render,
)
from kirsch.app.errors import HTTPError, HTTPRedirect, InternalRedirect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = "8c2f6c1e-51a4-4e0e-9d9c-0d9f0f1f3a77"
LOST = Problem(404, "Not Found", "The path '/x' was not found.", None, ID)
BROKEN = Problem(500, "Internal Server Error", "", "Traceback:\n  x < y", ID)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (FIREFOX, HTML),
        ("text/html", HTML),
        ("TEXT/HTML", HTML),
        ("application/json", PROBLEM),
        ("application/problem+json", PROBLEM),
        ("application/vnd.api+json", PROBLEM),
        ("application/json, text/plain, */*", PROBLEM),
        ("text/html;q=0.5, application/json", PROBLEM),
        ("text/html;q=0.5, application/problem+json;q=0.1", HTML),
        ("text/html;level=1", PLAIN),
        ("text/plain", PLAIN),
        ("text/plain, text/html;q=0.1", PLAIN),
        ("*/*", PLAIN),
        ("", PLAIN),
        (None, PLAIN),
        ("image/png", PLAIN),
        ("text/html;q=0", PLAIN),
        ("json;;q=nonsense,,", PLAIN),
    ],
)
def test_kind(accept: str | None, kind: str) -> None:
    """Browsers get HTML, programs JSON, and who says nothing gets text."""
    assert render(LOST, accept)[0] == kind


def test_kind_for_those_who_say_nothing() -> None:
    """What it is may be decided by the caller, but for a client that asks for something."""
    assert render(LOST, "*/*", "text/html")[0] == HTML
    assert render(LOST, None, "application/json")[0] == PROBLEM
    assert render(LOST, "application/json", "text/html")[0] == PROBLEM


def test_html() -> None:
    """The page has status, message and id, and nothing about its server."""
    page = html_page(LOST).decode()
    assert "<title>404 Not Found</title>" in page
    assert "<h1>Not Found</h1>" in page
    assert "The path &#x27;/x&#x27; was not found." in page
    assert ID in page
    assert "kirsch" not in page.lower()
    assert "<pre" not in page


def test_html_with_traceback() -> None:
    """A traceback that is given is shown, escaped."""
    assert '<pre id="traceback">Traceback:\n  x &lt; y</pre>' in html_page(BROKEN).decode()


def test_html_without_words() -> None:
    """What is not there leaves no empty element behind."""
    page = html_page(Problem(500, "Internal Server Error")).decode()
    assert "<p>" not in page
    assert "<footer" not in page


@given(st.text(alphabet="<>&\"'\x00\x1b\ud800ä\n", min_size=1))
def test_html_is_escaped(text: str) -> None:
    """Whatever a client manages to have said about it, it stays text."""
    page = html_page(Problem(400, text, text, text, text)).decode()
    frame = html_page(Problem(400, "-", "-", "-", "-")).decode()
    for letter in "<>\"'":
        assert page.count(letter) == frame.count(letter)
    assert "\x00" not in page
    assert "\x1b" not in page


def test_json() -> None:
    """A problem of RFC 9457; the instance is the request."""
    assert json.loads(problem_json(LOST)) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "The path '/x' was not found.",
        "instance": f"urn:uuid:{ID}",
    }


def test_json_with_less_and_with_more() -> None:
    """What is not known is left out; a traceback comes line by line; an id of another kind is made a reference."""
    assert json.loads(problem_json(Problem(418, "Teapot"))) == {"type": "about:blank", "title": "Teapot", "status": 418}
    problem = json.loads(problem_json(BROKEN._replace(request_id="7 ä")))
    assert (problem["instance"], problem["traceback"]) == ("7%20%C3%A4", ["Traceback:", "  x < y"])


def test_text() -> None:
    """The same in a few lines."""
    assert plain_text(LOST).decode() == f"404 Not Found\n\nThe path '/x' was not found.\n\nRequest {ID}\n"
    assert plain_text(BROKEN).decode() == f"500 Internal Server Error\n\nTraceback:\n  x < y\n\nRequest {ID}\n"
    assert plain_text(Problem(404, "Not Found")) == b"404 Not Found\n"


# -- redirects -------------------------------------------------------------------------------------------------------


def test_redirect_body() -> None:
    """One line with a link for each place, escaped."""
    page = redirect_body(["http://x/?a=1&b='", "/b"], 300).decode()
    assert '<a href="http://x/?a=1&amp;b=&#x27;">http://x/?a=1&amp;b=&#x27;</a>' in page
    assert page.count("<a href=") == 2


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "vbscript:x"])
def test_only_addresses_of_the_web_are_links(url: str) -> None:
    """What a browser would run when it is clicked is shown as text."""
    assert b"<a " not in redirect_body([url])
    assert url in redirect_body([url]).decode()


@pytest.mark.parametrize("url", ["/x:y", "x", "https://x/", "http://x/", "?a", "HTTPS://x/", "./a:b"])
def test_links(url: str) -> None:
    """Relative addresses and those of the web can be clicked."""
    assert b"<a " in redirect_body([url])


# -- pages of the application's own ----------------------------------------------------------------------------------


def page_of(value: Any, message: str = "<no>") -> str:
    """The application's page for a 404."""
    return custom_page(value, "404 Not Found", message, "trace", "1.0").decode()


def test_file(tmp_path: Path) -> None:
    """A file is filled with the four words, escaped; its line ends stay as they are."""
    file = tmp_path / "404.html"
    file.write_bytes("%(status)s|%(message)s|%(traceback)s|%(version)s|100%%\r\nä".encode())
    assert page_of(str(file)) == "404 Not Found|&lt;no&gt;|trace|1.0|100%\r\nä"
    assert page_of(file) == page_of(str(file))


@pytest.mark.parametrize(
    "answer",
    ["äb", "äb".encode(), bytearray("äb".encode()), ["ä", b"b"], ("äb",), iter(["ä", "b"]), [["ä"], "b"]],
)
def test_callable(answer: object) -> None:
    """A callable may answer with text, bytes, or an iterable of them."""
    assert page_of(lambda **_: answer) == "äb"


def test_callable_gets_the_words_by_name() -> None:
    """Escaped, because they will stand in HTML."""
    given = {}

    def page(**words: str) -> str:
        given.update(words)
        return ""

    page_of(page, "'<")
    assert given == {"status": "404 Not Found", "message": "&#x27;&lt;", "traceback": "trace", "version": "1.0"}


def test_generators_are_closed() -> None:
    """Also when a piece of them is no text."""
    closed = []

    def page(**_: str) -> Iterator[object]:
        try:
            yield 5
        finally:
            closed.append(True)

    with pytest.raises(ErrorPageFailed, match="it returned int"):
        page_of(page)
    assert closed == [True]


@pytest.mark.parametrize("redirect", [HTTPRedirect("/x"), InternalRedirect("/x")])
def test_redirects_pass(redirect: HTTPRedirect | InternalRedirect) -> None:
    """An error page may send the client elsewhere."""
    with pytest.raises(type(redirect)):
        page_of(redirect)


@pytest.mark.parametrize("failure", [ValueError("bad"), HTTPError(403), KeyError("x"), RecursionError()])
def test_failures(failure: Exception) -> None:
    """Everything else that is raised in it is one exception, which tells what and where, for the log."""

    def page(**_: str) -> str:
        raise failure

    with pytest.raises(ErrorPageFailed, match=r"error page <function .*page.* for 404 Not Found failed") as caught:
        page_of(page)
    assert caught.value.__cause__ is failure


@pytest.mark.parametrize("answer", [None, 5, {"a": 1}, [None]])
def test_answers_that_are_no_page(answer: object) -> None:
    """What cannot be a page is named by its type."""
    with pytest.raises(ErrorPageFailed, match="TypeError: it returned"):
        page_of(lambda **_: answer)


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(ErrorPageFailed, match=r"none.html.*FileNotFoundError"):
        page_of(str(tmp_path / "none.html"))


@pytest.mark.parametrize("text", ["width: 100%;", "%(message)", "50%", "%d"])
def test_percent_signs(tmp_path: Path, text: str) -> None:
    """A percent sign that means itself is the usual mistake, so the note says how it is written."""
    (tmp_path / "x.html").write_text(text, "utf-8")
    with pytest.raises(ErrorPageFailed, match="is written %%"):
        page_of(str(tmp_path / "x.html"))
