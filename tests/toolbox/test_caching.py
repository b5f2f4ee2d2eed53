"""The cache in front of pages: what is kept, what is given again, and how old it says it is."""

from __future__ import annotations

import time

import pytest

import kirsch
from kirsch.app.place import ConfigError
from kirsch.http.dates import http_date
from tests.app.pages import LonelyApplication
from tests.toolbox.cached import Site

HOUR = http_date(time.time() + 3600)
PAST = http_date(time.time() - 5)
YEAR = {"Cache-Control": "max-age=31536000"}

KEPT = {
    "a plain page": {},
    "max-age": {"Cache-Control": "max-age=60"},
    "s-maxage over max-age": {"Cache-Control": "max-age=0, s-maxage=60"},
    "Expires": {"Expires": HOUR},
    "max-age over Expires": {"Cache-Control": "max-age=60", "Expires": PAST},
    "public": {"Cache-Control": "public"},
    "must-revalidate, fresh": {"Cache-Control": "max-age=60, must-revalidate"},
    "no-store that is understood": {"Cache-Control": "no-store, must-understand, max-age=60"},
    "something unknown": {"Cache-Control": "max-age=60, x-y=1"},
    "Vary on what both say": {"Vary": "User-Agent"},
    "Pragma beside Cache-Control": {"Cache-Control": "max-age=60", "Pragma": "no-cache"},
    "an age that leaves something": {"Cache-Control": "max-age=60", "Age": "50"},
}
NOT_KEPT = {
    "no-store": {"Cache-Control": "no-store"},
    "no-store and max-age": {"Cache-Control": "max-age=60, no-store"},
    "private": {"Cache-Control": "private, max-age=60"},
    "private for one field": {"Cache-Control": 'private="x-user", max-age=60'},
    "no-cache": {"Cache-Control": "no-cache"},
    "max-age of nothing": {"Cache-Control": "max-age=0"},
    "max-age that is none": {"Cache-Control": "max-age=soon"},
    "s-maxage of nothing": {"Cache-Control": "max-age=60, s-maxage=0"},
    "Expires in the past": {"Expires": PAST},
    "Expires that is none": {"Expires": "0"},
    "Pragma": {"Pragma": "no-cache"},
    "Vary on everything": {"Vary": "*"},
    "a cookie": {"Set-Cookie": "a=1"},
    "an age that leaves nothing": {"Cache-Control": "max-age=60", "Age": "60"},
    "a part": {"Content-Range": "bytes 0-4/10"},
}


@pytest.mark.parametrize("name", KEPT)
def test_kept(name):
    """An answer that may be kept is given to who asks the same; the page is made once."""
    site = Site(headers=KEPT[name])
    first, second = site.get(), site.get()

    assert (first.text, second.text, site.made) == ("page 1", "page 1", 1)
    assert "Age" in second.headers
    assert {**dict(second.headers), "Age": 0, "Date": 0} == {**dict(first.headers), "Age": 0, "Date": 0}


@pytest.mark.parametrize("name", NOT_KEPT)
def test_not_kept(name):
    """What says that it is for one client, or not to be kept, or how long in vain, is made each time."""
    site = Site(headers=NOT_KEPT[name])

    assert [site.get().text for _ in range(3)] == ["page 1", "page 2", "page 3"]


@pytest.mark.parametrize(
    ("status", "plain", "explicit"),
    [
        *[(200, True, True), (203, True, True), (204, False, True), (300, False, True), (206, False, False)],
        *[(301, False, True), (302, False, True), (303, False, True), (307, False, True), (308, False, True)],
        *[(400, False, False), (401, False, False), (403, False, False), (404, False, True), (405, False, True)],
        *[(410, False, True), (429, False, False), (451, False, True), (500, False, False), (503, False, False)],
    ],
)
def test_statuses(status, plain, explicit):
    """Errors and redirects are kept only if they say for how long; errors of the server, and for one client, never."""
    for headers, kept in (({}, plain), (YEAR, explicit)):
        site = Site(headers=headers, status=status)
        site.get()
        site.get()

        assert (site.made == 1) is kept


