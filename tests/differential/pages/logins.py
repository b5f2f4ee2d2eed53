"""Pages for those alone who have a password: by Basic, and by Digest."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

import importlib
from typing import Any

from tests.differential.pages.face import cherrypy

USERS = {"ada": "lovelace", "jäs": "söder", "empty": ""}
KEY = "a565c27146791cfb"
MD5 = {"ada": "7bac96508183a04de9bcd91e5e708bd2"}


def library(name: str) -> Any:
    """A module of `cherrypy.lib`, which Kirsch loads when it is asked for."""
    return (
        getattr(cherrypy.lib, name)
        if cherrypy.__name__ == "kirsch"
        else importlib.import_module(f"cherrypy.lib.{name}")
    )


basic, digest = library("auth_basic"), library("auth_digest")


def failing(realm, user, password):
    """A function with a mistake in it."""
    raise ValueError("broken")


class Pages:
    """Who asks."""

    @cherrypy.expose
    def index(self, *args, **params):
        return f"{cherrypy.request.login!r} {args!r} {sorted(params.items())!r}"

    default = index


class Basic(Pages):
    """With the password each time."""

    _cp_config = {
        "tools.auth_basic.on": True,
        "tools.auth_basic.realm": "A realm",
        "tools.auth_basic.checkpassword": basic.checkpassword_dict(USERS),
    }


class Latin(Basic):
    """In an old charset."""

    _cp_config = {**Basic._cp_config, "tools.auth_basic.accept_charset": "ISO-8859-1"}


class Failing(Basic):
    """With a function that fails."""

    _cp_config = {**Basic._cp_config, "tools.auth_basic.checkpassword": failing}


class Digest(Pages):
    """With a sum each time."""

    _cp_config = {
        "tools.auth_digest.on": True,
        "tools.auth_digest.realm": "A realm",
        "tools.auth_digest.get_ha1": digest.get_ha1_dict_plain(USERS),
        "tools.auth_digest.key": KEY,
    }


class Sums(Digest):
    """Where the sums are kept."""

    _cp_config = {**Digest._cp_config, "tools.auth_digest.get_ha1": digest.get_ha1_dict(MD5)}


def wrong(username, password):
    """What is wrong with a user and password, if anything."""
    return "" if USERS.get(username) == password else "no <such> user"


class Members(Pages):
    """With a login and a session."""

    _cp_config = {
        "tools.sessions.on": True,
        "tools.session_auth.on": True,
        "tools.session_auth.check_username_and_password": wrong,
    }


class Guests(Members):
    """Where nobody needs to log in, and the form is another one."""

    _cp_config = {
        **Members._cp_config,
        "tools.session_auth.anonymous": lambda: "guest",
        "tools.session_auth.login_screen": lambda **words: f"form {sorted(words.items())!r}".encode(),
    }


class Logins(Pages):
    """All of them."""

    basic = Basic()
    latin = Latin()
    failing = Failing()
    digest = Digest()
    sums = Sums()
    members = Members()
    guests = Guests()

    @cherrypy.expose
    def by_hand(self):
        basic.basic_auth("By hand", basic.checkpassword_dict(USERS))
        return cherrypy.request.login
