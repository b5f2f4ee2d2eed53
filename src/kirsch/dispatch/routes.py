"""Patterns of paths to controllers, by the library `routes`: the only file that knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.dispatch.found import INDEX, INVENTED, Found
from kirsch.dispatch.names import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Routed(Found):
    """What a pattern leads to: no walk, so its config comes in an order of its own."""

    __slots__ = ("controller",)

    def __init__(self, root: Any, segments: list[str], controller: Any) -> None:
        super().__init__(root, segments, {})
        self.controller = controller

    def steps(self) -> Iterator[tuple[Any, tuple[str, ...]]]:
        """The root; the sections of every part of the path but the last; controller, action; the whole path."""
        *above, last = self.segments[:-1] or [INDEX]
        yield self.trail[0], ()
        yield None, tuple(map(canonical, above))
        if self.controller is not None:
            yield self.controller, ()
        if self.handler is not None and self.handler is not self.controller:
            yield self.handler, ()
        yield None, (canonical(last), INDEX)


class RouteTable:
    """The patterns of one dispatcher. mapper: of the library. controllers: by the name of their route."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        import routes

        self._routes = routes
        self.controllers: dict[str, Any] = {}
        self.mapper = routes.Mapper(**options)
        self.mapper.controller_scan = self.controllers.keys

    def connect(self, name: str, route: str, controller: Any, options: Mapping[str, Any]) -> None:
        """Add a pattern."""
        self.controllers[name] = controller
        self.mapper.connect(name, route, controller=name, **options)

    def find(self, root: Any, path: str, asked: Mapping[str, Any], redirect: Callable[[str], None]) -> Routed:
        """What a path leads to; its `params` are all that the pattern says, `controller` and `action` too."""
        config = self._routes.request_config()
        config.mapper = self.mapper
        config.host, config.protocol, config.redirect = asked["host"], asked["protocol"], redirect
        self.mapper.environ = {"REQUEST_METHOD": asked["method"], "HTTP_HOST": asked["host"], **asked["environ"]}
        result = self.mapper.match(path) or {}
        config.mapper_dict = result
        segments = [*(segment for segment in path.split("/") if segment), INDEX]
        name, action = result.get("controller"), result.get("action")
        controller = self.controllers.get(name) if name is not None else None
        made = isinstance(controller, type)
        found = Routed(root, segments, controller() if isinstance(controller, type) else controller)
        found.params = dict(result)
        found.dynamic = made
        found.path = (INVENTED, str(name), str(action))
        if found.controller is not None:
            # Without an action the controller itself answers; the library calls it "index" where a route names none.
            found.handler = getattr(found.controller, str(action), None) if action else found.controller
            if found.handler is None and callable(found.controller):
                found.handler = found.controller
        return found
