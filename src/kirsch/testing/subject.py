"""What a test may ask, as a handler of exchanges."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, cast

from kirsch.run.wsgi import Application

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.exchange import Exchange


def handler_of(subject: Any) -> Callable[[Exchange], None]:
    """The handler of an application or a site, a handler itself, or an application made for a root object.

    TypeError for what can be none of these.
    """
    handle = getattr(subject, "handle", None)
    if callable(handle) and not _is_page(handle):
        return cast("Callable[[Exchange], None]", handle)
    if isinstance(subject, type):
        raise TypeError(f"{subject.__name__} is a class; hand in an object of it: {subject.__name__}()")
    if subject is None or isinstance(subject, (str, bytes)):
        raise TypeError(f"{subject!r} cannot be asked: an application, a site, a root object or a handler can")
    if not callable(subject) or _is_page(subject):
        return Application(subject).handle
    if not _takes_one(subject):
        raise TypeError(
            f"{subject!r} does not take an exchange and nothing else; if it is a WSGI application, put it on a site "
            f"first: kirsch.tree.graft(it, '/path')"
        )
    return cast("Callable[[Exchange], None]", subject)


def _is_page(thing: Any) -> bool:
    return bool(getattr(thing, "exposed", False))


def _takes_one(handler: Any) -> bool:
    try:
        inspect.signature(handler).bind(None)
    except TypeError:
        return False
    except ValueError:  # it has no signature to look at
        pass
    return True
