"""Marks that a program sets on its own functions and classes, for the dispatcher and the server to read.

A mark is an attribute of the function or class itself, which stays what it is:
`exposed` and `_cp_alias` (expose), `_cp_config` (config), `_cp_dispatch` (popargs), `_kirsch_slow` (blocking, quick).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import MethodType
from typing import Any, Final, TypeVar, overload

from kirsch.dispatch.found import DispatchError, Vpath
from kirsch.dispatch.names import canonical, plain
from kirsch.dispatch.nodes import look, unwrapped

Target = TypeVar("Target", bound=Callable[..., Any])
Class = TypeVar("Class", bound=type)
Alias = str | list[str] | tuple[str, ...]

DISPATCH_METHOD: Final = "_cp_dispatch"


@overload
def expose(func: Target, alias: Alias | None = None) -> Target: ...


@overload
def expose(func: Alias | None = None, alias: Alias | None = None) -> Callable[[Target], Target]: ...


def expose(func: Any = None, alias: Alias | None = None) -> Any:
    """Let a function, method or class answer requests, under its own name and under aliases, if any.

    As a decorator: `@expose`, `@expose()`, `@expose("alias")`, `@expose(["one", "two"])`, `@expose(alias=...)`.
    In an alias, `.` counts as `_`; it holds for what stands in the body of a class or module.
    """
    if func is None:
        return lambda target: expose(target, alias)
    if isinstance(func, str | list | tuple):
        return lambda target: expose(target, func)
    if not (callable(func) or hasattr(func, "__func__")):
        raise TypeError(f"expose() takes a function, a method, a class or an alias, not {func!r}")
    mark(func, "exposed", True)
    if alias is not None:
        names = texts((alias,) if isinstance(alias, str) else tuple(alias), "an alias")
        mark(func, "_cp_alias", tuple(name.replace(".", "_") for name in names))
    return func


def config(**settings: Any) -> Callable[[Target], Target]:
    """Set config for a handler or for everything below a class: `@config(**{"tools.gzip.on": True})`.

    Several of them add up, the outermost wins. A subclass gets a copy of what it inherits, so its parent stays as is.
    """

    def decorate(target: Target) -> Target:
        known = getattr(unwrapped(target), "_cp_config", None) or {}
        mark(target, "_cp_config", {**known, **settings})
        return target

    return decorate


def blocking(func: Target) -> Target:
    """Tell the server that this handler waits (for a disk, a database): others are served meanwhile from the start."""
    mark(func, "_kirsch_slow", True)
    return func


def quick(func: Target) -> Target:
    """Tell the server that this handler never waits, even if it was seen taking long."""
    mark(func, "_kirsch_slow", False)
    return func


def mark(target: Any, name: str, value: Any) -> None:
    """Set an attribute; on the function itself where it is wrapped as a method."""
    try:
        setattr(unwrapped(target), name, value)
    except (AttributeError, TypeError) as error:
        raise TypeError(f"cannot mark {target!r}: wrap it in a function of your own") from error


def texts(names: tuple[str, ...], what: str) -> tuple[str, ...]:
    """The names, if all are text; TypeError says what was wanted."""
    wrong = [name for name in names if not isinstance(name, str)]
    if wrong:
        raise TypeError(f"{what} is a text, not {wrong[0]!r}")
    return names


def popargs(*names: str, handler: Any = None) -> PopArgs:
    """Take segments off the path as parameters: a class decorator, or the value of `_cp_dispatch` in a class body.

    names: one a segment, as many as there are; attributes of the node win over them, and what is taken is asked
        for in the next node, or in this one where `handler` is None.
    handler: the next node, or a callable that makes it from the values by keyword, which are then no parameters.
        If there are fewer segments than it needs, the path leads nowhere.
    """
    return PopArgs(names, handler)


class PopArgs:
    """What popargs() makes. It is a `_cp_dispatch` for any number of classes, so nothing of a request stays in it."""

    def __init__(self, names: tuple[str, ...], handler: Any) -> None:
        self.names = texts(names, "each name for popargs()")
        self.handler = handler

    def __get__(self, node: Any, owner: type | None = None) -> Any:
        """Bind like a function, so that a node is handed over to __call__."""
        return self if node is None else MethodType(self, node)

    @overload
    def __call__(self, target: Class) -> Class: ...

    @overload
    def __call__(self, target: Any = None, vpath: list[str] | None = None) -> Any: ...

    def __call__(self, target: Any = None, vpath: list[str] | None = None) -> Any:
        """Decorate a class, or with `vpath`: take from it and give the next node, None if there is none."""
        if vpath is not None:
            return self.pop(target, vpath)
        if not isinstance(target, type):
            raise TypeError(f"popargs() decorates classes, not {target!r}")
        setattr(target, DISPATCH_METHOD, self)
        return target

    def pop(self, node: Any, vpath: list[str]) -> Any:
        """The next node; see popargs()."""
        values = {name: plain(segment) for name, segment in zip(self.names, vpath, strict=False)}
        del vpath[: len(self.names)]
        if callable(self.handler):
            return self.handler(**values) if self.suffices(values) else None
        if not isinstance(vpath, Vpath):
            raise DispatchError("popargs() has nowhere to put parameters: hand on the vpath itself, not a copy")
        vpath.params.update(values)
        if self.handler is not None:
            return self.handler
        return look(node, canonical(vpath.pop(0))) if vpath else node

    def suffices(self, values: dict[str, str]) -> bool:
        """Whether the handler can be called: a path too short is the client's mistake, any other the program's."""
        if len(values) == len(self.names):
            return True
        try:
            inspect.signature(self.handler).bind(**values)
        except TypeError:
            return False
        return True
