"""What page handlers raise: errors and redirects as data."""

from __future__ import annotations

import pickle
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.app.errors import (
    CONTENT_HEADERS,
    HTTPError,
    HTTPRedirect,
    InternalRedirect,
    KirschError,
    NotFound,
    stale_headers,
    standard_message,
)
from kirsch.http.urls import join


def here(url: str) -> str:
    """Join a URL as the application does for the page /a/b."""
    return join("http://site.example/a/b", url)


# -- HTTPError -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, 403, "Forbidden"),
        ("403", 403, "Forbidden"),
        ("403 Go Away", 403, "Go Away"),
        (HTTPStatus.GONE, 410, "Gone"),
        (499, 499, "Unknown Client Error"),
    ],
)
def test_status(status: int | str | HTTPStatus, code: int, reason: str) -> None:
    """A status may be written in several ways; it is kept as given, beside what it says."""
    error = HTTPError(status)
    assert (error.status, error.code, error.reason) == (status, code, reason)


@pytest.mark.parametrize("status", [200, 302, 399, 600, 99, "404Not", "", None, "404 a\r\nb", "x"])
def test_status_that_is_no_error(status: object) -> None:
    """What is no error is a mistake of the developer's, not an error page."""
    with pytest.raises(ValueError, match=r"status|reason"):
        HTTPError(status)  # type: ignore[arg-type]


def test_wrong_status_says_what_to_write() -> None:
    """The message of a wrong status names what does the thing that was meant."""
    with pytest.raises(ValueError, match=r"not 302; to send the client elsewhere, raise HTTPRedirect"):
        HTTPError(302)


def test_message() -> None:
    """The message is what was said, even if that is nothing, or the standard sentence."""
    assert HTTPError(404, "gone fishing").message == "gone fishing"
    assert HTTPError(404, "").message == ""
    assert HTTPError(404).message == standard_message(404) != ""
    assert HTTPError(499).message == ""
    assert HTTPError(500).message == standard_message(500) != HTTPStatus(500).description


def test_old_names_of_the_message() -> None:
    """Applications find the message as `_message` and in `args`, as ever."""
    error = HTTPError("403 No", "words")
    assert (error._message, error.args) == ("words", ("403 No", "words"))


def test_headers() -> None:
    """What has to go with an answer goes with the error, copied."""
    wanted = {"Retry-After": "5"}
    error = HTTPError(503, headers=wanted)
    wanted.clear()
    assert error.headers == {"Retry-After": "5"}
    assert HTTPError(503).headers == {}


@pytest.mark.parametrize("error", [HTTPError(403), NotFound(), HTTPRedirect("/x"), InternalRedirect("/x")])
def test_called_it_is_raised(error: KirschError) -> None:
    """Each can stand for a page handler, whatever arguments that gets, and keeps no frames of earlier requests."""
    for _ in range(2):
        with pytest.raises(KirschError) as caught:
            error("some", path="x")
        assert caught.value is error
        assert len(caught.traceback) == 2


def test_handle() -> None:
    """Exceptions of the given types become the error, with their text as its message; others pass."""
    with pytest.raises(HTTPError) as caught, HTTPError.handle((KeyError, ValueError), 404):
        raise ValueError("no such cherry")
    assert (caught.value.code, caught.value.message) == (404, "no such cherry")
    assert isinstance(caught.value.__cause__, ValueError)
    with pytest.raises(TypeError), HTTPError.handle(ValueError):
        raise TypeError
    with pytest.raises(HTTPError, match="503 Service Unavailable: later"), HTTPError.handle(OSError, 503, "later"):
        raise OSError("disk on fire")


def test_text() -> None:
    """An error that nobody caught explains itself."""
    assert str(HTTPError(409, "twice")) == "409 Conflict: twice"
    assert str(HTTPError(409, "")) == "409 Conflict"


def test_pickle() -> None:
    """An error may cross to another process."""
    error = pickle.loads(pickle.dumps(HTTPError("409 Twice", "no")))
    assert (error.code, error.reason, error.message) == (409, "Twice", "no")


def test_not_found() -> None:
    """The message names the path: the one given, or the one that the renderer knows."""
    assert NotFound("/x").message_for("/y") == NotFound("/x").message == "The path '/x' was not found."
    assert NotFound().message_for("/y\n") == r"The path '/y\n' was not found."
    assert (NotFound().code, NotFound().path) == (404, None)


# -- HTTPRedirect ----------------------------------------------------------------------------------------------------


def test_urls_are_kept_as_given() -> None:
    """One URL or several, of text or bytes; they are joined with the page's later."""
    assert HTTPRedirect("x").urls == ["x"]
    assert HTTPRedirect(["x", b"y"]).urls == ["x", "y"]
    assert HTTPRedirect("/kirsche/ä".encode("latin-1"), encoding="latin-1").urls == ["/kirsche/ä"]
    assert HTTPRedirect([], 304).urls == []


