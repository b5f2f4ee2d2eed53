"""HTTP methods as methods of an object: `GET`, `PUT` … of an exposed resource answer the requests of that name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CLASSES: Final = 1024
"""Classes whose methods are remembered: programs may make classes without end."""


@lru_cache(MOST_CLASSES)
def methods_of(cls: type) -> tuple[str, ...]:
    """The HTTP methods that instances of a class answer, sorted: what it has in capital letters and can be called."""
    return tuple(name for name in dir(cls) if is_method(name, cls))


def allowed(resource: Any) -> list[str]:
    """All methods that a resource answers, sorted: HEAD comes with GET, and OPTIONS always."""
    methods = set(methods_of(resource if isinstance(resource, type) else type(resource)))
    methods.update(name for name in getattr(resource, "__dict__", ()) if is_method(name, resource))
    if "GET" in methods:
        methods.add("HEAD")
    return sorted(methods | {"OPTIONS"})


def is_method(name: str, owner: Any) -> bool:
    """Whether an attribute answers an HTTP method: its name is in capital letters, and it can be called."""
    return name.isascii() and name.isalpha() and name.isupper() and callable(getattr(owner, name, None))


def method_of(resource: Any, method: str) -> Callable[..., Any] | None:
    """What answers a method; GET answers HEAD, too. None for a method that the resource does not have."""
    for name in (method, "GET") if method == "HEAD" else (method,):
        if is_method(name, resource):
            found: Callable[..., Any] = getattr(resource, name)
            return found
    return None
