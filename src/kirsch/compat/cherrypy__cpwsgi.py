"""`cherrypy._cpwsgi`, and `cherrypy.wsgi`: applications for WSGI servers, and what can be put around them."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from kirsch.compat.cherrypy__cperror import bare_error
from kirsch.run.wsgi import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from kirsch.run.wsgi import Application

__all__ = [
    "AppResponse", "CPWSGIApp", "ExceptionTrapper", "InternalRedirector", "VirtualHost", "downgrade_wsgi_ux_to_1x",
]  # fmt: skip

_log = logging.getLogger("kirsch.error")


def downgrade_wsgi_ux_to_1x(environ: WSGIEnvironment) -> dict[Any, Any]:
    """An environ in bytes, as WSGI was on Python 2."""
    return {
        key.encode("latin-1"): value.encode("latin-1") if isinstance(value, str) else value
        for key, value in environ.items()
    }


class VirtualHost:
    """Chooses an application by the host of the request. Names of hosts are looked for as they are."""

    def __init__(
        self,
        default: WSGIApplication,
        domains: dict[str, WSGIApplication] | None = None,
        use_x_forwarded_host: bool = True,
    ) -> None:
        self.default = default
        self.domains = domains or {}
        self.use_x_forwarded_host = use_x_forwarded_host

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer for a WSGI server."""
        domain = environ.get("HTTP_HOST", "")
        if self.use_x_forwarded_host:
            domain = environ.get("HTTP_X_FORWARDED_HOST", domain)
        return self.domains.get(domain, self.default)(environ, start_response)


class InternalRedirector:
    """Only hands on: an application follows its redirects inside by itself."""

    def __init__(self, nextapp: WSGIApplication, recursive: bool = False) -> None:
        self.nextapp = nextapp
        self.recursive = recursive

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer for a WSGI server."""
        return self.nextapp(environ, start_response)


class ExceptionTrapper:
    """Answers 500, and logs it, where what is inside raises. throws: what goes through."""

    def __init__(
        self, nextapp: WSGIApplication, throws: tuple[type[BaseException], ...] = (KeyboardInterrupt, SystemExit)
    ) -> None:
        self.nextapp = nextapp
        self.throws = throws

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        """Answer for a WSGI server."""
        body: Iterable[bytes] = ()
        try:
            body = self.nextapp(environ, start_response)
            yield from body
        except self.throws:
            raise
        except Exception:
            _log.exception("A WSGI application has failed")
            status, fields, pieces = bare_error()
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]
            start_response(status.decode("latin-1"), headers, sys.exc_info())  # raises, if the head is out already
            yield from pieces
        finally:
            if hasattr(body, "close"):
                body.close()


class AppResponse:
    """The answer of an application to one request, piece by piece."""

    def __init__(self, environ: WSGIEnvironment, start_response: StartResponse, cpapp: Application) -> None:
        self.cpapp = cpapp
        self.environ = environ
        self._body = cpapp.wsgiapp.tail(environ, start_response)
        self._pieces = iter(self._body)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """The request is over."""
        if hasattr(self._body, "close"):
            self._body.close()


class CPWSGIApp(Pipeline):
    """An application with others around it."""

    response_class = AppResponse

    def __init__(
        self, cpapp: Application, pipeline: Iterable[tuple[str, Callable[..., WSGIApplication]]] | None = None
    ) -> None:
        super().__init__(lambda: cpapp.wsgiapp.tail)
        self.cpapp = cpapp
        self.pipeline.extend(pipeline or ())

    def namespace_handler(self, k: str, v: Any) -> None:
        """A setting of the namespace `wsgi`."""
        if k == "response_class":
            self.response_class = v
        else:
            self.configure(k, v)
