"""Digest on CherryPy and on Kirsch: whoever asks must first hear the challenge, and then counts."""

from __future__ import annotations

import os
import time

import pytest

from kirsch.http.credentials import parse_challenges
from kirsch.http.digest import Digest, Nonces, ha1, hashed
from tests.differential.asked.ask import FORM, get, post
from tests.differential.pages.logins import KEY
from tests.differential.servers import running
from tests.environment import NotMade

pytestmark = pytest.mark.slow

OLD = time.time() - 700
NONCES = {
    "cherrypy": f"{int(OLD)}:{hashed('MD5', f'{int(OLD)}:A realm:{KEY}')}",
    "kirsch": Nonces([KEY], "A realm").make(OLD),
}


@pytest.fixture(scope="module")
def servers():
    """Both, by name."""
    try:
        with running("cherrypy") as theirs, running("kirsch") as ours:
            yield {"cherrypy": theirs, "kirsch": ours}
    except NotMade as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))


def signed(server, page, user="ada", password="lovelace", **changed):
    """A request for a page, with the field that the challenge asks for."""
    target = f"/logins/{page}/"
    challenges = parse_challenges(server(get(target))[0].get("www-authenticate"))
    said = next(each.params for each in challenges if each.params["algorithm"] == "MD5")
    digest = Digest(user, "A realm", said["nonce"], target, "", cnonce="c", qop="auth", nc="00000001")
    digest = digest._replace(**changed)
    digest = digest._replace(response=digest.expected(ha1("MD5", user, "A realm", password), "GET"))
    names = ("username", "realm", "nonce", "uri", "response", "cnonce", "qop", "nc")
    words = ", ".join(f'{name}="{value}"' for name in names if (value := getattr(digest, name)))
    return get(target, f"Authorization: Digest {words}".encode().decode("latin-1"))


def told(reply):
    """Status, who it was, and whether another nonce is all that was missing."""
    stale = "stale=true" in (reply.get("www-authenticate") or "").replace('"', "")
    return reply.status, reply.body if reply.status == 200 else "", stale


CASES = [
    ("digest", {}, (200, "'ada' () []", False), None),
    ("sums", {}, (200, "'ada' () []", False), None),
    ("digest", {"user": "jäs", "password": "söder"}, (200, "'jäs' () []", False), None),
    ("digest", {"password": "wrong"}, (401, "", False), None),
    ("digest", {"user": "eve"}, (401, "", False), None),
    ("digest", {"user": "empty", "password": ""}, (401, "", False), None),
    ("digest", {"uri": "/elsewhere"}, (200, "'ada' () []", False), (400, "", False)),
    ("digest", {"qop": "", "nc": "", "cnonce": ""}, (200, "'ada' () []", False), (400, "", False)),
    ("digest", {"nonce": "of nobody"}, (401, "", False), (401, "", True)),
]
"""Page, what is changed, CherryPy's answer, and ours if it is another one.

A sum is good for its address; without a count nobody knows a replay; and a client that knows
the password need not ask for it again because its nonce was none of ours.
"""


@pytest.mark.parametrize(("page", "changed", "theirs", "ours"), CASES)
def test_digest(servers, page, changed, theirs, ours):
    """Who is let in, and who is not."""
    answers = [told(server(signed(server, page, **changed))[0]) for server in servers.values()]

    assert answers == [theirs, ours or theirs]


class Browser:
    """Goes from page to page, and keeps the cookie of the session."""

    def __init__(self, server):
        self.server, self.cookie = server, ()

    def told(self, asked):
        """Status, where it leads, whether the form is shown, and the page."""
        reply = self.server(asked)[0]
        if cookie := reply.get("set-cookie"):
            self.cookie = (f"Cookie: {cookie.partition(';')[0]}",)
        form = 'name="password"' in reply.body
        page = reply.body if reply.body.startswith(("'", "form")) else ""
        return reply.status, (reply.get("location") or "").partition("site.test")[2], form, page

    def get(self, path):
        return self.told(get(f"/logins{path}", *self.cookie))

    def post(self, path, form):
        return self.told(post(f"/logins{path}", form, FORM, *self.cookie))


RIGHT, WRONG = "username=ada&password=lovelace", "username=ada&password=guess"
STEPS = [
    ("get", ("/members/x",), (200, "", True, ""), (401, "", True, "")),
    ("post", ("/members/do_login", WRONG), (200, "", True, ""), (401, "", True, "")),
    ("get", ("/members/do_login",), (405, "", False, ""), None),
    (
        "post",
        ("/members/do_login", f"{RIGHT}&from_page=/logins/members/x"),
        (303, "/logins/members/x", False, ""),
        None,
    ),
    ("get", ("/members/x?a=1",), (200, "", False, "'ada' ('x',) [('a', '1')]"), None),
    ("get", ("/members/login_screen",), (200, "", True, ""), None),
    ("post", ("/members/do_logout", "from_page=/logins/"), (303, "/logins/", False, ""), None),
    ("get", ("/members/x",), (200, "", True, ""), (401, "", True, "")),
    ("post", ("/members/do_login", RIGHT), (303, "/logins/", False, ""), None),
    ("get", ("/members/",), (200, "", False, "'ada' () []"), None),
    ("get", ("/guests/",), (200, "", False, "'ada' () []"), None),
    ("post", ("/members/do_login", "username=ada"), (500, "", False, ""), (400, "", False, "")),
]
"""What a browser does one after the other; CherryPy's answer, and ours if it is another one (S9)."""


def test_a_login(servers):
    """From the form to the page and out again, the same way on both."""
    theirs, ours = (
        [getattr(browser, method)(*given) for method, given, _, _ in STEPS]
        for browser in map(Browser, servers.values())
    )

    assert theirs == [step[2] for step in STEPS]
    assert ours == [step[3] or step[2] for step in STEPS]


def test_guests(servers):
    """A function says who somebody is who has not logged in, and another makes the form, which may be linked to."""
    told = [
        (browser.get("/guests/x"), browser.get("/guests/login_screen?from_page=/y"))
        for browser in map(Browser, servers.values())
    ]

    page = (200, "", False, "'guest' ('x',) []")
    assert told == [(page, (200, "", False, "form []")), (page, (200, "", False, "form [('from_page', '/y')]"))]


def test_an_old_nonce(servers):
    """Is stale, for both."""
    answers = [told(server(signed(server, "digest", nonce=NONCES[name]))[0]) for name, server in servers.items()]

    assert answers == [(401, "", True)] * 2


def test_a_replay(servers):
    """CherryPy takes the same field for ten minutes, Kirsch once (S5)."""
    answers = []
    for server in servers.values():
        asked = signed(server, "digest")
        answers.append([told(server(asked)[0])[::2] for _ in range(2)])

    assert answers == [[(200, False), (200, False)], [(200, False), (401, True)]]
