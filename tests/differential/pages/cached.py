"""Pages behind `tools.caching`, which count how often they were made, and pages under `tools.autovary`."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

from collections import Counter

from tests.differential.pages.face import cherrypy

made = Counter()


def count(name):
    """How often a page of this name was made, in words."""
    made[name] += 1
    return f"{name} made {made[name]} times"


class Cached:
    """Each page takes a name, so that no two requests of the list are about the same copy."""

    _cp_config: dict[str, object] = {"tools.caching.on": True, "tools.caching.antistampede_timeout": 0.05}

    @cherrypy.expose
    def plain(self, name, **_):
        return count(name)

    @cherrypy.expose
    def says(self, name, field, value, status="200"):
        cherrypy.response.headers[field] = value
        cherrypy.response.status = int(status)
        return count(name)

    @cherrypy.expose
    def raises(self, name, status):
        count(name)
        raise cherrypy.HTTPError(int(status), f"said {made[name]} times")

    @cherrypy.expose
    def leads(self, name):
        raise cherrypy.HTTPRedirect(f"/{count(name).replace(' ', '-')}")

    @cherrypy.expose
    def cookie(self, name):
        cherrypy.response.cookie["visits"] = made[name]
        return count(name)

    @cherrypy.expose
    def dated(self, name):
        cherrypy.response.headers["Last-Modified"] = "Sun, 06 Nov 1994 08:49:37 GMT"
        return count(name)

    @cherrypy.expose
    def varies(self, name):
        cherrypy.response.headers["Vary"] = "X-A, X-B"
        headers = cherrypy.request.headers
        return f"{count(name)}: {headers.get('X-A')} {headers.get('X-B')}"

    @cherrypy.expose
    def told(self, name):
        return f"{count(name)}: cached {cherrypy.request.cached}, cacheable {cherrypy.request.cacheable}"


IGNORED = ["Content-Disposition", "Content-Length", "Content-Type", "Accept-Charset"]
"""As by default, and what CherryPy's encode tool looks at for every page."""


class Varying:
    """What each looks at is named in Vary."""

    _cp_config: dict[str, object] = {"tools.autovary.on": True, "tools.autovary.ignore": IGNORED}

    @cherrypy.expose
    def nothing(self):
        return "nothing"

    @cherrypy.expose
    def by_get(self):
        return f"{cherrypy.request.headers.get('Accept-Language')}"

    @cherrypy.expose
    def by_item(self):
        return cherrypy.request.headers["Accept"]

    @cherrypy.expose
    def by_in(self):
        return f"{'X-B' in cherrypy.request.headers} {'X-A' in cherrypy.request.headers}"

    @cherrypy.expose
    def by_elements(self):
        return f"{[str(each) for each in cherrypy.request.headers.elements('Accept')]}"

    @cherrypy.expose
    def said(self):
        cherrypy.response.headers["Vary"] = "X-Z, Accept"
        return f"{cherrypy.request.headers.get('X-A')}"

    @cherrypy.expose
    def ignored(self):
        return f"{cherrypy.request.headers.get('Content-Type')} {cherrypy.request.headers.get('Content-Length')}"

    @cherrypy.expose
    @cherrypy.config(**{"tools.autovary.ignore": ["X-A", "Accept-Charset"]})
    def other_ignored(self):
        return f"{cherrypy.request.headers.get('X-A')} {cherrypy.request.headers.get('X-B')}"

    @cherrypy.expose
    def host(self):
        return f"{cherrypy.request.headers.get('Host')}"

    @cherrypy.expose
    def refused(self):
        raise cherrypy.HTTPError(403, f"said {cherrypy.request.headers.get('X-A')}")

    @cherrypy.expose
    @cherrypy.config(**{"tools.sessions.on": True})
    def with_session(self):
        return "session"