def test_redirect_status() -> None:
    """303, and 302 for clients of HTTP/1.0, unless another one is given."""
    assert HTTPRedirect("x").status == HTTPRedirect("x").code == 303
    assert HTTPRedirect("x").status_for((1, 1)) == 303
    assert HTTPRedirect("x").status_for((1, 0)) == 302
    assert HTTPRedirect("x", 301).status_for((1, 0)) == 301
    assert HTTPRedirect("x", 303).status_for((1, 0)) == 303


@pytest.mark.parametrize("status", [200, 299, 400, 404, 0])
def test_status_that_is_no_redirect(status: int) -> None:
    """Only 3xx redirects."""
    with pytest.raises(ValueError, match=f"from 300 to 399, not {status}"):
        HTTPRedirect("x", status)


def test_redirects_without_body() -> None:
    """304 and 305 have no page with links."""
    assert [status for status in (300, 301, 302, 303, 304, 305, 307, 308) if HTTPRedirect("x", status).bodiless] == [
        304,
        305,
    ]


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("c", "http://site.example/a/c"),
        ("../c?x=1", "http://site.example/c?x=1"),
        ("/c", "http://site.example/c"),
        ("", "http://site.example/a/b"),
        ("https://elsewhere.example/c", "https://elsewhere.example/c"),
        ("/käse and 'more'", "http://site.example/k%C3%A4se%20and%20'more'"),
        ("/a%20b", "http://site.example/a%20b"),
        ('/"<x>"', "http://site.example/%22%3Cx%3E%22"),
        ("/\udc80", "http://site.example/%ED%B2%80"),
    ],
)
def test_location(url: str, location: str) -> None:
    """A URL is joined with the page's, and what may not stand in a URL is percent-encoded."""
    assert HTTPRedirect(url).locations(here) == [location]


@pytest.mark.parametrize(
    "url",
    ["//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", " //evil.example",
     "/\t/evil.example", "\r\n//evil.example", "/ /evil.example", "\x00/\\/evil.example"],
)  # fmt: skip
def test_no_path_becomes_a_host(url: str) -> None:
    """However many slashes a client puts in front, the redirect stays on this host, also without a join."""
    assert HTTPRedirect(url).locations(here) == ["http://site.example/evil.example"]
    assert HTTPRedirect(url).locations(str) == ["/evil.example"]


@given(st.text())
def test_locations_fit_a_header(url: str) -> None:
    """Whatever is redirected to, no line end, blank or non-ASCII character reaches the wire."""
    (location,) = HTTPRedirect("/" + url).locations(here)
    assert location.isascii()
    assert location.isprintable()
    assert " " not in location


def test_redirect_text() -> None:
    """A redirect that nobody caught explains itself."""
    assert str(HTTPRedirect(["/a", "/b"], 300)) == "300 /a, /b"


# -- InternalRedirect ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("redirect", "target"),
    [
        (InternalRedirect("/x"), ("/x", "")),
        (InternalRedirect("/x?a=1"), ("/x", "a=1")),
        (InternalRedirect("/x?a=1", "b=2"), ("/x", "a=1")),
        (InternalRedirect("/x", "b=2"), ("/x", "b=2")),
        (InternalRedirect("x"), ("/here/x", "")),
        (InternalRedirect("../x"), ("/x", "")),
        (InternalRedirect("../../../x"), ("/x", "")),
        (InternalRedirect("?a=1"), ("/here/page?", "a=1")),
        (InternalRedirect("//x"), ("/x", "")),
    ],
)
def test_internal_target(redirect: InternalRedirect, target: tuple[str, str]) -> None:
    """The path is relative to the current one, in which a `?` is a letter like any other."""
    assert redirect.target_from("/here/page?") == target


def test_internal_parameters_as_a_dict() -> None:
    """The old second argument, a dict, still works, and says what to write."""
    with pytest.warns(UserWarning, match=r"InternalRedirect\(path, 'x=1'\)"):
        redirect = InternalRedirect("/x", {"a": "1 2", "b": [3, 4]})
    assert redirect.query_string in {"a=1+2&b=3&b=4", "a=1%202&b=3&b=4"}


def test_internal_text() -> None:
    """It says where it leads."""
    assert (str(InternalRedirect("/x?a=1")), str(InternalRedirect("/x"))) == ("/x?a=1", "/x")


# -- headers ---------------------------------------------------------------------------------------------------------


def test_stale_headers() -> None:
    """What describes the page goes with it; what holds for any answer stays."""
    assert {"ETag", "Last-Modified", "Content-Encoding", "Content-Length", "Location"} <= CONTENT_HEADERS
    assert not {"Vary", "Retry-After", "Allow", "Set-Cookie", "WWW-Authenticate", "Cache-Control"} & CONTENT_HEADERS


def test_stale_headers_by_status() -> None:
    """A 416 keeps Content-Range, and a 304 what RFC 9110 §15.4.5 asks of it."""
    assert "Content-Range" in stale_headers(404)
    assert "Content-Range" not in stale_headers(416)
    assert not {"ETag", "Expires", "Content-Location"} & stale_headers(304)
    assert {"Content-Type", "Last-Modified"} <= stale_headers(304)
