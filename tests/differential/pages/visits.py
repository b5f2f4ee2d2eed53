"""Pages that use their session in every way, in memory and in files. A request says what its new id shall be."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

import tempfile
from typing import Any

from tests.differential.pages.face import cherrypy
from tests.differential.pages.logins import library

sessions: Any = library("sessions")


class Named:
    """Ids that both servers give alike: what the field X-Id says, and how often this request has needed one."""

    tries = 0

    def generate_id(self):
        self.tries += 1
        return f"{cherrypy.request.headers.get('X-Id', 'nobody')}-{self.tries}".rjust(40, "0")


class InMemory(Named, sessions.RamSession):
    pass


class InFiles(Named, sessions.FileSession):
    pass


class Visits:
    """What can be done with a session."""

    @cherrypy.expose
    def nothing(self):
        return "nothing"

    @cherrypy.expose
    def put(self, **entries):
        for name, value in entries.items():
            cherrypy.session[name] = value
        return "put"

    @cherrypy.expose
    def all(self):
        return repr(sorted(cherrypy.session.items()))

    @cherrypy.expose
    def names(self):
        session = cherrypy.session
        return repr(
            [sorted(session.keys()), sorted(session.values()), "a" in session, session.get("b"), session.get("x", 7)]
        )

    @cherrypy.expose
    def item(self, name):
        try:
            return repr(cherrypy.session[name])
        except KeyError as error:
            return f"KeyError {error}"

    @cherrypy.expose
    def remove(self, name):
        del cherrypy.session[name]
        return repr(cherrypy.session.pop("nothing", "default"))

    @cherrypy.expose
    def clear(self):
        cherrypy.session.clear()
        return repr(sorted(cherrypy.session.items()))

    @cherrypy.expose
    def more(self):
        cherrypy.session.update({"u": 1})
        return repr([cherrypy.session.setdefault("s", []), cherrypy.session.setdefault("u", 2)])

    @cherrypy.expose
    def deep(self):
        cherrypy.session.setdefault("s", []).append(len(cherrypy.session["s"]))
        return repr(cherrypy.session["s"])

    @cherrypy.expose
    def told(self):
        session = cherrypy.session
        session.get("a")
        return repr([session.id.lstrip("0"), session.originalid, session.missing, session.regenerated, session.locked])

    @cherrypy.expose
    def regenerate(self):
        cherrypy.session.get("a")
        cherrypy.session.regenerate()
        return cherrypy.session.id.lstrip("0")

    @cherrypy.expose
    def by_tool(self):
        cherrypy.session.get("a")
        cherrypy.tools.sessions.regenerate()
        return repr(cherrypy.session.regenerated)

    @cherrypy.expose
    def delete(self):
        cherrypy.session.delete()
        return "deleted"

    @cherrypy.expose
    def expire(self):
        sessions.expire()
        return "expired"

    @cherrypy.expose
    def refuse(self):
        cherrypy.session["a"] = "refused"
        raise cherrypy.HTTPError(403)

    @cherrypy.expose
    def elsewhere(self):
        cherrypy.session["a"] = "elsewhere"
        raise cherrypy.HTTPRedirect("/visits/memory/all")

    @cherrypy.expose
    def pieces(self):
        cherrypy.session["p"] = 1
        yield "one "
        cherrypy.session["p"] = 2
        yield "two"

    @cherrypy.expose
    def stream(self):
        cherrypy.session["p"] = 3
        yield "one "
        cherrypy.session["p"] = 4
        yield "two"

    stream._cp_config = {"response.stream": True}

    @cherrypy.expose
    def save(self):
        cherrypy.session["a"] = "saved"
        cherrypy.session.save()
        return "saved"


class Memory(Visits):
    _cp_config = {"tools.sessions.on": True, "tools.sessions.storage_class": InMemory}


class Files(Visits):
    _cp_config = {
        "tools.sessions.on": True,
        "tools.sessions.storage_class": InFiles,
        "tools.sessions.storage_path": tempfile.mkdtemp(prefix="visits"),
    }


class Cookies(Visits):
    """With a cookie of its own kind."""

    _cp_config = {
        **Memory._cp_config,
        "tools.sessions.name": "own",
        "tools.sessions.path": "/visits/cookies",
        "tools.sessions.timeout": 5,
        "tools.sessions.domain": "site.test",
        "tools.sessions.secure": True,
        "tools.sessions.httponly": True,
    }


class Passing(Visits):
    """With a cookie for as long as the browser is open, and a path that the request says."""

    _cp_config = {**Memory._cp_config, "tools.sessions.persistent": False, "tools.sessions.path_header": "X-Path"}


class Explicit(Visits):
    """Without locks but those that pages take."""

    _cp_config = {**Memory._cp_config, "tools.sessions.locking": "explicit"}

    @cherrypy.expose
    def lock(self):
        cherrypy.session.acquire_lock()
        cherrypy.session["l"] = cherrypy.session.get("l", 0) + 1
        told = cherrypy.session.locked
        cherrypy.session.release_lock()
        return f"{told} {cherrypy.session.locked} {cherrypy.session['l']}"


class AllVisits:
    """All of them."""

    memory = Memory()
    files = Files()
    cookies = Cookies()
    passing = Passing()
    explicit = Explicit()
