"""The tables of settings, tools, hook points and channels, from the code."""

from __future__ import annotations

import inspect
from typing import Any

from generated.markdown import doc, first, prose, table

from kirsch.app.config import DEFAULTS, ENVIRONMENTS
from kirsch.app.hooks import POINTS
from kirsch.app.keys import ERROR_PAGE, HEADER, HOOK, NOT_ON_NODES, OPTIONS, TOOL_SWITCH
from kirsch.app.place import ConfigError
from kirsch.process.bus import CHANNELS, Bus
from kirsch.process.plugins import Plugin
from kirsch.process.threads import CHANNELS as OF_THREADS
from kirsch.run.checker import Checker
from kirsch.run.engine import AROUND_REQUESTS, Engine
from kirsch.server.settings import Settings
from kirsch.toolbox.prepared import PreparedTool
from kirsch.toolbox.standard import standard_tools
from kirsch.toolbox.tool import AROUND, ON_ERROR, Tool

FAMILIES = {"tools.<tool>.on": TOOL_SWITCH, "hooks.<point>": HOOK}
FAMILIES |= {"error_page.<status>": ERROR_PAGE, "response.headers.<Name>": HEADER}
HANDED = {"self", "request", "response", "handler", "plan"}


def shown(option: Any) -> str:
    """A default, as one would write it."""
    value = option.default
    if type(value) is int and value >= 1024 and option.about.startswith(("Bytes", "Bodies")):
        return f"`{value}` ({f'{value >> 20} MiB' if value % (1 << 20) == 0 else f'{value >> 10} KiB'})"
    return f"`{oct(value)}`" if option.name.endswith("_mode") else f"`{value!r}`"


def options(named: dict[str, Any], prefix: str = "") -> str:
    """A table of options."""
    rows = [[f"`{prefix}{name}`", shown(each), each.expected, each.about] for name, each in named.items()]
    return table(["key", "default", "value", "what it is"], rows)


def environments() -> str:
    """What each environment sets."""
    keys = list(dict.fromkeys(key for settings in ENVIRONMENTS.values() for key in settings))
    rows = [[f"`{key}`", *(f"`{each[key]}`" if key in each else "" for each in ENVIRONMENTS.values())] for key in keys]
    return table(["key", *ENVIRONMENTS], rows)


def where(key: str) -> str:
    """Where a key may stand."""
    namespace = key.partition(".")[0]
    if key in NOT_ON_NODES:
        return "process, section"
    return {"log": "process, `/`", "wsgi": "`/`"}.get(namespace, "anywhere")


def keys(named: dict[str, Any]) -> str:
    """A table of the keys of applications, with the places for each."""
    rows = [[f"`{name}`", shown(each), each.expected, where(name), each.about] for name, each in named.items()]
    return table(["key", "default", "value", "where", "what it is"], rows)


def engine() -> str:
    """What can be said of the engine and of the plugins on it."""
    rows = [
        ["`engine.join_timeout`", f"`{Bus().join_timeout}`", "Seconds that `block()` waits at its end for threads."],
        ["`engine.SIGTERM` and the like", "", "What is called on that signal; None for nothing of ours."],
    ]
    for name, plugin in vars(Engine({})).items():
        if isinstance(plugin, Plugin):
            rows.append([f"`engine.{name}.on`", "", f"Whether it is subscribed. {first(type(plugin))}"])
            for attribute, value in vars(plugin).items():
                if not attribute.startswith("_") and isinstance(value, bool | int | float | str):
                    rows.append([f"`engine.{name}.{attribute}`", f"`{value!r}`", ""])
    about = "Findings of `kirsch check --deploy` that are not to be told, by their ids."
    rows.append(["`checker.on`", f"`{Checker.on}`", "Say at the start what is allowed and hardly meant."])
    rows.append(["`checker.silenced`", f"`{Checker.silenced!r}`", about])
    return table(["key", "default", "what it is"], rows)


# -- tools -----------------------------------------------------------------------------------------------------------


def arguments(tool: Tool) -> str:
    """The settings of a tool with their defaults; "" if it has none."""
    prefix = f"{tool.namespace}.{tool.name}."
    if isinstance(tool, PreparedTool):
        return options(dict(tool.options), prefix) if tool.options else ""
    found: dict[str, str] = {}
    for _, call in tool._calls:
        for name, each in inspect.signature(call).parameters.items():
            if name not in HANDED and each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY):
                found[name] = "" if each.default is each.empty else f"`{each.default!r}`"
    return table(["key", "default"], [[f"`{prefix}{name}`", value] for name, value in found.items()]) if found else ""


def places(tool: Tool) -> dict[str, float | None]:
    """The points where a tool acts, in the order in which they are reached, with its priority at each if it has one."""
    found = {point: getattr(call, "priority", tool.priority) for point, call in tool._calls}
    try:
        found |= {point: hook.priority for point, hook in tool.hooks({}) if point in found}
    except ConfigError:
        pass  # it is nothing without settings
    return {point: found[point] if point in POINTS else None for point in (*POINTS, AROUND, ON_ERROR) if point in found}


def standing(tool: Tool) -> str:
    """Where it acts, in a sentence."""
    shown_places = [f"`{point}`{'' if number is None else f' {number:g}'}" for point, number in places(tool).items()]
    return f"Acts at {', '.join(shown_places)}." if shown_places else "Acts when a page fails."


def every_tool() -> str:
    """A section for each tool in the box."""
    tools = standard_tools()
    parts = []
    for name in sorted(tools.names()):
        tool = getattr(tools, name)
        on = " On by default." if DEFAULTS.get(f"tools.{name}.on") else ""
        parts += [f"## {name}", prose(doc(type(tool))), f"{standing(tool)}{on}", arguments(tool)]
    return "\n\n".join(filter(None, parts))


# -- hooks and channels ----------------------------------------------------------------------------------------------


def points() -> str:
    """The points, and which tools act at each, in their order."""
    at: dict[str, list[tuple[float, str]]] = {point: [] for point in POINTS}
    tools = standard_tools()
    for name in tools.names():
        for point, number in places(getattr(tools, name)).items():
            if number is not None:
                at[point].append((number, name))
    rows = []
    for point, about in POINTS.items():
        rows.append([f"`{point}`", about, ", ".join(f"`{name}` {number:g}" for number, name in sorted(at[point]))])
    return table(["point", "when", "tools that act there, and their priorities"], rows)


def channels() -> str:
    """The channels of the engine."""
    known = CHANNELS | OF_THREADS | AROUND_REQUESTS
    return table(["channel", "what is told"], [[f"`{name}`", about] for name, about in known.items()])


def parts() -> dict[str, str]:
    """All of it, by the name that stands in the comments around it."""
    known = {each.name: each for each in OPTIONS} | FAMILIES
    log = {name: each for name, each in known.items() if name.startswith("log.")}
    found = {"environments": environments(), "server": options(dict(Settings.known), "server."), "keys": keys(known)}
    found |= {"log": options(log), "engine": engine(), "points": points(), "channels": channels()}
    found["every tool"] = every_tool()
    tools = standard_tools()
    for name in tools.names():
        tool = getattr(tools, name)
        if isinstance(tool, PreparedTool):
            found[f"tools.{name}"] = options(dict(tool.options), f"tools.{name}.")
    return found
