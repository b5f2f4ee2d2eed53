"""The dispatchers that config can name for a path (`request.dispatch`): by methods, by host, for XML-RPC, by routes.

A dispatcher is any callable of a path: it gives the Found, as these do, or sets the request's `handler` and `config` by
hand. One may call another with a path of its own. Where config names none, the usual one is not called: resources.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kirsch.app.context import present
from kirsch.app.errors import HTTPError, HTTPRedirect
from kirsch.app.trust import forwarded_host
from kirsch.dispatch.methods import allowed, method_of
from kirsch.dispatch.names import plain
from kirsch.dispatch.tree import Dispatcher as TreeDispatcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.app.request import Request
    from kirsch.dispatch.found import Found

__all__ = ["Dispatcher", "MethodDispatcher", "RoutesDispatcher", "VirtualHost", "XMLRPCDispatcher"]


class Guest(ABC):
    """A dispatcher that guests may call with a path, for the request being answered."""

    @abstractmethod
    def locate(self, request: Request, path: str) -> Found | None:
        """What a path leads to; None if another dispatcher that was asked has set handler and config by hand."""

    def __call__(self, path_info: str) -> Found | None:
        """Find the place for a path, and let the request go on from there: its handler and config are known then."""
        request = present()
        request.found = found = self.locate(request, path_info)
        if found is not None and request.app is not None:
            request.resource = request.app.resources.made(found, request, self)
        return found


class Dispatcher(TreeDispatcher, Guest):
    """The usual one: a path names attributes, from node to node. See dispatch/tree.py for its arguments."""

    def find_handler(self, path: str) -> tuple[Any, list[str]]:
        """What answers a path, None for nothing, and its arguments. May be overridden."""
        request = present()
        root = request.app.root if request.app is not None else None
        request.found = found = self.find(root, path, request.params)
        return found.handler, found.rest

    def locate(self, request: Request, path: str) -> Found:
        """Walk the tree of the request's application."""
        root = request.app.root if request.app is not None else None
        if type(self).find_handler is Dispatcher.find_handler:
            return self.find(root, path, request.params)
        request.found = None
        handler, rest = self.find_handler(path)
        found: Found = request.found or self.find(root, path, request.params)
        found.handler, found.rest = handler, list(rest)
        return found


class MethodDispatcher(Dispatcher):
    """A path names an exposed object, and its attribute called like the request's method answers: GET, PUT …

    HEAD is answered by GET where there is no HEAD, OPTIONS with the methods there are, anything else with 405; the
    answer's `Allow` says what there is.
    """

    def locate(self, request: Request, path: str) -> Found:
        """The method of the resource that the path names."""
        found = super().locate(request, path)
        resource = found.handler
        if resource is None:
            return found
        method = request.method.upper()
        methods = ", ".join(allowed(resource))
        request.response.headers["Allow"] = methods
        found.path = (*found.path, method)
        found.handler = method_of(resource, method) or (_options if method == "OPTIONS" else _refusal(methods))
        return found


def _options(*_: Any, **__: Any) -> None:
    """OPTIONS, where a resource has nothing of its own to say to it: the fields of the answer say all."""
    present().response.status = 204


@lru_cache(256)
def _refusal(methods: str) -> Callable[..., Any]:
    """What answers a method that a resource does not have; the same for the same methods, so that it can be kept."""
    return HTTPError(405, f"This address answers {methods}.", headers={"Allow": methods})


class XMLRPCDispatcher(Guest):
    """For a part of the tree that XML-RPC clients call: `/RPC2` in front of a path is theirs, not ours."""

    def __init__(self, next_dispatcher: Any = None) -> None:
        self.next_dispatcher = next_dispatcher or Dispatcher()

    def locate(self, request: Request, path: str) -> Found | None:
        """The place for the path without what such clients put in front, and with a slash at its end."""
        path = path.strip("/")
        path = path.removeprefix("RPC2") if path == "RPC2" or path.startswith("RPC2/") else path
        path = path.strip("/")
        found: Found | None = request.found_by(self.next_dispatcher, f"/{path}/" if path else "/")
        if found is not None:
            found.is_index = None  # such clients do not follow a redirect to where the slash is
        return found


class VirtualHost(Guest):
    """A part of the tree for each host name: `VirtualHost(**{"blog.example": "/blog", "a.example:8080": "/a"})`.

    domains: by the Host that a client names, compared as it is sent but for the case of letters. use_x_forwarded_host:
    the name that a trusted proxy hands on goes first (`request.trusted_proxies`). Config sections use the whole path,
    the request and url() the client's.
    """

    def __init__(self, next_dispatcher: Any = None, use_x_forwarded_host: bool = True, **domains: str) -> None:
        self.next_dispatcher = next_dispatcher or Dispatcher()
        self.use_x_forwarded_host = use_x_forwarded_host
        self.domains = {name.lower(): prefix.strip("/") for name, prefix in domains.items()}

    def locate(self, request: Request, path: str) -> Found | None:
        """The place below the prefix of the host."""
        prefix = self.domains.get(self._host(request), "")
        whole = f"/{prefix}/{path.removeprefix('/')}" if prefix else path
        found: Found | None = request.found_by(self.next_dispatcher, whole)
        if found is not None and prefix:
            found.unseen += len([segment for segment in prefix.split("/") if segment])
        return found

    def _host(self, request: Request) -> str:
        exchange = request.exchange
        host = (exchange.head.get(b"host") or b"").decode("latin-1")
        if self.use_x_forwarded_host:
            host = forwarded_host(exchange, request.trusted_proxies) or host
        return host.strip().lower()


class RoutesDispatcher(Guest):
    """Places by patterns of paths, with the library `routes` (the extra of that name).

    full_result: hand on `controller` and `action` as parameters, too. mapper_options: of `routes.Mapper`.
    """

    def __init__(self, full_result: bool = False, **mapper_options: Any) -> None:
        from kirsch.dispatch.routes import RouteTable

        self.full_result = full_result
        self.table = RouteTable(mapper_options)

    @property
    def mapper(self) -> Any:
        """The `routes.Mapper`, for what connect() cannot say."""
        return self.table.mapper

    @property
    def controllers(self) -> dict[str, Any]:
        """Controllers by the name of their route."""
        return self.table.controllers

    def connect(self, name: str, route: str, controller: Any, **options: Any) -> None:
        """Let an object answer the paths of a pattern: its attribute `action` if there is one, else itself.

        name: of the route, for `routes.url_for`. controller: an object; a class is made an object for each request.
        """
        self.table.connect(name, route, controller, options)

    def redirect(self, url: str) -> None:
        """Send the client elsewhere: what the mapper calls for routes that are redirects."""
        raise HTTPRedirect(url)

    def locate(self, request: Request, path: str) -> Found:
        """The action that a pattern gives for the path."""
        asked = {
            "host": (request.exchange.head.get(b"host") or b"").decode("latin-1"),
            "protocol": request.scheme,
            "method": request.method,
            "environ": request.wsgi_environ,
        }
        found = self.table.find(request.app.root if request.app is not None else None, path, asked, self.redirect)
        values = {name: plain(value) if isinstance(value, str) else value for name, value in found.params.items()}
        if not self.full_result:
            values = {name: value for name, value in values.items() if name not in ("controller", "action")}
        request.params.update(values)
        found.params = request.params
        return found
