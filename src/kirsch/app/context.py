"""What guests reach through the context variable: proxies for page handlers; nothing inside uses them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from kirsch.app.current import current
from kirsch.app.hooks import FOR_ALL
from kirsch.app.idle import idle_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kirsch.app.request import Request
    from kirsch.app.response import Response


def present() -> Request:
    """The request of this thread; outside of one, a blank request without an application, of this thread alone."""
    request: Request | None = current.get()
    if request is None:
        request = idle_request()
        request.points = FOR_ALL
        current.set(request)
    return request


class ThreadData(threading.local):
    """Whatever an application wants to keep for each of its threads: `thread_data.database = …`."""


class Serving:
    """The request and response of this thread, and beside them what tools keep for the length of a request."""

    @property
    def request(self) -> Request:
        """The request of this thread."""
        return present()

    @property
    def response(self) -> Response:
        """Its response."""
        return present().response

    def load(self, request: Request, response: Response) -> None:
        """Make these the ones of this thread."""
        request.response = response
        current.set(request)

    def clear(self) -> None:
        """Leave this thread without a request."""
        current.set(None)

    def __getattr__(self, name: str) -> Any:
        request = present()
        if name not in request.belongings:
            raise AttributeError(f"nothing was stored as serving.{name} in this request")
        return request.belonging(name)

    def __setattr__(self, name: str, value: Any) -> None:
        present().give(name, value)

    def __delattr__(self, name: str) -> None:
        getattr(self, name)
        del present().belongings[name]


class Proxy:
    """Stands for an object that is another one in each thread."""

    __slots__ = ("_find", "_name")

    def __init__(self, find: Callable[[], Any], name: str) -> None:
        object.__setattr__(self, "_find", find)
        object.__setattr__(self, "_name", name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._find(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._find(), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._find(), name)

    def __getitem__(self, key: Any) -> Any:
        return self._find()[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._find()[key] = value

    def __delitem__(self, key: Any) -> None:
        del self._find()[key]

    def __contains__(self, key: Any) -> bool:
        return key in self._find()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._find())

    def __len__(self) -> int:
        return len(self._find())

    def __bool__(self) -> bool:
        return bool(self._find())

    def __eq__(self, other: object) -> bool:
        return bool(self._find() == other)

    def __hash__(self) -> int:
        return hash(self._find())

    def __dir__(self) -> list[str]:
        return dir(self._find())

    def __repr__(self) -> str:
        return f"<{self._name} of this thread: {self._find()!r}>"


thread_data = ThreadData()
serving = Serving()
