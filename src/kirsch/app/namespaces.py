"""Handing settings to whom they concern: `server.socket_port` goes to the handler called `server`, as `socket_port`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Self

from kirsch.app.hooks import Hook
from kirsch.app.resource import SETUP
from kirsch.options import OptionError

Call = Callable[[str, Any], Any]
Handler = Call | AbstractContextManager[Call]


class Namespaces(dict[str, Handler]):
    """Handlers by the first word of the keys they take; each is called with the rest of the key and the value.

    A handler may be a context manager instead: then what its `__enter__` gives is called, and `__exit__` at the end.
    """

    def __call__(self, config: Mapping[str, Any]) -> None:
        """Call the handlers in the order they were registered, each with its settings in the order they stand.

        Keys without a dot, or without a handler, are passed over. Raises OptionError with the whole key as its name.
        """
        grouped: dict[str, list[tuple[str, Any]]] = {}
        for key, value in config.items():
            namespace, dot, rest = key.partition(".")
            if dot and namespace in self:
                grouped.setdefault(namespace, []).append((rest, value))
        for namespace, handler in list(self.items()):
            if namespace in grouped:
                _hand_over(namespace, handler, grouped[namespace])

    def copy(self) -> Self:
        """Another one with the same handlers."""
        return type(self)(self)


class OfRequests:
    """A namespace of requests: its handler is told, for each request, what config says in it. For Resources."""

    def __init__(self, namespace: str, handler: Handler) -> None:
        self._namespace = namespace
        self._handler = handler

    def hooks(self, settings: Mapping[str, Any], is_index: bool | None) -> Iterator[tuple[str, Hook]]:
        """A call as soon as the place of a request is known, if anything is said in the namespace."""
        if settings:
            yield SETUP, Hook(partial(_hand_over, self._namespace, self._handler, list(settings.items())))


def _hand_over(namespace: str, handler: Any, settings: list[tuple[str, Any]]) -> None:
    if hasattr(handler, "__exit__"):
        with handler as inner:
            _hand_over(namespace, inner, settings)
        return
    for rest, value in settings:
        try:
            handler(rest, value)
        except OptionError as error:
            raise OptionError(f"{namespace}.{rest}", error.problem) from None