@pytest.mark.parametrize(
    ("error", "made"),
    [
        (kirsch.HTTPError(404), 2),
        (kirsch.HTTPRedirect("/x", 301), 2),
        (kirsch.HTTPError(404, headers=YEAR), 1),
        (kirsch.HTTPError(500, headers=YEAR), 2),
        (ZeroDivisionError(), 2),
    ],
)
def test_what_is_raised(error, made):
    """The same holds for errors and redirects that are raised."""

    def make(_):
        raise error

    site = Site(make)
    statuses = {site.get().status for _ in "12"}

    assert (len(statuses), site.made) == (1, made)


ASKED = {  # request, seconds since the page was made, whether a copy will do; the page lives for 100 seconds
    "nothing": ({}, 99, True),
    "too late": ({}, 100, False),
    "no-cache": ({"Cache_Control": "no-cache"}, 0, False),
    "Pragma": ({"Pragma": "no-cache"}, 0, False),
    "Pragma beside Cache-Control": ({"Pragma": "no-cache", "Cache_Control": "max-age=60"}, 0, True),
    "no-store": ({"Cache_Control": "no-store"}, 0, True),
    "max-age, young": ({"Cache_Control": "max-age=60"}, 60, True),
    "max-age, old": ({"Cache_Control": "max-age=60"}, 61, False),
    "max-age of nothing": ({"Cache_Control": "max-age=0"}, 1, False),
    "max-age that is none": ({"Cache_Control": "max-age=x"}, 1, False),
    "min-fresh, fresh": ({"Cache_Control": "min-fresh=20"}, 80, True),
    "min-fresh, not any more": ({"Cache_Control": "min-fresh=20"}, 81, False),
    "max-stale": ({"Cache_Control": "max-stale"}, 150, True),
    "max-stale, enough": ({"Cache_Control": "max-stale=20"}, 119, True),
    "max-stale, too much": ({"Cache_Control": "max-stale=20"}, 121, False),
    "only-if-cached": ({"Cache_Control": "only-if-cached"}, 50, True),
    "other words": ({"Cache_Control": "x, y=2"}, 50, True),
    "somebody's name": ({"Authorization": "Basic eDp5"}, 0, False),
    "a Cookie": ({"Cookie": "a=1"}, 0, True),
}


@pytest.mark.parametrize("name", ASKED)
def test_asked(name):
    """Whether a copy will do is also for the client to say."""
    headers, seconds, served = ASKED[name]
    site = Site(headers={"Cache-Control": "max-age=100"})
    site.get()
    site.now += seconds
    answer = site.get(**headers)

    assert answer.text == ("page 1" if served else "page 2")
    assert answer.headers.get("Age") == (str(seconds) if served else None)


@pytest.mark.parametrize("name", [name for name, (headers, _, served) in ASKED.items() if headers and not served])
def test_reloads_may_be_ignored(name):
    """With `allow_reload` off no client can have a page made before its time; names still count."""
    headers, seconds, _ = ASKED[name]
    site = Site(headers={"Cache-Control": "max-age=1000"}, allow_reload=False)
    site.get()
    site.now += seconds

    assert site.get(**headers).text == ("page 2" if "Authorization" in headers else "page 1")


def test_only_if_cached_without_a_copy():
    """504, and no page is made; stale is as good as none."""
    site = Site(delay=10)
    statuses = [site.get(Cache_Control="only-if-cached").status]
    site.get()
    site.now += 11
    statuses.append(site.get(Cache_Control="only-if-cached").status)

    assert (statuses, site.made) == ([504, 504], 1)


def test_no_store_of_a_request():
    """Nothing of it is kept."""
    site = Site()
    site.get(Cache_Control="no-store")

    assert site.get().text == "page 2"


