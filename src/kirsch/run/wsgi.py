"""Applications and the site as WSGI applications, and WSGI applications in the site."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.application import Application as PlainApplication
from kirsch.app.context import present
from kirsch.app.site import Site
from kirsch.toolbox.static import StaticFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from kirsch.exchange import Exchange


ICON: Final = str(Path(__file__).parent.parent / "toolbox" / "favicon.ico")
"""What browsers show beside the name of a page, for sites that have none."""


class Pipeline:
    """A WSGI application with others around it, the first outermost.

    pipeline: pairs of name and factory; a factory is called with the next application and its settings. config: these
    settings, by name. tail: the application in the middle. head: what is called, made when first asked for; setting it
    to None has it made anew.
    """

    def __init__(self, tail: Callable[[], WSGIApplication]) -> None:
        self.pipeline: list[tuple[str, Callable[..., WSGIApplication]]] = []
        self.config: dict[str, dict[str, Any]] = {}
        self.head: WSGIApplication | None = None
        self._tail = tail

    @cached_property
    def tail(self) -> WSGIApplication:
        """The application without what is around it."""
        return self._tail()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer for a WSGI server (PEP 3333)."""
        head = self.head
        if head is None:
            head = self.tail
            for name, factory in reversed(self.pipeline):
                head = factory(head, **self.config.get(name, {}))
            self.head = head
        return head(environ, start_response)

    def configure(self, key: str, value: Any) -> None:
        """A setting of the namespace `wsgi`: `pipeline`, or `<name>.<argument>`. Twice the same is as good as once."""
        name, dot, argument = key.partition(".")
        if dot:
            self.config.setdefault(name, {})[argument] = value
        elif key == "pipeline":
            known = [stage for stage, _ in self.pipeline]
            self.pipeline += [(stage, factory) for stage, factory in value if stage not in known]
        self.head = None


class Application(PlainApplication):
    """An application that any WSGI server can run, and that may have WSGI middleware around it.

    acquire_thread: called before each request that another server brings, on its thread: ours says it once, itself.
    """

    acquire_thread: Callable[[], object] | None = None

    @cached_property
    def wsgiapp(self) -> Pipeline:
        """What is called for WSGI."""
        return Pipeline(self._as_wsgi)

    def _as_wsgi(self) -> WSGIApplication:
        from kirsch.gateway.wsgi_door import as_wsgi

        return as_wsgi(self._hosted_inside)

    def _hosted_inside(self, exchange: Exchange) -> None:
        self.announce_thread()
        self.enter(exchange, self.answer)

    def hosted(self, exchange: Exchange) -> None:
        """Answer an exchange on a thread of another server's, through the middleware if there is some."""
        self.announce_thread()
        self.handle(exchange)

    @classmethod
    def announce_thread(cls) -> None:
        """The thread is one that serves from here on."""
        if cls.acquire_thread is not None:
            cls.acquire_thread()

    def merge(self, config: Any) -> None:
        """As of any application; middleware is put around it (`wsgi.pipeline`)."""
        self.namespaces.setdefault("wsgi", self._set_wsgi)
        super().merge(config)

    def _set_wsgi(self, key: str, value: Any) -> None:
        self.wsgiapp.configure(key, value)
        self.pipeline = self.wsgiapp.pipeline

    def serve_through(self, exchange: Exchange) -> None:
        """Answer through the middleware, which speaks WSGI, wherever the exchange comes from."""
        self._through(exchange)

    @cached_property
    def _through(self) -> Callable[[Exchange], None]:
        from kirsch.gateway.wsgi import WSGIHandler

        return WSGIHandler(self.wsgiapp, self.script_name or "")

    def environ(self, exchange: Exchange) -> dict[str, Any]:
        """What a WSGI application would be told of a request that came without WSGI: for `request.wsgi_environ`."""
        from kirsch.gateway.wsgi import WSGIHandler

        return WSGIHandler(self.wsgiapp, self.script_name or "").environ_of(exchange)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer for a WSGI server (PEP 3333)."""
        return self.wsgiapp(environ, start_response)


class Tree(Site):
    """The site: what is mounted where. It is itself a WSGI application."""

    application_class = Application

    def mount(self, root: Any, script_name: str = "", config: Any = None) -> PlainApplication:
        """As of any site. An object at the root of the site has an icon, unless it has a `favicon_ico` of its own."""
        application = super().mount(root, script_name, config)
        if application is not root and root is not None and application.script_name == "":
            application.resources.dispatcher.spare["favicon_ico"] = StaticFile().handler(filename=ICON)
        return application

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

        return as_wsgi(self.hosted)

    def hosted(self, exchange: Exchange) -> None:
        """Answer an exchange on a thread of another server's."""
        Application.announce_thread()
        self.handle(exchange)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Answer for a WSGI server (PEP 3333)."""
        return self._wsgi(environ, start_response)
