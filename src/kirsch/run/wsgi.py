"""Applications and the site as WSGI applications, and WSGI applications in the site."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from kirsch.app.application import Application as PlainApplication
from kirsch.app.context import present
from kirsch.app.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class Application(PlainApplication):
    """An application that any WSGI server can run."""

    @cached_property
    def wsgiapp(self) -> WSGIApplication:
        """What is called for WSGI."""
        from kirsch.gateway.wsgi_door import as_wsgi

        return as_wsgi(self.handle)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer for a WSGI server (PEP 3333)."""
        return self.wsgiapp(environ, start_response)


class Tree(Site):
    """The site: what is mounted where. It is itself a WSGI application."""

    application_class = Application

    def graft(self, wsgi_callable: WSGIApplication, script_name: str = "") -> None:
        """Put a WSGI application at a path. Tools and hooks do not apply to it."""
        if isinstance(wsgi_callable, Application):
            self._put(script_name.rstrip("/"), wsgi_callable, wsgi_callable.serve)
            return
        from kirsch.gateway.wsgi import WSGIHandler

        prefix = script_name.rstrip("/")
        self.put(WSGIHandler(wsgi_callable, prefix), prefix, wsgi_callable)

    def script_name(self, path: str | None = None) -> str | None:
        """The mount point that a path belongs to; by default the path that is being answered. None without one."""
        if path is None:
            request = present()
            path = request.script_name + request.path_info
        return self.prefix(path)

    @cached_property
    def _wsgi(self) -> WSGIApplication:
        from kirsch.gateway.wsgi_door import as_wsgi

        return as_wsgi(self.handle)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Answer for a WSGI server (PEP 3333)."""
        return self._wsgi(environ, start_response)