@pytest.mark.parametrize("cache_control", ["no-cache", "max-age=0"])
def test_a_reload_is_for_all(cache_control):
    """What a client has had made anew is given to the others from then on."""
    site = Site()
    site.get()
    site.now += 1
    site.get(Cache_Control=cache_control)

    assert site.get().text == "page 2"


@pytest.mark.parametrize(
    ("headers", "made"),
    [({}, 4), ({"Cache-Control": "max-age=60"}, 4), ({"Cache-Control": "public"}, 1),
     ({"Cache-Control": "s-maxage=60"}, 1), ({"Cache-Control": "must-revalidate"}, 1),
     ({"Cache-Control": "proxy-revalidate"}, 4)],
)  # fmt: skip
def test_authorization(headers, made):
    """A page made in somebody's name is for nobody else, unless it says so; nor does one made before do for him."""
    site = Site(headers=headers)
    site.get(Authorization="Basic eDp5")
    site.get(Authorization="Basic eDp6")
    site.get()
    site.get(Authorization="Basic eDp5")

    assert site.made == made


@pytest.mark.parametrize("look", ["login", "cookie"])
def test_who_asks_is_seen(look):
    """A page for which somebody was logged in, or cookies were looked at, is not kept unless it says so."""

    def make(request):
        if look == "login":
            request.login = "ada"
        else:
            request.cookie.get("x")
        return "page"

    for headers, made in (({}, 2), ({"Cache-Control": "public"}, 1)):
        site = Site(make, headers)
        site.get()
        site.get()

        assert site.made == made


def test_cookies_that_the_page_names():
    """With Vary: Cookie each client has a copy of its own, for as long as the page says; `delay` is no such word."""
    for headers, made in (({"Cache-Control": "max-age=60"}, 2), ({}, 4)):
        site = Site(lambda request: request.cookie["a"].value, {"Vary": "Cookie", **headers})
        texts = [site.get(Cookie=f"a={value}").text for value in "1212"]

        assert (texts, site.made) == (["1", "2", "1", "2"], made)


@pytest.mark.parametrize(
    ("used", "coding", "made"), [(False, None, 1), (True, None, 2), (False, "gzip", 1), (True, "gzip", 2)]
)
def test_nonces(used, coding, made):
    """A page with a nonce in it is for one client; where the nonce is in the header only, each has his own."""

    def make(request):
        return request.csp_nonce if used else "page"

    policy = {"tools.security_headers.csp": {"script-src": ["'nonce'"]}, "tools.security_headers.on": True}
    site = Site(make, {"Content-Encoding": coding} if coding else {}, **policy)
    policies = {site.get().headers["Content-Security-Policy"] for _ in "12"}

    assert (site.made, len(policies)) == (made, 2)


def test_cookies_by_choice():
    """A page that sets a cookie is kept if that is asked for, and sets it for everybody."""
    site = Site(headers={"Set-Cookie": "theme=dark"}, store_cookies=True)

    assert [site.get().headers.getall("Set-Cookie") for _ in "12"] == [["theme=dark"]] * 2
    assert site.made == 1


def test_head():
    """HEAD is answered by the copy of a GET, with its length; it makes none itself."""
    site = Site()
    site.ask("HEAD")
    first = site.get()
    answer = site.ask("HEAD")

    assert (first.text, site.made) == ("page 2", 2)
    assert (answer.text, answer.headers["Content-Length"], answer.headers["Age"]) == ("", "6", "0")


def test_different_pages():
    """Path, query and host tell pages apart; so does the order of the query."""
    site = Site()
    addresses = ["/a", "/a/", "/b", "/a?", "/a?x=1", "/a?x=1&y=2", "/a?y=2&x=1", "/a%3Fx=1", "/A"]
    texts = [site.get(address).text for address in addresses]

    assert texts == [site.get(address).text for address in addresses]
    assert len(set(texts)) == len(addresses) - 1  # an empty query is none
    assert site.get("/a", Host="other").text not in texts
    assert site.client.get("https://localhost/a").text not in texts


