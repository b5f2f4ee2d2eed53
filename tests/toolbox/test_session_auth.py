from __future__ import annotations

import base64
import hashlib
import html
import re

import pytest

import kirsch
from kirsch.app.place import ConfigError
from kirsch.http.passwords import Busy
from kirsch.testing.client import Client
from kirsch.toolbox.session_auth import SessionAuth
from tests.app.pages import LonelyApplication, start

EVIL = "https://evil.example"
ADA = {"username": "ada", "password": "lovelace"}


def check(username, password):
    """Who may come in: nothing if they are right, else what is wrong."""
    return None if (username, password) == ("ada", "lovelace") else "No such user & password"


class Root:
    @kirsch.expose
    def index(self):
        return "open to all"

    @kirsch.expose
    def secret(self, *args, **params):
        return f"secret of {kirsch.request.login} {params}"


def client(root=None, **settings):
    """A client of a site whose `/secret` is for those who have logged in."""
    settings = {"on": True, "check_username_and_password": check, **settings}
    own = {f"tools.session_auth.{name}": value for name, value in settings.items()}
    return Client(LonelyApplication(root or Root(), "", {"/": {"tools.sessions.on": True}, "/secret": own}))


def found(pattern, text):
    """The first group of a pattern that is in the text."""
    match = re.search(pattern, text)
    assert match
    return match[1]


def log_in(guarded, path="/secret/do_login", **fields):
    """Send the form."""
    options = {"client": fields.pop("client")} if "client" in fields else {}
    return guarded.post(path, data={**ADA, **fields}, **options)


def test_from_the_form_to_the_page_and_out_again():
    """The page asks, the form lets in and leads back, the page knows who it is, and after the logout it asks again."""
    guarded = client()
    asked = guarded.get("/secret?a=1")
    fields = dict(re.findall(r"name=\"(\w+)\" value=\"([^\"]*)\"", asked.text)) | ADA
    action = html.unescape(found(r'action="([^"]+)"', asked.text))

    assert (asked.status, guarded.get("/").text) == (401, "open to all")
    assert log_in(guarded, action, **fields).headers["Location"] == "http://localhost/secret?a=1"
    assert guarded.get("/secret?a=1").text == "secret of ada {'a': '1'}"
    assert guarded.post("/secret/do_logout").status == 303
    assert guarded.get("/secret").status == 401


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 303),
        ({"password": "wrong"}, 401),
        ({"username": "nobody"}, 401),
        ({"password": ""}, 401),
        ({"extra": "field"}, 303),
        ({"username": ["ada", "ada"]}, 400),
    ],
)
def test_who_is_let_in(fields, status):
    """Whoever is right; who is not sees the form again, with what was wrong, and the name that was typed."""
    guarded = client()
    answer = log_in(guarded, **fields)

    assert answer.status == status
    assert ("No such user &amp; password" in answer.text) is (status == 401)
    assert guarded.get("/secret").status == (200 if status == 303 else 401)


@pytest.mark.parametrize("fields", [{}, {"username": "ada"}, {"password": "x"}])
def test_a_form_without_its_fields(fields):
    """Is the client's fault."""
    assert client().post("/secret/do_login", data=fields).status == 400


@pytest.mark.parametrize(
    ("from_page", "location"),
    [
        ("/page?a=1&b=2", "http://localhost/page?a=1&b=2"),
        ("http://localhost/page", "http://localhost/page"),
        ("", "http://localhost/"),
        ("..", "http://localhost/"),
        ("page", "http://localhost/secret/page"),
        (EVIL, "http://localhost/"),
        (f"{EVIL}/secret", "http://localhost/"),
        ("//evil.example", "http://localhost/"),
        ("///evil.example", "http://localhost/"),
        ("/\\evil.example", "http://localhost/"),
        ("\\\\evil.example", "http://localhost/"),
        ("/\t/evil.example", "http://localhost/"),
        (" //evil.example", "http://localhost/"),
        ("http://localhost@evil.example", "http://localhost/"),
        ("http://localhost.evil.example", "http://localhost/"),
        ("https:evil.example", "http://localhost/"),
        ("javascript:alert(1)", "http://localhost/"),
        ("/x\r\nSet-Cookie: a=b", "http://localhost/"),
    ],
)
@pytest.mark.parametrize("name", ["do_login", "do_logout"])
def test_no_way_leads_to_another_site(from_page, location, name):
    """Where to go after the form stays on this host, whatever the form says."""
    answer = client().post(f"/secret/{name}", data={**ADA, "from_page": from_page})

    assert (answer.status, answer.headers["Location"]) == (303, location)


