from __future__ import annotations

import hmac
from functools import partial

import pytest

import kirsch
from kirsch.app.place import ConfigError
from kirsch.http.credentials import parse_challenges
from kirsch.http.passwords import Busy
from kirsch.toolbox.auth_basic import basic_auth, checkpassword_dict
from tests.app.pages import page, site, start

USERS = {"ada": "löve:lace", "empty": ""}


def who():
    """The page: who asks."""
    return f"hello {kirsch.request.login}"


def client(check=None, handler=who, **settings):
    """A client of a guarded page."""
    settings = {"on": True, "realm": "A realm", "checkpassword": check or checkpassword_dict(USERS), **settings}
    return page(handler, {f"tools.auth_basic.{name}": value for name, value in settings.items()})


@pytest.mark.parametrize(
    ("auth", "status"),
    [
        (("ada", "löve:lace"), 200),
        (("ada", "lo\u0308ve:lace"), 200),
        (("ada", "love:lace"), 401),
        (("ada", ""), 401),
        (("Ada", "löve:lace"), 401),
        (("nobody", "löve:lace"), 401),
        (("empty", ""), 401),
        (None, 401),
    ],
)
def test_who_has_the_password_is_let_in(auth, status):
    """Nobody else, and nobody without one."""
    answer = client().get("/", auth=auth)

    assert answer.status == status
    assert (answer.text == "hello ada") is (status == 200)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("Basic", 400),
        ("Basic !!!!", 400),
        ("Basic YWRh", 400),
        ("Basic YWRhOnB3, Basic YWRhOnB3", 400),
        ("Basic " + "A" * 9000, 400),
        ("Bearer abc", 401),
        ("Digest username=x", 401),
        ("basic YWRhOmzDtnZlOmxhY2U=", 200),
        ("Basic YWRhOmz2dmU6bGFjZQ==", 200),
    ],
)
def test_what_is_sent(value, status):
    """What is not by the rules is a 400, another scheme is asked for Basic; without UTF-8 it is ISO-8859-1."""
    assert client().get("/", headers={"Authorization": value}).status == status


def test_nobody_takes_as_long_as_a_wrong_password(monkeypatch):
    """Hashes of equal length are compared in constant time, for users that there are and for others."""
    compared = []
    same = hmac.compare_digest
    monkeypatch.setattr(
        hmac, "compare_digest", lambda one, other: compared.append((len(one), len(other))) or same(one, other)
    )
    check = checkpassword_dict(USERS)

    assert [check("A realm", user, "guess") for user in ("ada", "nobody", "empty")] == [False] * 3
    assert compared == [(32, 32)] * 3


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, 'Basic realm="A realm", charset="UTF-8"'),
        ({"accept_charset": "iso-8859-1"}, 'Basic realm="A realm"'),
        ({"realm": "Für alle, immer"}, 'Basic realm="Für alle, immer", charset="UTF-8"'),
    ],
)
def test_the_challenge(settings, expected):
    """Browsers are told the realm, and what to write in."""
    value = client(**settings).get("/").headers["WWW-Authenticate"]

    assert value == expected
    assert parse_challenges(value)[0].params["realm"] == settings.get("realm", "A realm")


async def coroutine(*_):
    """Is true before anybody has looked."""
    return False


class Called:
    """The same, as an object."""

    async def __call__(self, *_):
        return False


def test_a_coroutine_is_no_yes():
    """A function that gives one, which is true, lets nobody in."""
    made = []
    answer = client(lambda *said: made.append(coroutine(*said)) or made[0]).get("/", auth=("a", "b"))
    made[0].close()

    assert answer.status == 500
    assert "whether a password is right, and has given coroutine" in str(answer.error)


def test_what_the_function_raises_is_no_fault_of_the_client():
    """A ValueError of its own is a 500; so many passwords at once that it cannot be asked is a 503."""

    def raises(error):
        def check(realm, user, password):
            raise error

        return client(check).get("/", auth=("a", "b"))

    assert raises(ValueError("broken")).status == 500
    assert raises(Busy("busy")).status == 503
    assert raises(Busy("busy")).headers["Retry-After"] == "2"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"realm": 'a"b'}, "without quotes"),
        ({"realm": "a\r\nX: y"}, "control characters"),
        ({"realm": "a\\b"}, "backslashes"),
        ({"realm": ""}, "realm"),
        ({"checkpassword": "secret"}, "can be called"),
        ({"checkpassword": coroutine}, "is not `async def`"),
        ({"checkpassword": partial(coroutine, "realm")}, "is not `async def`"),
        ({"checkpassword": Called()}, "is not `async def`"),
        ({"accept_charset": "klingon"}, "that Python knows"),
        ({"relam": "x"}, "did you mean 'tools.auth_basic.realm'"),
    ],
)
def test_wrong_settings_are_refused_at_the_start(settings, problem):
    """Before any request: nothing of a realm can break out of its quotes, or its line."""
    with pytest.raises(ConfigError, match=problem):
        start({f"tools.auth_basic.{name}": value for name, value in settings.items()})


@pytest.mark.parametrize("name", ["realm", "checkpassword"])
def test_what_is_needed_is_named(name):
    """At the start; and a page whose guard lacks something is not shown to anybody."""
    settings = {"realm": "A realm", "checkpassword": checkpassword_dict(USERS)}
    del settings[name]
    config = {"tools.auth_basic.on": True} | {f"tools.auth_basic.{key}": settings[key] for key in settings}
    answer = page(who, config).get("/", auth=("ada", "löve:lace"))

    with pytest.raises(ConfigError, match=f"needs tools.auth_basic.{name}, too"):
        start(config)
    assert answer.status == 500
    assert f"tools.auth_basic.{name}" in str(answer.error)


def test_it_can_be_said_in_parts():
    """The realm at one place, and the function at another below it."""

    class Root:
        @kirsch.expose
        @kirsch.tools.auth_basic(realm="A realm")
        def index(self):
            return who()

    config = {"/": {"tools.auth_basic.checkpassword": checkpassword_dict(USERS)}}

    assert site(Root(), config).get("/", auth=("ada", "löve:lace")).text == "hello ada"
    assert site(Root(), config).get("/").status == 401


def test_by_hand():
    """In a page, as a function of the old library."""

    def guarded():
        kirsch.tools.auth_basic.callable("By hand", checkpassword_dict(USERS))
        basic_auth(realm="By hand", checkpassword=checkpassword_dict(USERS))
        return who()

    assert page(guarded).get("/").headers["WWW-Authenticate"] == 'Basic realm="By hand", charset="UTF-8"'
    assert page(guarded).get("/", auth=("ada", "löve:lace")).text == "hello ada"


def test_it_runs_before_the_page():
    """Who is not let in has no effect, with any method; and what is in the log tells no password."""
    done = []
    guarded = client(handler=lambda **_: done.append(1), debug=True)

    assert [guarded.request(method, "/", auth=("ada", "no")).status for method in ("GET", "HEAD", "POST", "PUT")] == [
        401
    ] * 4
    assert not done
