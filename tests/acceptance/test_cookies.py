"""Section 9 of the acceptance list: cookies."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import kirsch as cherrypy
from tests.acceptance.sites import mounted
from tests.acceptance.ways import new_client


def test_C_01_cookies_of_the_browser():
    """By name, with their values."""

    def page():
        cookie = cherrypy.request.cookie
        return repr({name: cookie[name].value for name in cookie.keys()})  # noqa: SIM118

    assert mounted(page).get("/page", headers={"Cookie": "a=1; b=2"}).text == "{'a': '1', 'b': '2'}"


def set_cookie(**attributes):
    """The Set-Cookie line of a cookie with these attributes."""

    def page():
        cookie = cherrypy.response.cookie
        cookie["n"] = "value"
        for name, value in attributes.items():
            cookie["n"][name.replace("_", "-")] = value

    return mounted(page).get("/page").headers["Set-Cookie"]


def test_C_02_set():
    """By name."""
    assert set_cookie() == "n=value"


def test_C_03_attributes():
    """As items of the cookie."""
    assert set_cookie(path="/", max_age=3600, version=1) == "n=value; Max-Age=3600; Path=/; Version=1"


def test_C_04_copy():
    """Only what is set in the response is sent."""

    def page():
        cherrypy.response.cookie["a"] = cherrypy.request.cookie["a"].value

    answer = mounted(page).get("/page", headers={"Cookie": "a=1; b=2"})

    assert answer.headers.getall("Set-Cookie") == ["a=1"]


def test_C_05_expire():
    """0 sends the browser a date in the past, and Max-Age=0; it does not send the cookie again."""
    line = set_cookie(expires=0)

    assert line == "n=value; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"

    client = new_client()
    client.cookies["n"] = "x"
    client.get("/page")

    assert client.cookies == {}