@pytest.mark.parametrize("path", ["/secret/login_screen?{}", "/secret?{}"])
def test_nothing_of_the_request_becomes_markup(path):
    """Names, addresses and messages are text in the form."""
    nasty = '"><script>alert(1)</script>'
    query = f"username={nasty}&from_page={nasty}&error_msg={nasty}".replace('"', "%22").replace("<", "%3C")
    texts = [client().get(path.format(query)).text, log_in(client(), username=nasty, from_page=nasty).text]

    assert not any("<script" in text for text in texts)
    assert "&quot;&gt;&lt;script&gt;" in texts[1]
    assert "alert" not in re.sub(r'value="[^"]*"', "", texts[0])


def test_the_session_gets_another_id():
    """At the login, so that nobody can have planted it, and at the logout, when it forgets all that it held."""

    class Basket(Root):
        @kirsch.expose
        def basket(self, thing=None):
            kirsch.serving.session.setdefault("things", []).append(thing) if thing else None
            return str(kirsch.serving.session.get("things"))

    guarded = client(Basket())
    seen = []
    for step in (lambda: guarded.get("/basket?thing=pear"), lambda: log_in(guarded)):
        step()
        seen.append((guarded.cookies["session_id"], guarded.get("/basket").text))
    guarded.post("/secret/do_logout")
    seen.append((guarded.cookies["session_id"], guarded.get("/basket").text))

    assert [text for _, text in seen] == ["['pear']", "['pear']", "None"]
    assert len({cookie for cookie, _ in seen}) == 3


def test_a_planted_session_is_not_logged_in():
    """Who knew the id before the login is still outside after it."""
    victim, attacker = client(), None
    log_in(victim, password="wrong")
    planted = dict(victim.cookies)
    attacker = Client(victim.handler.__self__)
    log_in(victim)
    attacker.cookies.update(planted)

    assert (victim.get("/secret").status, attacker.get("/secret").status) == (200, 401)


@pytest.mark.parametrize("name", ["do_login", "do_logout"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_post_changes_anything(name, method):
    """No link and no picture logs anybody in or out."""
    answer = client().request(method, f"/secret/{name}?username=ada&password=lovelace")

    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": EVIL}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
    ],
)
@pytest.mark.parametrize("name", ["do_login", "do_logout"])
def test_no_other_site_logs_anybody_in_or_out(headers, status, name):
    """Not even where tools.csrf is off."""
    assert client().post(f"/secret/{name}", data=ADA, headers=headers).status == status


def test_with_csrf_on_the_form_has_a_token():
    """Which is what lets in a browser that says nothing of where it comes from."""
    guarded = client()
    guarded.handler.__self__.merge({"/": {"tools.csrf.on": True}})
    text = guarded.get("/secret").text
    token = found(r'name="csrf_token" value="([\w-]+)"', text)

    assert log_in(guarded).status == 403
    assert log_in(guarded, csrf_token=token).status == 303


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html;charset=utf-8"),
        ("*/*", "text/html;charset=utf-8"),
        ("application/json", "application/problem+json"),
        ("application/json, text/plain, */*", "application/problem+json"),
        ("application/problem+json", "application/problem+json"),
    ],
)
def test_programs_get_no_form(accept, kind):
    """All get 401, with the address of the form; who wants JSON gets JSON, who is content with anything a page."""
    guarded = client()
    for answer in (guarded.get("/secret", headers={"Accept": accept}), guarded.post("/secret/do_login", data={
        **ADA, "password": "x"}, headers={"Accept": accept})):  # fmt: skip
        assert (answer.status, answer.headers["Content-Type"]) == (401, kind)
        assert answer.headers["WWW-Authenticate"] == 'Cookie form-action="/secret/do_login"'


