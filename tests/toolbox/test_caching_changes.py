"""What makes a copy go: methods that change the page, and the application itself."""

from __future__ import annotations

import pytest

import kirsch
from tests.toolbox.cached import Site


@pytest.mark.parametrize(
    ("method", "forgets"),
    [("POST", True), ("PUT", True), ("DELETE", True), ("PATCH", True), ("PROPPATCH", True), ("MYOWN", True),
     ("OPTIONS", False), ("TRACE", False), ("GET", False), ("HEAD", False)],
)  # fmt: skip
def test_methods(method, forgets):
    """What is not safe reaches the page, is not kept, and what was kept of the page goes; the rest leaves it alone."""
    site = Site()
    site.get()
    answer = site.ask(method)

    assert (answer.headers.get("Age") is None) == (method not in ("GET", "HEAD"))
    assert site.get().text == (f"page {site.made}" if forgets else "page 1")


def test_more_methods():
    """`invalid_methods` adds to them."""
    site = Site(invalid_methods=["OPTIONS"])
    for method in ("GET", "OPTIONS", "GET"):
        site.ask(method)

    assert site.made == 3


@pytest.mark.parametrize(("status", "forgets"), [(200, True), (204, True), (303, True), (404, False), (503, False)])
def test_only_what_was_done_counts(status, forgets):
    """An answer that says that nothing was done leaves the copy (§4.4)."""
    site = Site()
    site.get()
    site.status = status
    site.ask("POST")

    assert (site.get().text == "page 1") is not forgets


@pytest.mark.parametrize(
    ("error", "forgets"),
    [(kirsch.HTTPRedirect("/x"), True), (kirsch.InternalRedirect("/x"), True), (kirsch.HTTPError(409), False)],
)
def test_what_is_raised(error, forgets):
    """The same holds for what is raised."""

    def make(request):
        if request.method == "POST":
            raise error
        return f"page {site.made}"

    site = Site(make)
    site.get()
    site.ask("POST")

    assert (site.get().text == "page 1") is not forgets


@pytest.mark.parametrize(
    ("field", "value", "gone"),
    [
        *[("Location", "/b", True), ("Location", "http://localhost/b", True), ("Content-Location", "b", True)],
        *[("Location", "http://other/b", False), ("Location", "http://localhost.evil/b", False)],
        *[("Location", "/b?x=1", False), ("Location", "", False), ("Location", "http://localhost/%zz", False)],
    ],
)
def test_pages_that_the_answer_names(field, value, gone):
    """Location and Content-Location name pages of the same site that have changed, too."""
    site = Site()
    site.get("/b")
    site.headers[field] = value
    site.ask("POST", "/a")
    site.headers.clear()

    assert (site.get("/b").text == "page 1") is not gone


def test_other_queries_stay():
    """The address with its query is what has changed, and no other."""
    site = Site()
    for path in ("/a?x=1", "/a?x=2"):
        site.get(path)
    site.ask("POST", "/a?x=1")

    assert [site.get(path).text for path in ("/a?x=1", "/a?x=2")] == ["page 4", "page 2"]


def test_a_page_that_changes_while_it_is_made():
    """What was begun before the change is given to who asked for it, and not kept."""

    def make(request):
        if site.made == 1:
            site.ask("POST")
        return f"page {site.made}"

    site = Site(make)
    first = site.get()

    assert (first.text, site.get().text) == ("page 2", "page 3")


def test_forgetting_one():
    """The application names a page by its address."""
    site = Site()
    for path in ("/a b?x=1", "/b"):
        site.get(path)
    site.tools.caching.delete("http://localhost/a%20b?x=1#part")

    assert [site.get(path).text for path in ("/a b?x=1", "/b")] == ["page 3", "page 2"]
    with pytest.raises(ValueError, match="no scheme"):
        site.tools.caching.delete("/b")


def test_forgetting_all():
    """Of one application, or of all."""
    site, other = Site(), Site()
    other.app.toolboxes = site.app.toolboxes
    for each in (site, other):
        each.get()
    site.tools.caching.clear(site.app)
    texts = [each.get().text for each in (site, other)]
    site.tools.caching.clear()
    texts += [each.get().text for each in (site, other)]

    assert texts == ["page 2", "page 1", "page 3", "page 2"]


def test_forgetting_without_any():
    """An application may do so before anything was asked."""
    tools = Site().tools
    tools.caching.clear()
    tools.caching.delete("http://localhost/")

    assert tools.caching.caches() == []
