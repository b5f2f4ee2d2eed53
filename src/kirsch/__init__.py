"""Kirsch: an object-oriented web framework with its own production HTTP server.

import kirsch

class Hello:
    @kirsch.expose
    def index(self, name="world"):
        return f"Hello {name}!"

kirsch.quickstart(Hello())
"""

import importlib
import sys
from typing import Any

from kirsch.app import dispatchers as dispatch
from kirsch.app.context import serving, thread_data
from kirsch.app.errors import HTTPError, HTTPRedirect, InternalRedirect, KirschError, NotFound
from kirsch.app.files import serve_download, serve_file, serve_fileobj
from kirsch.app.forgery import csrf_token
from kirsch.dispatch.expose import blocking, expose, popargs, quick
from kirsch.run.defaults import (
    Face,
    asgi,
    config,
    engine,
    log,
    passwords,
    quickstart,
    request,
    response,
    server,
    servers,
    session,
    tools,
    tree,
    url,
)
from kirsch.run.wsgi import Application
from kirsch.toolbox.kinds import ErrorTool, HandlerTool, HandlerWrapperTool
from kirsch.toolbox.tool import Tool, Toolbox
from kirsch.toolbox.xmlrpc import XMLRPCController

sys.modules[__name__].__class__ = Face

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """What is loaded when somebody asks for it: `kirsch.lib`, the library under CherryPy's names, and Event."""
    if name == "lib":
        return importlib.import_module("kirsch.lib")
    if name == "Event":
        from kirsch.http.eventstream import Event

        return Event
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Application",
    "ErrorTool",
    "Event",
    "HTTPError",
    "HTTPRedirect",
    "HandlerTool",
    "HandlerWrapperTool",
    "InternalRedirect",
    "KirschError",
    "NotFound",
    "Tool",
    "Toolbox",
    "XMLRPCController",
    "asgi",
    "blocking",
    "config",
    "csrf_token",
    "dispatch",
    "engine",
    "expose",
    "lib",
    "log",
    "passwords",
    "popargs",
    "quick",
    "quickstart",
    "request",
    "response",
    "serve_download",
    "serve_file",
    "serve_fileobj",
    "server",
    "servers",
    "serving",
    "session",
    "thread_data",
    "tools",
    "tree",
    "url",
]