def test_the_form():
    """Is never kept by a cache, known to password managers and screen readers, and loads nothing."""
    answer = log_in(client(), password="wrong")

    assert answer.headers["Cache-Control"] == "no-store"
    for word in ('autocomplete="username"', 'autocomplete="current-password"', 'role="alert"', 'lang="en"',
                 '<label for="username">', '<label for="password">', 'name="viewport"', 'value="ada"'):  # fmt: skip
        assert word in answer.text
    assert "lovelace" not in answer.text
    assert not re.search(r"https?:|<link|<script|url\(", answer.text)


@pytest.mark.parametrize(
    "path", ["/secret", "/secret/", "/secret/deep/er?x=1", "/secret/login_screen", "/secret/do_login"]
)
def test_the_form_is_sent_to_where_the_tool_acts(path):
    """Wherever it is shown, so that it works below a section of any depth."""
    guarded = client()
    answer = log_in(guarded, path, password="x") if path.endswith("do_login") else guarded.get(path)
    action = found(r'action="([^"]+)"', answer.text)

    assert log_in(guarded, action).status == 303


def test_the_way_back_from_a_form_of_ones_own():
    """A page that is not to be looked at is not what a login leads back to, but the page before it."""
    headers = {"Referer": "http://localhost/secret/edit?id=5"}

    assert 'name="from_page" value="/secret/edit?id=5"' in client().post("/secret/save", headers=headers).text
    assert 'name="from_page" value="/secret/save"' in client().post("/secret/save", headers={"Referer": EVIL}).text


def test_functions_take_the_place_of_methods():
    """They get what the methods get, but no `self`; anonymous() may let in who has not logged in."""
    told = []
    names = ("on_login", "on_logout", "on_check")
    calls = {name: lambda username, name=name: told.append((name, username)) for name in names}
    guarded = client(**calls, session_key="who", login_screen=lambda from_page, **words: f"from {from_page}")

    assert guarded.get("/secret").text == "from /secret"
    log_in(guarded)
    guarded.get("/secret")
    guarded.post("/secret/do_logout")
    assert told == [("on_login", "ada"), ("on_check", "ada"), ("on_logout", "ada")]
    assert client(anonymous=lambda: "guest").get("/secret").text == "secret of guest {}"


def test_a_class_of_ones_own():
    """Overrides the methods, and may have members of its own."""

    class Own(SessionAuth):
        letters = 9

        def check_username_and_password(self, username, password):
            return None if len(password) >= self.letters else "too short"

        def login_screen(self, from_page="..", username="", error_msg="", **kwargs):
            return f"<{error_msg}> {type(super().login_screen(from_page)).__name__}"

    guarded = client(auth_class=Own, check_username_and_password=None)
    del guarded.handler.__self__.config["/secret"]["tools.session_auth.check_username_and_password"]

    assert log_in(guarded).text == "<too short> bytes"
    assert log_in(guarded, password="lovelace!").status == 303


def test_as_a_page():
    """`tools.session_auth.callable` and `.handler` do what the tool does."""

    class Handled(Root):
        _cp_config = {"tools.sessions.on": True}  # noqa: RUF012 - as applications write it
        do_login = kirsch.tools.session_auth.handler(check_username_and_password=check)

    guarded = client(Handled())

    assert log_in(guarded, "/do_login").status == 303
    assert guarded.get("/secret").status == 200


@pytest.mark.parametrize(("error", "status"), [(Busy("busy"), 503), (ValueError("broken"), 500)])
def test_what_the_function_raises(error, status):
    """Is not the client's fault."""

    def raising(username, password):
        raise error

    assert log_in(client(check_username_and_password=raising)).status == status


def test_it_needs_a_function_and_a_session():
    """Without one, nobody is let in, and the log says what is missing."""
    unchecked = client(check_username_and_password=None)
    del unchecked.handler.__self__.config["/secret"]["tools.session_auth.check_username_and_password"]
    unkept = client()
    unkept.handler.__self__.merge({"/": {"tools.sessions.on": False}})

    for guarded, missing in ((unchecked, "check_username_and_password"), (unkept, "tools.sessions.on")):
        answer = guarded.get("/secret")
        assert answer.status == 500
        assert missing in str(answer.error)