@pytest.mark.parametrize(
    ("settings", "same", "other"),
    [
        ({"params": ["page"]}, ["/?page=1", "/?page=1&utm=2", "/?x&page=1"], ["/?page=2", "/?Page=1"]),
        ({"ignored_params": ["utm"]}, ["/?a=1", "/?a=1&utm=2", "/?utm&a=1"], ["/?a=2", "/?a=1&b=1", "/"]),
        ({"sorted_params": True}, ["/?a=1&b=2", "/?b=2&a=1"], ["/?a=2&b=1", "/?a=1&b=2&b=3", "/?b=3&a=1&b=2"]),
    ],
)
def test_parameters_that_count(settings, same, other):
    """Config says which parts of a query tell pages apart, and whether their order does."""
    site = Site(**settings)
    texts = {site.get(address).text for address in same}
    for address in other:
        site.get(address)

    assert texts == {"page 1"}
    assert site.made == 1 + len(other)


def test_query_of_a_path():
    """An encoded question mark in a path is no query: the two pages are never mixed up."""
    site = Site(lambda request: f"{request.path_info} {request.query_string}")

    assert [site.get(address).text for address in ("/a%3Fb", "/a?b", "/a%3Fb")] == ["/a?b ", "/a b", "/a?b "]


def test_stream():
    """A page in pieces is kept when it has come whole, and comes in one then."""
    site = Site(lambda _: iter(["a", b"b", "", "c"]), **{"response.stream": True})
    first, second = site.get(), site.get()

    assert (first.text, second.text, site.made) == ("abc", "abc", 1)
    assert second.headers["Content-Length"] == "3"


def test_stream_that_fails():
    """Half a page is not kept, nor is one that nobody waits for to the end."""

    def pieces(_):
        yield "a"
        raise ZeroDivisionError

    site = Site(pieces, **{"response.stream": True})
    for _ in "12":
        with site.client.stream("GET", "/"):
            pass

    assert site.made == 2


@pytest.mark.parametrize("stream", [False, True])
def test_large(stream):
    """A body of more than maxobj_size bytes is not kept, in pieces or not, and comes whole."""
    site = Site(lambda _: [b"x" * 6, b"y" * 5], maxobj_size=10, **{"response.stream": stream})

    assert [site.get().text for _ in "12"] == ["x" * 6 + "y" * 5] * 2
    assert site.made == 2


def test_age_of_what_is_a_copy_already():
    """A page that is itself an old copy starts with its age."""
    site = Site(headers={"Cache-Control": "max-age=100", "Age": "90", "Date": http_date(time.time() - 90)})
    site.get()
    site.now += 9
    old = site.get()
    site.now += 1

    assert (old.text, old.headers.getall("Age")) == ("page 1", ["99"])
    assert site.get().text == "page 2"


def test_date_is_that_of_the_page():
    """A copy says when it was made (RFC 9111 §5.1 counts on it)."""
    site = Site(headers={"Date": PAST})
    site.get()

    assert site.get().headers.getall("Date") == [PAST]


def test_fields_of_one_connection():
    """Connection, and what it names, are not part of the copy."""
    site = Site(headers={"Connection": "X-Hop", "X-Hop": "1", "Keep-Alive": "timeout=5", "X-End": "1"})
    site.get()
    headers = site.get().headers

    assert headers["X-End"] == "1"
    assert not {"X-Hop", "Keep-Alive"} & set(headers)


