"""Errors: a page raises HTTPError to be answered by one, and config says what the page of an error looks like."""

from __future__ import annotations

from typing import Any

import kirsch as cherrypy
from kirsch.compat.cherrypy_tutorial import CONFIG


def forbidden(**said: Any) -> str:
    """A page of one's own. said: `status`, `message`, `traceback` and `version`."""
    return f"<!DOCTYPE html><title>Closed</title><h1>Closed</h1><p>{said['message']} ({said['status']})</p>"


class HTTPErrorDemo:
    """The site."""

    _cp_config = {"error_page.403": forbidden}  # noqa: RUF012 - as applications have it

    @cherrypy.expose
    def index(self) -> str:
        """Ways to fail."""
        shown = cherrypy.config.get("request.show_tracebacks", False)
        return f"""
            <p>Tracebacks are {"shown" if shown else "hidden"}: <a href="toggleTracebacks">change that</a></p>
            <p><a href="doesNotExist">A page that is not there</a></p>
            <p><a href="error?code=403">One that is closed, with a page of its own</a></p>
            <p><a href="error?code=500">One that has failed</a></p>
            <p><a href="messageArg">One with a message</a></p>
        """

    @cherrypy.expose
    def toggleTracebacks(self) -> None:
        """Config may be changed while the site runs."""
        shown = cherrypy.config.get("request.show_tracebacks", False)
        cherrypy.config.update({"request.show_tracebacks": not shown})
        raise cherrypy.HTTPRedirect("/")

    @cherrypy.expose
    def error(self, code: int) -> None:
        """An error by its number."""
        raise cherrypy.HTTPError(code)

    @cherrypy.expose
    def messageArg(self) -> None:
        """An error with a message of one's own."""
        raise cherrypy.HTTPError(500, "Something has gone wrong, and this page knows what.")


if __name__ == "__main__":
    cherrypy.quickstart(HTTPErrorDemo(), config=CONFIG)
