"""The handler of a request as an object, for tools that want to see, change or call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from kirsch.app.params import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Asked(Protocol):
    """What it wants of its request. See there."""

    args: list[Any]

    @property
    def kwargs(self) -> dict[str, Any]:
        """Arguments by name."""

    def misfit(self, plan: Plan, kwargs: Mapping[str, Any]) -> Exception:
        """What to raise where they do not fit."""


class PageHandler:
    """The handler of a request together with its arguments, for tools that look at them, change them or call it.

    callable: the page. args: arguments by position, what was left of the path. kwargs: arguments by name: what was set
    here, over the parameters of the request.
    """

    def __init__(self, request: Asked, callable: Callable[..., Any], plan: Plan) -> None:
        self.callable = callable
        self._request = request
        self._known = (callable, plan)
        self._own: dict[str, Any] = {}

    @property
    def args(self) -> tuple[Any, ...]:
        """As said of the class."""
        return tuple(self._request.args)

    @args.setter
    def args(self, args: Iterable[Any]) -> None:
        self._request.args = list(args)

    @property
    def kwargs(self) -> dict[str, Any]:
        """As said of the class."""
        return {**self._request.kwargs, **self._own}

    @kwargs.setter
    def kwargs(self, kwargs: Mapping[str, Any]) -> None:
        self._own = dict(kwargs)

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Call it, as the application would."""
        known, plan = self._known
        if self.callable != known:
            plan = Plan(self.callable)
        args, kwargs = self.args, self.kwargs
        if not plan.fits(len(args), kwargs):
            raise self._request.misfit(plan, kwargs)
        return self.callable(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<PageHandler {self.callable!r}>"
