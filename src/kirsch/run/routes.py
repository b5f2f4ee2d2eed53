"""What a site answers: its pages, found by looking through the tree of objects without calling anything of it."""

from __future__ import annotations

import inspect
import os
from types import MethodType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.app.config import DEFAULTS, merged
from kirsch.app.resources import DISPATCH
from kirsch.dispatch.expose import DISPATCH_METHOD, PopArgs
from kirsch.dispatch.methods import allowed, method_of
from kirsch.dispatch.nodes import KINDS, is_exposed, look
from kirsch.dispatch.tree import Dispatcher
from kirsch.toolbox.tool import Toolbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kirsch.app.application import Application

MOST_DEPTH: Final = 12
MOST_ROUTES: Final = 10_000


class Route(NamedTuple):
    """One page. path: with `{name}` for segments that are arguments, `{*name}` for any number of them.

    methods: that it answers; empty for any. handler: its name. place: file and line, "" if unknown.
    parameters: by name, from query or form. tools: that are on for it, but those that are by default.
    """

    path: str
    methods: tuple[str, ...]
    handler: str
    place: str
    parameters: tuple[str, ...]
    tools: tuple[str, ...]


def routes_of(application: Application, prefix: str = "") -> list[Route]:
    """The pages of an application, sorted by path. prefix: where it is mounted."""
    found = []
    for path, handler, methods in pages_of(application):
        segments, parameters = shape_of(handler)
        whole = prefix + (path + "/" if segments and not path.endswith("/") else path) + "/".join(segments)
        tools = tools_at(application, path)
        found.append(Route(whole, methods, name_of(handler), place_of(handler), parameters, tools))
        if len(found) >= MOST_ROUTES:
            break
    return sorted(found)


def pages_of(application: Application) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """Path, handler and methods of every page."""
    for path, handler in _walk(application.root, "", (), 0):
        dispatcher = application.config.find(path, DISPATCH, application.site_config.get(DISPATCH))
        if dispatcher is None or isinstance(handler, MethodType) or not hasattr(type(dispatcher), "locate"):
            yield path, handler, ()
            continue
        for method in allowed(handler):
            answers = method_of(handler, method)
            if answers is not None and method != "HEAD":
                yield path, answers, ("GET", "HEAD") if method == "GET" else (method,)


def _walk(node: Any, path: str, above: tuple[int, ...], depth: int) -> Iterator[tuple[str, Any]]:
    """All exposed things below a node, depth first; circles are followed once."""
    if node is None or id(node) in above or depth > MOST_DEPTH:
        return
    if is_exposed(node):
        yield path or "/", node
    method = look(node, DISPATCH_METHOD) if not isinstance(node, MethodType) else None
    method = method or getattr(type(node), DISPATCH_METHOD, None)
    taken = getattr(method, "__func__", method)
    if isinstance(taken, PopArgs):
        path += "".join(f"/{{{name}}}" for name in taken.names)
    for name in _names(node):
        below = look(node, name)
        if name in ("index", "default"):
            if is_exposed(below):
                yield f"{path}/", below
        elif below is not None:
            yield from _walk(below, f"{path}/{name}", (*above, id(node)), depth + 1)


def _names(node: Any) -> list[str]:
    """The attributes of a node that may lead to pages; what is computed at each look is left alone."""
    fleeting = KINDS[type(node)][1]
    names = set(getattr(node, "__dict__", ()))
    if not isinstance(node, MethodType):
        names.update(dir(node if isinstance(node, type) else type(node)))
    return sorted(name for name in names if not name.startswith("_") and not (fleeting and fleeting(node, name)))


def shape_of(handler: Any) -> tuple[list[str], tuple[str, ...]]:
    """How a handler takes its arguments: segments as they stand in a path, and names that come by query or form."""
    try:
        parameters = list(inspect.signature(handler, follow_wrapped=False).parameters.values())
    except (TypeError, ValueError):
        return [], ()
    kinds = inspect.Parameter
    segments = [f"{{{p.name}}}" for p in parameters if p.kind is kinds.POSITIONAL_ONLY]
    segments += [f"{{*{p.name}}}" for p in parameters if p.kind is kinds.VAR_POSITIONAL]
    named = [p for p in parameters if p.kind in (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY)]
    shown = [p.name if p.default is kinds.empty else f"{p.name}={p.default!r}" for p in named]
    shown += [f"**{p.name}" for p in parameters if p.kind is kinds.VAR_KEYWORD]
    return segments, tuple(shown)


def tools_at(application: Application, path: str) -> tuple[str, ...]:
    """The tools that are on at a path, as `<namespace>.<name>`, but for `tools.`, which goes without saying.

    Nor do those need saying that are on everywhere unless somebody turns them off.
    """
    found = Dispatcher().find(application.root, path.replace("{", "").replace("}", ""))
    config = merged(application.site_config, found.steps(), application.config)
    names = []
    for namespace, toolbox in application.toolboxes.items():
        settings = {key.partition(".")[2]: value for key, value in config.items() if key.startswith(f"{namespace}.")}
        by_tool = Toolbox.by_tool(settings)
        on = [name for name, own in by_tool.items() if own.get("on") and f"{namespace}.{name}.on" not in DEFAULTS]
        names += [name if namespace == "tools" else f"{namespace}.{name}" for name in on if hasattr(toolbox, name)]
    return tuple(names)


def name_of(handler: Any) -> str:
    """How a handler is called in its module."""
    named = handler if hasattr(handler, "__qualname__") else type(handler)
    return f"{named.__module__}.{named.__qualname__}"


def place_of(handler: Any) -> str:
    """File and line of a handler, relative to here if below; "" if unknown."""
    target = inspect.unwrap(getattr(handler, "__func__", handler))
    if not (inspect.isfunction(target) or inspect.isclass(target)):
        target = type(target)
    try:
        file, line = inspect.getsourcefile(target), inspect.getsourcelines(target)[1]
    except (OSError, TypeError):
        return ""
    if file is None:
        return ""
    near = os.path.relpath(file)
    return f"{file if near.startswith('..') else near}:{line}"
