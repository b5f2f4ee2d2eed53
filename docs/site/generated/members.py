"""The names that applications use, from their docstrings."""

from __future__ import annotations

import inspect
from types import FunctionType, ModuleType
from typing import Any

from generated.markdown import doc, prose, signature, table

import kirsch
from kirsch.app.request import Request
from kirsch.app.response import Response
from kirsch.process import plugins
from kirsch.stores.store import Entry, Store
from kirsch.testing.answer import Answer
from kirsch.testing.client import Client
from kirsch.testing.live import LiveServer, live_server
from kirsch.toolbox.session import Session

STANDS_FOR = {"request": Request, "response": Response, "session": Session}
"""What a proxy gives way to."""

MODULES = {"dispatch", "lib"}
BESIDE = {
    "kirsch.testing": [Client, Answer, live_server, LiveServer],
    "kirsch.stores": [Store, Entry],
    "kirsch.process.plugins": [getattr(plugins, name) for name in plugins.__all__ if name != "SimplePlugin"],
}
"""What is imported by its module, and not by the face."""


INSIDE = {
    "Application": "environ put error_page enter serve serve_through answer run make route hosted announce_thread",
    "GlobalConfig": "changed check_tools",
    "Engine": "configure hand_over leaving",
    "HTTPRedirect": "status_for bodiless locations",
    "InternalRedirect": "request target_from",
    "NotFound": "message_for",
    "GlobalLog": "configure from_bus access_wanted follow close speak_for_others",
    "Request": "found_by call misfit belonging belongings give dispatch multithread multiprocess",
    "Response": "vary_by_cookie blank tell finalize declared renew discard check_timeout is_file",
    "WebServer": "linger shortest_timeout httpserver",
    "Servers": "configure",
    "Session": "attach finish abandon close generate_id",
    "Tool": "check check_whole needed hooks named settings",
    "HandlerTool": "hooks",
    "HandlerWrapperTool": "settings",
    "ErrorTool": "hooks",
    "Toolbox": "settings check check_whole hooks by_tool",
    "Tree": "handle hosted prefix",
    "Client": "handler",
    "XMLRPCController": "default",
}
"""What only Kirsch calls, by class: nothing that applications may count on."""

MORE = {
    "request": "[The request](requests.md#the-request) has the usual attributes: method, parameters, headers, client.",
    "response": "[The answer](requests.md#the-answer) has the usual attributes.",
    "session": "It is a mapping; [Sessions](sessions.md) says when it is stored.",
    "server": "All [settings of the server](settings.md#the-server) are attributes of it.",
    "lib": "[Migrating from CherryPy](../how-to/migrating-from-cherrypy.md) says what is in it.",
}


def face() -> str:
    """All names of `kirsch`."""
    found: list[str] = []
    for name in sorted(kirsch.__all__, key=str.lower):
        thing = getattr(kirsch, name)
        if isinstance(thing, ModuleType):
            found += [f"## kirsch.{name}", prose(doc(thing)), MORE.get(name, ""), contents(name, thing)]
        else:
            heading, *rest = section(f"kirsch.{name}", STANDS_FOR.get(name, thing), proxy=name in STANDS_FOR)
            found += [heading, MORE.get(name, ""), *rest]
    return "\n\n".join(filter(None, found))


def contents(name: str, module: ModuleType) -> str:
    """What a module of the face has."""
    if name == "lib":
        return ""
    names = getattr(module, "__all__", None) or [each for each in vars(module) if isinstance(vars(module)[each], type)]
    things = [(each, getattr(module, each)) for each in names]
    return table(["name", "what it is"], [[f"`{signature(each, thing)}`", brief(thing)] for each, thing in things])


def beside() -> str:
    """The names of other modules."""
    found: list[str] = []
    for module, things in BESIDE.items():
        found.append(f"## {module}")
        for thing in things:
            found += section(thing.__name__, thing, level="###")
    return "\n\n".join(filter(None, found))


def section(name: str, thing: Any, *, proxy: bool = False, level: str = "##") -> list[str]:
    """A heading, how it is called, what it is, and what it has."""
    called = f"```text\n{signature(name, thing)}\n```" if callable(thing) and not proxy else ""
    if called == f"```text\n{name}\n```":
        called = ""
    kind = thing if isinstance(thing, type) else type(thing)
    about = prose(doc(thing if isinstance(thing, type | FunctionType) else kind))
    return [f"{level} {name}", called, about, "" if isinstance(thing, FunctionType) else members(kind)]


def members(kind: type) -> str:
    """The public attributes and methods of a class, with those of its parents among us."""
    rows: dict[str, list[str]] = {}
    shown = {getattr(kirsch, name) for name in kirsch.__all__ if isinstance(getattr(kirsch, name), type)}
    parents = [each for each in kind.__mro__[1:] if each in shown]
    for parent in reversed(kind.__mro__):
        if not parent.__module__.startswith("kirsch.") or "Old" in parent.__name__:
            continue
        if any(issubclass(each, parent) for each in parents):
            continue  # they have a section of their own
        for name, member in vars(parent).items():
            if name.startswith("_") or name in INSIDE.get(kind.__name__, "").split() or not described(member):
                continue
            called = isinstance(member, FunctionType | staticmethod | classmethod)
            row = signature(name, _function(member)) if called else name
            rows[name] = [f"`{row}`", brief(member)]
    also = f"And what `{parents[0].__name__}` has." if parents else ""
    own = table(["name", "what it is"], list(rows.values())) if rows else ""
    return "\n\n".join(filter(None, (own, also)))


def _function(member: Any) -> Any:
    """What makes the value of a member, or is called."""
    for name in ("fget", "func", "_make", "__func__"):
        if hasattr(member, name):
            return getattr(member, name)
    return member


def described(member: Any) -> bool:
    """Whether a member says what it is."""
    function = _function(member)
    ours = isinstance(function, FunctionType) and function.__module__.startswith("kirsch.")
    return ours and not (inspect.getdoc(function) or "See").startswith("See")


def brief(member: Any) -> str:
    """The first paragraph of its docstring."""
    text = inspect.getdoc(_function(member)) or ""
    return " ".join(prose(text.partition("\n\n")[0]).split())


def parts() -> dict[str, str]:
    """All of it, by the name that stands in the comments around it."""
    return {"face": face(), "beside": beside()}
