from __future__ import annotations

import pytest

import kirsch
from kirsch.app.place import ConfigError
from tests.app.pages import site, start

A, B = "https://a.example", "https://b.example"
SESSION = "Access-Control-Allow-Credentials"


class Methods:
    """By method, and no OPTIONS among them."""

    exposed = True

    def GET(self):  # noqa: N802
        return "got"


class Root:
    """Pages that go well, fail, and send elsewhere."""

    methods = Methods()

    @kirsch.expose
    def index(self):
        kirsch.response.headers["Vary"] = "Accept"
        return "page"

    @kirsch.expose
    def fails(self):
        raise ValueError

    @kirsch.expose
    def refuses(self):
        raise kirsch.HTTPError(403)

    @kirsch.expose
    def leads(self):
        raise kirsch.HTTPRedirect("/")


def guard():
    """Lets nobody in."""
    raise kirsch.HTTPError(401)


def client(**settings):
    """A client of the site, with these settings of the tool."""
    config = {"tools.cors.on": True, **{f"tools.cors.{name}": value for name, value in settings.items()}}
    guarded = {"hooks.on_start_resource": guard, "hooks.before_request_body": guard, "hooks.before_handler": guard}
    by_method = {"request.dispatch": kirsch.dispatch.MethodDispatcher()}
    return site(Root(), {"/": config, "/methods": by_method, "/guarded": guarded})


def told(answer):
    """What an answer says of other origins."""
    return {name: value for name, value in answer.headers.items() if name.startswith("Access-Control-")}


def ask(client, path="/", origin=A, method="GET", **fields):
    """The question beforehand."""
    given = {"Origin": origin, "Access-Control-Request-Method": method}
    given.update({f"Access-Control-Request-{name}": value for name, value in fields.items()})
    return client.options(path, headers=given)


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/fails", 500), ("/refuses", 403), ("/leads", 303), ("/nowhere", 404)]
)
def test_any_answer_is_marked(path, status):
    """Errors too: a script shall see what went wrong."""
    answer = client(origins=[A], credentials=True).get(path, headers={"Origin": A})

    assert answer.status == status
    assert told(answer) == {"Access-Control-Allow-Origin": A, SESSION: "true"}
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("headers", [{}, {"Origin": B}, {"Origin": "null"}])
def test_others_are_told_nothing(headers):
    """But that the answer depends on who asks, so that no cache gives it to others."""
    answer = client(origins=A).get("/", headers=headers)

    assert (answer.status, told(answer), answer.headers["Vary"]) == (200, {}, "Accept, Origin")


def test_all_the_world():
    """What is the same for all does not vary."""
    answer = client(origins="*", expose_headers="X-A").get("/", headers={"Origin": B})

    assert told(answer) == {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "X-A"}
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize("path", ["/", "/fails", "/methods", "/nowhere", "/index/not/that/many", "/guarded"])
def test_the_question_is_answered_before_anything_else(path):
    """No guard stands before it, no page is called, and none need be there."""
    answer = ask(client(origins=A), path)

    assert (answer.status, answer.text, answer.headers["Vary"]) == (204, "", "Origin")
    assert told(answer) == {
        "Access-Control-Allow-Origin": A,
        "Access-Control-Allow-Methods": "GET, HEAD, POST",
        "Access-Control-Max-Age": "600",
    }


def test_the_question_of_others():
    """It is refused, and says nothing."""
    answer = ask(client(origins=A), origin=B)

    assert (answer.status, told(answer)) == (403, {})


def test_a_page_may_answer_options():
    """What is no question of a browser is the page's."""
    answer = client(origins=A).options("/", headers={"Origin": A})

    assert (answer.status, answer.text) == (200, "page")


@pytest.mark.parametrize(
    ("settings", "asked", "expected"),
    [
        ({"methods": "*"}, {"method": "PATCH"}, {"Allow-Methods": "PATCH"}),
        ({"methods": ["PUT"], "max_age": None}, {"method": "PATCH"}, {"Allow-Methods": "PUT"}),
        ({"headers": "*"}, {"Headers": "X-A, content-type"}, {"Allow-Headers": "x-a, content-type"}),
        ({"headers": "*"}, {"Headers": "X-A\x80<"}, {}),
        ({"headers": ["X-A"]}, {"Headers": "X-B"}, {"Allow-Headers": "X-A"}),
        ({"private_network": True}, {"Private-Network": "true"}, {"Allow-Private-Network": "true"}),
        ({}, {"Private-Network": "true"}, {}),
        ({"credentials": True}, {}, {"Allow-Credentials": "true"}),
    ],
)
def test_what_may_be_sent(settings, asked, expected):
    """As config says, or what is asked for where it says all."""
    found = told(ask(client(origins=A, **settings), **asked))

    assert {f"Access-Control-{name}": value for name, value in expected.items()}.items() <= found.items()
    assert ("Access-Control-Max-Age" in found) is ("max_age" not in settings)
    assert len(found) <= 5


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"origins": ["*", A], "credentials": True}, "every page of the world"),
        ({"origins": "null", "credentials": True}, "every page of the world"),
        ({"origins": A, "credentials": True, "expose_headers": "*"}, "browsers want names"),
        ({"origins": f"{A}/"}, "is no origin"),
        ({"origins": [1]}, "expected a value of origins"),
        ({"origins": A, "methods": "GET, POST"}, "expected"),
        ({"origins": A, "headers": ["X A"]}, "expected"),
        ({"origins": A, "max_age": -1}, "from 0 to 86400"),
    ],
)
def test_what_makes_no_sense_is_refused_at_the_start(settings, problem):
    """As dangerous, or as something that no browser would understand."""
    config = {"tools.cors.on": True, **{f"tools.cors.{name}": value for name, value in settings.items()}}
    with pytest.raises(ConfigError, match=problem):
        start(config)