async def coroutine(username, password):
    """Is true before anybody has looked."""
    return ""


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"check_username_and_password": "ada"}, "must be a function"),
        ({"check_username_and_password": coroutine}, "and not `async def`"),
        ({"on_login": None}, "must be a function"),
        ({"auth_class": dict}, "made of SessionAuth"),
        ({"on": True}, "needs tools.session_auth.check_username_and_password"),
        ({"on": True, "auth_class": SessionAuth}, "needs tools.session_auth.check_username_and_password"),
        ({"check_username_and_pasword": check}, "did you mean 'tools.session_auth.check_username_and_password'"),
    ],
)
def test_wrong_settings_are_refused_at_the_start(settings, problem):
    """Before any request."""
    with pytest.raises(ConfigError, match=problem):
        start({f"tools.session_auth.{name}": value for name, value in settings.items()})


def test_guessing_is_slowed():
    """By a limit of the rate for the address that takes the form."""
    guarded = client()
    guarded.handler.__self__.merge({
        "/secret/do_login": {"tools.rate_limit.on": True, "tools.rate_limit.rate": "3/minute"}})  # fmt: skip

    assert [log_in(guarded, password="guess").status for _ in range(4)] == [401, 401, 401, 429]
    assert guarded.get("/secret").status == 401


def test_nobody_is_told_more_than_needed():
    """A function that says no by True is answered by a sentence of ours; in the log stands no password."""
    answer = log_in(client(check_username_and_password=lambda username, password: True, debug=True))

    assert answer.status == 401
    assert "There is no such user with this password." in answer.text


@pytest.mark.parametrize("policy", ["default-src 'self'", "style-src 'none'", "default-src 'self'; script-src 'nonce'"])
def test_the_form_has_its_style_under_a_policy(policy):
    """The hash of the one style on the page is in the Content-Security-Policy."""
    config = {"tools.security_headers.on": True, "tools.security_headers.csp": policy, "tools.sessions.on": True}
    own = {"tools.session_auth.on": True, "tools.session_auth.check_username_and_password": check}
    answer = Client(LonelyApplication(Root(), "", {"/": config, "/secret": own})).get("/secret")
    digest = hashlib.sha256(found(r"(?s)<style>(.*)</style>", answer.text).encode()).digest()
    source = f"'sha256-{base64.b64encode(digest).decode()}'"

    assert source in found(r"style-src-elem ([^;]*)", answer.headers["Content-Security-Policy"])


def test_a_policy_that_nobody_knows_stays():
    """One that another part of the site has made, of words that are not in the standards, is sent as it is."""
    config = {"tools.sessions.on": True, "response.headers.Content-Security-Policy": "unheard-of 'self'"}
    own = {"tools.session_auth.on": True, "tools.session_auth.check_username_and_password": check}
    answer = Client(LonelyApplication(Root(), "", {"/": config, "/secret": own})).get("/secret")

    assert answer.headers["Content-Security-Policy"] == "unheard-of 'self'"


def test_guesses_are_counted_at_all_addresses_that_take_them():
    """Whoever has tried too often is refused by 429, even with the right password; pages are not counted."""
    guarded = client(attempts="2/minute")
    tried = [log_in(guarded, path, password="guess").status for path in ("/secret/do_login", "/secret/x/do_login")]
    assert tried == [401, 401]
    refused = log_in(guarded)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "30")
    assert [guarded.get("/secret").status for _ in range(3)] == [401] * 3
    assert log_in(guarded, client=("192.0.2.7", 4000)).status == 303


def test_attempts_may_be_said_by_the_class_and_are_a_rate():
    """A class with `attempts` limits them; what is no rate stops the start."""

    class Limited(SessionAuth):
        attempts = "1/minute"

    guarded = client(auth_class=Limited)
    assert [log_in(guarded, password="guess").status for _ in range(2)] == [401, 429]
    with pytest.raises(ConfigError, match="attempts: 'often' is no rate"):
        start({"tools.session_auth.attempts": "often"})
