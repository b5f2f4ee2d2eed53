"""The objects behind the face: one bus, one site, one server, one config and one log for the process.

Made when `kirsch` is imported; no thread, socket or file comes into being before the engine is started.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.config import GlobalConfig
from kirsch.app.context import Proxy, present, thread_data
from kirsch.app.keys import Keys
from kirsch.app.legacy import warn
from kirsch.app.links import from_page, query_text, without_host
from kirsch.app.links import url as page_url
from kirsch.app.log import GlobalLog
from kirsch.http.passwords import Passwords
from kirsch.http.urls import normalize_path
from kirsch.process.bus import State
from kirsch.process.channels import ChannelFailures
from kirsch.process.ending import take_signals
from kirsch.run.checker import Checker, check_config
from kirsch.run.engine import Engine
from kirsch.run.servers import Servers
from kirsch.run.service import WebServer
from kirsch.run.surroundings import take_environment
from kirsch.run.wsgi import Application, Tree
from kirsch.server.handdown import close_others
from kirsch.toolbox.sessions import present_session
from kirsch.toolbox.standard import standard_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


tree = Tree()
engine = Engine(tree.apps)
tools = standard_tools()
passwords = Passwords()
log = GlobalLog(lambda: present().log)
server = WebServer(engine, tree.handle)
servers = Servers(server, lambda: WebServer(engine, tree.handle))
config = GlobalConfig()
checker = Checker(config, tree.apps)
request = Proxy(present, "request")
response = Proxy(lambda: present().response, "response")
session = Proxy(present_session, "session")


def _configure() -> None:
    """Tie the parts together."""
    Application.toolboxes = {"tools": tools}
    Application.site_config = config
    Application.site_log = log
    Application.acquire_thread = partial(engine.publish, "acquire_thread")
    log.screen = True
    log.find_environ = lambda: present().exchange.environ or {}
    Application.keys = Keys({"tools": tools})
    config.known.toolboxes["tools"] = tools
    server.subscribe()
    for priority, listener in AT_START.items():
        engine.subscribe("start", listener, priority)
    config.namespaces["checker"] = lambda key, value: setattr(checker, key, value)
    engine.subscribe("log", log.from_bus)
    engine.subscribe("graceful", log.reopen_files)
    engine.subscribe("exit", log.flush)
    engine.subscribe("started", close_others)
    engine.subscribe("started", take_signals)  # where nobody else has
    config.namespaces["server"] = servers.configure
    config.namespaces["log"] = log.configure
    config.namespaces["engine"] = engine.configure
    config.on_sections = lambda: _hand_on_sections() if engine.state is State.STARTED else None
    config.namespaces["tree"] = _graft


def _settle_config() -> None:
    """Variables `KIRSCH_…` go over what the program and its files say, and the command line over these."""
    for name in take_environment(config, os.environ):
        engine.log(f"Config from the variable {name}")
    if engine.said is not None:
        config.update(engine.said)


def _check_sense() -> None:
    """What is allowed and hardly meant is said at the start, unless `checker.on` is False."""
    if checker.on:
        for finding in checker.findings():
            engine.log(f"Checker: {finding}", 30)


def _watch_config_files() -> None:
    """What config was read from is part of the program: when it changes, that runs anew."""
    engine.autoreload.files.update(config.files, *(application.config.files for application in _applications()))


def _check_config() -> None:
    """What config says of tools is checked when all of them are known: at the start, not at the first request."""
    config.check_tools()
    _hand_on_sections()
    for application in _applications():
        check_config(application)


def _hand_on_sections() -> None:
    """What the process has been told of paths is for its application, if there is just one."""
    applications = _applications()
    while config.pending_sections:
        sections = config.pending_sections.pop(0)
        paths = [f"[{name}]" for name in sections.sections if name.startswith("/")]
        if len(applications) == 1:
            applications[0].merge(sections)
        elif paths:
            what = f"{', '.join(paths)} in the config of the process"
            warn(what, "tree.mount(…, config=…): there is no single application that it could be for", sections.name)


def _applications() -> list[Application]:
    """Those that are mounted, and ours."""
    return [application for application in tree.apps.values() if isinstance(application, Application)]


def _graft(_: str, value: Any) -> None:
    """`tree.<anything>`: a WSGI application, at its own script_name, or a dict of them by path."""
    apps = value if isinstance(value, dict) else {getattr(value, "script_name", ""): value}
    for script_name, application in apps.items():
        tree.graft(application, script_name)


AT_START: Final[dict[float, Callable[[], None]]] = {
    5: _settle_config,
    10: _check_config,
    50: _check_sense,
    60: _watch_config_files,
}
"""What is done with the config when the engine starts, by priority."""


class Face(ModuleType):
    """The module `kirsch`, with what it gave or took by old names."""

    @property
    def root(self) -> Any:
        """The object at the root of the site."""
        raise AttributeError("kirsch.root can only be set, and is an old name; see kirsch.tree.apps")

    @root.setter
    def root(self, root: Any) -> None:
        warn("kirsch.root = …", "kirsch.tree.mount(…), or kirsch.quickstart(…)")
        tree.mount(root, "")

    @property
    def threadData(self) -> Any:  # noqa: N802 - its old name is all there is to it
        """What each thread keeps."""
        warn("kirsch.threadData", "kirsch.thread_data")
        return thread_data


def tell(failures: ChannelFailures) -> None:
    """Say why the start has failed where the log, which has it, is not shown."""
    if not config.get("log.screen", True):
        sys.stderr.writelines(f"kirsch: {failure}\n" for failure in failures.get_instances())


def quickstart(root: Any = None, script_name: str = "", config: Any = None) -> None:
    """Mount an object, start, and stay until the process is told to end (SIGTERM, Ctrl-C).

    Under the command `kirsch` it only mounts: that starts by itself, or wants to look and not to serve.

    config: a dict or file with a section `global` for the process and one for each path.
    """
    if config is not None:
        _global_config.update(config)
    application = tree.mount(root, script_name)
    for sections in _global_config.pending_sections:
        application.merge(sections)
    _global_config.pending_sections.clear()
    if engine.commanded:
        return
    engine.signals.subscribe()
    try:
        engine.start()
        engine.block()
    except KeyboardInterrupt:
        engine.exit()
    except ChannelFailures as failures:
        if failures.plain:
            tell(failures)
            raise SystemExit(1) from None
        raise


def asgi(application: Any = None, threads: int | None = None) -> Any:
    """An ASGI application out of an Application, the tree (by default) or any WSGI application, for another server.

    Our own server is left out. The engine starts and exits with the other one. threads: how many requests are answered
    at once; as many as `server.thread_pool_max` says by default.
    """
    from kirsch.gateway.asgi import ASGI
    from kirsch.gateway.wsgi import WSGIHandler

    server.unsubscribe()
    application = tree if application is None else application
    handler = application.hosted if isinstance(application, (Application, Tree)) else WSGIHandler(application)
    most = max(server.thread_pool, server.thread_pool_max)
    return ASGI(handler, engine.start, engine.exit, threads or most)


def url(
    path: str = "",
    qs: str | Mapping[str, Any] | Sequence[tuple[str, Any]] = "",
    script_name: str | None = None,
    base: str | None = None,
    relative: bool | str | None = None,
) -> str:
    """The address of a path, absolute by default; without a leading slash, relative to the page being answered.

    qs: a query string, or parameters for one. script_name, base: instead of those of the request. relative: "server"
    for an address without the host, True for one relative to this page; default is `relative_urls` of the application.
    """
    here = present()
    query = query_text(qs)
    if here.app is None:
        path = path if path.startswith("/") else "/" + path
        path = normalize_path((script_name or "") + path) + query
        return path if relative == "server" else (base or server.base()) + path
    address = page_url(here, path, query, script_name, base)
    if relative is None:
        relative = here.app.relative_urls
    if relative == "server":
        return without_host(address)
    return from_page(here, address) if relative else address


_global_config = config
_configure()
