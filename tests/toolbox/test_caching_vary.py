"""Pages that depend on headers of the request: one copy for each of their values, and none for anybody else."""

from __future__ import annotations

import gzip

import kirsch
from tests.toolbox.cached import Site


def ab(request):
    """A page that depends on two headers."""
    return f"{request.headers.get('A')}/{request.headers.get('B')}"


def test_values_tell_copies_apart():
    """Each value has its own copy; a header that is not there is not an empty one."""
    site = Site(ab, {"Vary": "A"})
    asked = [{"A": "1"}, {"A": "2"}, {}, {"A": ""}, {"A": "1"}, {"A": "2"}, {}, {"A": ""}]

    assert [site.get(**headers).text for headers in asked] == ["1/None", "2/None", "None/None", "/None"] * 2
    assert site.made == 4


def test_values_are_not_mixed_up():
    """A:1, B:2 and A:2, B:1 are two pages, whatever the order of the names, and whatever the values look like."""
    site = Site(ab, {"Vary": "B, A"})
    asked = [("1", "2"), ("2", "1"), ("1\t2", ""), ("1", "2,"), ("1, 2", "")]
    texts = [site.get(A=a, B=b).text for a, b in asked]

    assert texts == [f"{a}/{b}" for a, b in asked]
    assert texts == [site.get(A=a, B=b).text for a, b in asked]
    assert site.made == len(asked)


def test_what_is_not_named_does_not_count():
    """Two clients that differ in other headers share a copy."""
    site = Site(ab, {"Vary": "a"})

    assert [site.get(A="1", B=each).text for each in "12"] == ["1/1", "1/1"]


def test_names_that_come_later():
    """A page that varies by more from some day on: the old copies are not given to who is not known to fit."""
    site = Site(ab, {"Vary": "A"})
    site.get(A="1", B="1")
    site.headers["Vary"] = "A, B"
    site.get(A="2", B="1")

    assert site.get(A="1", B="2").text == "1/2"
    assert site.get(A="2", B="1").text == "2/1"
    assert site.made == 3


def test_an_answer_without_vary():
    """A page that does not say this time by what it varies is still kept apart by what it has said before."""
    site = Site(ab, {"Vary": "A"})
    site.get(A="1")
    site.headers.clear()
    site.get(A="2")

    assert [site.get(A=each).text for each in "12"] == ["1/None", "2/None"]


def test_all_copies_are_forgotten_together():
    """What changes the page changes all that there is of it."""
    site = Site(ab, {"Vary": "A"})
    for value in "12":
        site.get(A=value)
    site.ask("POST")
    for value in "12":
        site.get(A=value)

    assert site.made == 5


def test_unkeyed_headers_poison_nothing_that_is_trusted():
    """A Host of somebody's own makes a page of its own; what a stranger says as a proxy is not in the address."""
    site = Site(lambda _: kirsch.url("/x"), **{"tools.proxy.on": True, "request.trusted_proxies": ["10.0.0.1"]})
    evil = site.client.get("/", headers={"Host": "evil"}, client=("8.8.8.8", 1)).text
    site.client.get("/", headers={"X-Forwarded-Host": "evil"}, client=("8.8.8.8", 1))
    proxied = site.client.get("/", headers={"X-Forwarded-Host": "shop"}, client=("10.0.0.1", 1)).text

    assert (evil, proxied, site.get().text) == ("http://evil/x", "http://shop/x", "http://localhost/x")


def test_autovary():
    """With the tool `autovary` a page need not say by what it varies."""
    site = Site(ab, **{"tools.autovary.on": True})
    first = site.get(A="1", B="2")
    texts = [site.get(A=a, B=b).text for a, b in ("12", "21", "22", "12")]

    assert first.headers["Vary"] == "A, B"
    assert texts == ["1/2", "2/1", "2/2", "1/2"]
    assert site.made == 3


def test_what_later_hooks_do_to_a_page_is_kept():
    """A copy is of what was sent: compressed, and found by who takes it so."""

    def squeeze():
        response = kirsch.response
        response.headers["Vary"] = "Accept-Encoding"
        if "gzip" in kirsch.request.headers.get("Accept-Encoding", "") and not kirsch.request.cached:
            response.headers["Content-Encoding"] = "gzip"
            response.body = gzip.compress(response.collapse_body())

    site = Site(**{"hooks.before_finalize": squeeze})
    answers = [site.get(Accept_Encoding=coding) for coding in ("gzip", "br", "gzip", "br")]

    assert [gzip.decompress(answer.body) for answer in answers[::2]] == [b"page 1"] * 2
    assert [answer.body for answer in answers[1::2]] == [b"page 2"] * 2
