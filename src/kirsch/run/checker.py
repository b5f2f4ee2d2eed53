"""Mistakes that no schema can see, named when the engine starts, or by `kirsch check` without serving.

What is wrong in itself (an unknown key, a value of the wrong type, a tool that does not exist) is refused where config
is read. Here is what is allowed and yet hardly meant. Every method whose name begins with `check_` is called, in
alphabetical order, and gives its findings; set it to False to leave it out, or add one.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from kirsch.app.application import Application
from kirsch.app.config import merged
from kirsch.app.place import ConfigError
from kirsch.app.resource import by_namespace
from kirsch.app.sections import segments_of
from kirsch.dispatch.names import canonical
from kirsch.dispatch.tree import Dispatcher
from kirsch.run.routes import pages_of, routes_of
from kirsch.toolbox.static import absolute
from kirsch.toolbox.tool import Toolbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from kirsch.app.place import Place
    from kirsch.dispatch.found import Found

PRODUCTION_HOSTS = ("0.0.0.0", "::")
STATIC = {"tools.staticdir.dir": os.path.isdir, "tools.staticfile.filename": os.path.isfile}
"""Keys that name what must be there, with who knows."""


def check_config(application: Application) -> None:
    """Raise ConfigError for tools that there are not, and for sections in which a tool is not told all that it needs.

    What nodes on the way say is looked at only if something seems to be missing: to walk may call what is theirs.
    """
    application.config.check_tools()
    for section, settings in places_of(application):
        try:
            _check_place(application, section, settings)
        except ConfigError:
            found = application.resources.dispatcher.find(application.root, section)
            _check_place(application, section, application.resources.config_of(found))


def places_of(application: Application) -> Iterator[tuple[str, dict[str, Any]]]:
    """The sections of paths, each with all config that holds there, but for that of nodes below the root."""
    for section in [name for name in application.config if name.startswith("/")]:
        steps = [(application.root, ()), (None, map(canonical, segments_of(section)))]
        yield section, merged(application.site_config, steps, application.config)


def _check_place(application: Application, section: str, settings: Mapping[str, Any]) -> None:
    for namespace, toolbox in application.toolboxes.items():
        if isinstance(toolbox, Toolbox):
            own = by_namespace(settings).get(namespace, {})
            toolbox.check_whole(own, partial(_place, application, section, namespace))


def _place(application: Application, section: str, namespace: str, tool: str) -> Place:
    name = f"{namespace}.{tool}"
    return application.config.place(section, f"{name}.on")._replace(key=name)


def _found(application: Application) -> Iterator[tuple[str, Found]]:
    """The pages, as a request finds them, but for those to which something on the way would have to be called."""
    dispatcher = Dispatcher()
    for path in dict.fromkeys(path for path, _, _ in pages_of(application) if "{" not in path):
        yield path, dispatcher.find(application.root, path)


class Checker:
    """See the module. on: whether it acts at the start of the engine. silenced: ids for `kirsch check --deploy`."""

    on = True
    silenced: Collection[str] = ()

    def __init__(self, config: Mapping[str, Any], apps: Mapping[str, Any]) -> None:
        self.config = config
        self.apps = apps

    def findings(self) -> list[str]:
        """What was found, each with what to do about it."""
        checks: list[Callable[[], Iterable[str]] | bool] = [
            getattr(self, name) for name in sorted(dir(self)) if name.startswith("check_")
        ]
        return [finding for check in checks if callable(check) for finding in check()]

    @property
    def applications(self) -> dict[str, Application]:
        """The applications of ours; what else is mounted has its own config."""
        return {prefix: each for prefix, each in self.apps.items() if isinstance(each, Application)}

    def check_app_config_entries_dont_start_with_script_name(self) -> Iterable[str]:
        """Sections are named from the mount point on, not from the root of the site."""
        for prefix, application in self.applications.items():
            atoms = segments_of(prefix)
            for section in application.config:
                if atoms and section.startswith("/") and segments_of(section)[: len(atoms)] == atoms:
                    rest = "/" + "/".join(segments_of(section)[len(atoms) :])
                    yield (
                        f"the section [{section}] of the application at {prefix} repeats where that is mounted, so it "
                        f"holds for {prefix}{section}; write [{rest}]"
                    )

    def check_skipped_app_config(self) -> Iterable[str]:
        """Sections of paths in the config of the process reach no application if there are several."""
        pending = getattr(self.config, "pending_sections", ())
        if pending:
            names = ", ".join(f"[{name}]" for source in pending for name in source.sections)
            yield (
                f"the config of the process has sections of paths ({names}), which belong to one application: give "
                "them to it, as tree.mount(root, script_name, config)"
            )

    def check_static_paths(self) -> Iterable[str]:
        """Files that are not there are answered with 404, one by one."""
        for prefix, application in self.applications.items():
            for section, settings in places_of(application):
                for key, there in STATIC.items():
                    tool = key.rpartition(".")[0]
                    if key not in application.config[section] or not settings.get(f"{tool}.on"):
                        continue
                    path = absolute(settings[key], settings.get(f"{tool}.root"))
                    if os.path.isabs(path) and not there(path):
                        yield f"[{section}] of the application at {prefix or '/'}: {key} is {path}, which is not there"

    def check_localhost(self) -> Iterable[str]:
        """The name may stand for one protocol here and another there."""
        if self.config.get("server.socket_host") == "localhost":
            yield (
                "server.socket_host is 'localhost', which may mean 127.0.0.1 or ::1, as the system likes; name the one "
                "that is meant"
            )

    def check_tracebacks(self) -> Iterable[str]:
        """What is for developers should not meet the world."""
        public = self.config.get("server.socket_host") in PRODUCTION_HOSTS
        if public and self.config.get("request.show_tracebacks"):
            yield (
                "request.show_tracebacks is on while the server listens to all the world: clients on this machine see "
                "them alone, but production should set environment = 'production'"
            )

    def check_config_of_pages(self) -> Iterable[str]:
        """What decorators and nodes say is read when a page is first asked for, and would be an error 500 then."""
        for prefix, application in self.applications.items():
            told = set()
            for path, found in _found(application):
                try:
                    application.resources.prepared(found)
                except Exception as error:  # as a request would meet it
                    what = str(error) if isinstance(error, ConfigError) else f"{type(error).__name__}: {error}"
                    if what not in told:
                        told.add(what)
                        yield f"{prefix}{path} cannot be answered: {what}"

    def check_pages(self) -> Iterable[str]:
        """An application without a page answers 404 to everything."""
        for prefix, application in self.applications.items():
            plain = not any("request.dispatch" in section for section in application.config.values())
            if plain and application.root is not None and not routes_of(application):
                name = type(application.root).__name__
                yield f"{name}, mounted at {prefix or '/'}, has no page: put @kirsch.expose above the methods that are"
