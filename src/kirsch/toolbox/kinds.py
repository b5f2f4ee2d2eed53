"""Tools of a kind that is so common that it takes only a function: thin forms of Tool."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from kirsch.app.context import present
from kirsch.app.errors import NotFound
from kirsch.app.hooks import Hook
from kirsch.app.resource import SETUP
from kirsch.dispatch.expose import expose
from kirsch.toolbox.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class HandlerTool(Tool):
    """May take the handler's place: its function says by True that it has made the page (`response.body`)."""

    def __init__(self, callable: Callable[..., Any], name: str | None = None) -> None:
        super().__init__("before_handler", callable, name)

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """As of any tool; if the function returns something true, no handler is called."""
        for point, hook in super().hooks(settings):
            if point == SETUP:
                yield point, hook
            else:
                yield point, self.named(Hook(partial(_instead, hook), hook.failsafe, hook.priority))

    def handler(self, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """A page of its own: `favicon_ico = tools.staticfile.handler(filename=…)`. Config of its path goes first.

        404 if the function says by something false that it has made nothing.
        """

        @expose
        def page(*_: Any, **__: Any) -> Any:
            if self.callable is None or not self.callable(*args, **self._merged_args(kwargs)):
                raise NotFound
            return present().response.body

        return page


def _instead(hook: Hook) -> None:
    request = present()
    if hook.run(request, request.response):
        request.handler = None


class HandlerWrapperTool(Tool):
    """Puts a function around the handler: `newhandler(next_handler, *args, **kwargs)` is called in its stead."""

    def __init__(
        self,
        newhandler: Callable[..., Any],
        point: str = "before_handler",
        name: str | None = None,
        priority: float = 50,
    ) -> None:
        self.newhandler = newhandler
        super().__init__(point, self._wrap, name, priority)

    @property
    def settings(self) -> None:
        """Anything may be said to it; it is for its own function to look at."""
        return

    def _wrap(self, **_: Any) -> None:
        request = present()
        handler = request.handler
        if handler is not None:
            request.handler = lambda *args, **kwargs: self.newhandler(handler, *args, **kwargs)


class ErrorTool(Tool):
    """Makes the answer to unexpected errors: its function sets the response's body."""

    def __init__(self, callable: Callable[..., Any], name: str | None = None) -> None:
        super().__init__("on_error", callable, name)

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """No hook at a point: it stands by for this request."""
        yield SETUP, Hook(self._stand_by)

    def _stand_by(self) -> None:
        call = self.callable
        if call is not None:
            present().error_response = lambda: call(**self._merged_args())
