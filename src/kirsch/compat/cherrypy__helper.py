"""`cherrypy._helper`: what an application calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kirsch.compat.cherrypy__cpcompat import text_or_bytes
from kirsch.dispatch.expose import expose, popargs
from kirsch.http.urls import normalize_path
from kirsch.run.defaults import url

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["classproperty", "expose", "normalize_path", "popargs", "text_or_bytes", "url"]


class _ClassPropertyDescriptor:
    def __init__(self, fget: Any) -> None:
        self.fget = fget

    def __get__(self, obj: Any, klass: Any = None) -> Any:
        return self.fget.__get__(obj, type(obj) if klass is None else klass)()


def classproperty(func: Callable[..., Any]) -> _ClassPropertyDescriptor:
    """A property of the class itself."""
    return _ClassPropertyDescriptor(func if isinstance(func, (classmethod, staticmethod)) else classmethod(func))