def test_hooks_before_the_cache_run_each_time():
    """What hooks set before the handler is set anew, and is not part of the copy; what the page set over it is."""
    count = iter("123")

    def stamp():
        kirsch.response.headers["X-Id"] = next(count)
        kirsch.response.headers["X-Both"] = "hook"

    site = Site(headers={"X-Both": "page"}, **{"hooks.on_start_resource": stamp})
    answers = [site.get(), site.get()]

    assert [answer.headers["X-Id"] for answer in answers] == ["1", "2"]
    assert [answer.headers.getall("X-Both") for answer in answers] == [["page"]] * 2


def test_who_may_not_come_in_gets_no_copy():
    """Guards stand before the cache."""

    def guard():
        if "secret" not in kirsch.request.headers:
            raise kirsch.HTTPError(403)

    site = Site(**{"hooks.before_handler": guard})

    assert [site.get(**headers).status for headers in ({"secret": "1"}, {}, {"secret": "1"})] == [200, 403, 200]
    assert site.made == 1


def test_request_says_what_happened():
    """`request.cached` and `request.cacheable`, for hooks behind the handler."""
    seen = []

    def note():
        seen.append((kirsch.request.cached, kirsch.request.cacheable))

    site = Site(**{"hooks.before_finalize": note})
    for method in ("GET", "GET", "HEAD", "POST", "OPTIONS"):
        site.ask(method)

    assert seen == [(False, True), (True, False), (True, False), (False, False), (False, False)]


def test_a_page_that_a_tool_has_made():
    """What is answered before the cache is asked is not its business."""

    def instead():
        kirsch.request.handler = None
        kirsch.response.body = b"tool"

    site = Site(**{"hooks.before_handler": instead})

    assert [site.get().text for _ in "12"] == ["tool"] * 2
    assert site.tools.caching.caches() == [] or len(site.cache) == 0


def test_internal_redirect():
    """A page that goes on elsewhere is asked each time; where it leads may be a copy."""

    def make(request):
        if request.path_info == "/":
            raise kirsch.InternalRedirect("/there")
        return f"there {site.made}"

    site = Site(make)

    assert [site.get().text for _ in "12"] == ["there 2", "there 2"]
    assert site.made == 3


def test_applications_share_nothing():
    """Each application has its own cache, whatever its pages are called."""
    first, second = Site(lambda _: "a"), Site(lambda _: "b")
    second.app.toolboxes = first.app.toolboxes
    texts = [site.get().text for site in (first, second)]

    assert texts == ["a", "b"]
    assert len(first.tools.caching.caches()) == 2
    assert len(first.tools.caching.caches(first.app)) == 1


def test_cache_status():
    """If it is wanted, the answer says what became of the request (RFC 9211)."""
    site = Site(delay=60, cache_status=True)
    said = [site.get().headers["Cache-Status"] for _ in "12"]
    site.now += 100
    said.append(site.get().headers["Cache-Status"])

    assert said == ["Kirsch; fwd=miss; stored", "Kirsch; hit; ttl=60", "Kirsch; fwd=stale; stored"]


def test_debug(caplog):
    """If it is wanted, the log says so, too."""
    site = Site(debug=True)
    for method in ("GET", "GET", "POST"):
        site.ask(method)

    told = [record.getMessage().partition(": ")[2] for record in caplog.records if "CACHING" in record.getMessage()]
    assert told == ["kept", "a copy of 0 s", "forgotten after POST"]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"delay": -1}, "tools.caching.delay"),
        ({"delay": "10"}, "tools.caching.delay"),
        ({"maxobjects": 0}, "tools.caching.maxobjects"),
        ({"params": "page"}, "tools.caching.params"),
        ({"dealy": 10}, "tools.caching.delay"),
    ],
)
def test_wrong_settings(settings, named):
    """Are refused at the start, by their names."""
    config = {f"tools.caching.{name}": value for name, value in settings.items()}

    with pytest.raises(ConfigError, match=named):
        LonelyApplication(object(), "", {"/": config}).config.check_tools()


def test_expire_freq_is_taken():
    """Applications have set it for years; nothing needs to be swept."""
    assert Site(expire_freq=1).get().status == 200
