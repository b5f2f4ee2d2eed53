"""Pages whose parameters are converted by annotations, which CherryPy wants as objects: so nothing is imported here."""
# ruff: noqa: RUF012 - see above; and `_cp_config` is written as every application writes it

from tests.differential.pages.face import cherrypy


def doubled(text):
    """An annotation that is a function."""
    return int(text) * 2


class Converted:
    """See the module."""

    _cp_config = {"tools.params.on": True}

    @cherrypy.expose
    def number(self, x: int = 0):
        return repr(x)

    @cherrypy.expose
    def real(self, x: float = 0.0):
        return repr(x)

    @cherrypy.expose
    def text(self, x: str = ""):
        return repr(x)

    @cherrypy.expose
    def own(self, x: doubled = 0):  # type: ignore[valid-type]
        return repr(x)

    @cherrypy.expose
    def plain(self, x=None):
        return repr(x)

    @cherrypy.expose
    @cherrypy.tools.params(error=422)
    def other(self, x: int = 0):
        return repr(x)
