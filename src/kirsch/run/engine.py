"""The bus of a site with the plugins that stand on it, and what config says of them as `engine.<name>`."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.context import serving
from kirsch.app.legacy import warn
from kirsch.app.legacykeys import gone
from kirsch.app.legacynames import ENGINE_LISTS
from kirsch.options import OptionError, did_you_mean
from kirsch.process.bus import Bus
from kirsch.process.plugins import Autoreloader, Plugin, SignalHandler, ThreadManager
from kirsch.run.oldcalls import Listeners
from kirsch.run.wsgi import Application

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kirsch.app.request import Request
    from kirsch.process.colleagues import Colleagues

AROUND_REQUESTS: Final = {
    "before_request": "In the thread of a request, before anything is done for it.",
    "after_request": "The same, after all has been done.",
}
"""Channels that are published around each request."""


class Engine(Bus):
    """The bus of the process with what stands on it. apps: what is mounted, by mount point.

    autoreload: runs the program anew when it has changed. signals: subscribe() it to end well on SIGTERM and Ctrl-C.
    console_control_handler: on Windows alone; it comes and goes with the signals.
    commanded: the command line starts and stops it, so that quickstart() only mounts. said: config that goes over all
    other, from the command line. colleagues: the workers beside this one; None if it is no worker.

    Other plugins may be set as attributes: `engine.<name>.<attribute>` in config then sets one of theirs, and
    `engine.<name>.on` subscribes or unsubscribes them.
    """

    def __init__(self, apps: Mapping[str, Any]) -> None:
        super().__init__()
        self.add_channels(*AROUND_REQUESTS)
        self._apps = apps
        self.commanded = False
        self.said: Any = None
        self.colleagues: Colleagues | None = None
        self.thread_manager = ThreadManager(self)
        self.thread_manager.subscribe()
        self.signal_handler = self._signal_handler()
        self.autoreload = Autoreloader(self)
        self.autoreload.subscribe()

    def _signal_handler(self) -> SignalHandler:
        if sys.platform != "win32":
            return SignalHandler(self)
        from kirsch.process.win32 import ConsoleCtrlHandler, ConsoleSignals, PyWebService

        PyWebService.bus = self
        self.console_control_handler = ConsoleCtrlHandler(self)
        return ConsoleSignals(self, self.console_control_handler)

    @property
    def signals(self) -> SignalHandler:
        """Turns signals of the system into events of the bus, once subscribed."""
        return self.signal_handler

    def subscribe(self, channel: str, callback: Any = None, priority: float | None = None) -> Any:
        """As of any bus. Requests are announced from the first listener on, and it costs nothing before."""
        if channel in AROUND_REQUESTS and callback is not None:
            setattr(Application, channel, lambda _: self.publish(channel))
        return super().subscribe(channel, callback, priority)

    def start(self, blocking: bool | None = None) -> None:
        """Start all that has subscribed. Raises ChannelFailures. blocking: of old; call block() to wait."""
        if blocking is not None:
            warn("engine.start(blocking=…)", "engine.start(), and engine.block() to wait")
            if threading.current_thread() is threading.main_thread():
                self.signals.subscribe()  # as of old
        super().start()
        if blocking:
            self.block()

    # -- config --------------------------------------------------------------------------------------------------

    def configure(self, key: str, value: Any) -> None:
        """Take `engine.<key>`. `SIGTERM` and the like: what is called on that signal; None for nothing of ours."""
        name, dot, attribute = key.partition(".")
        if not dot and key.startswith("SIG"):
            self.signal_handler.release(key)
            if value is not None:
                self.signal_handler.set_handler(key, value)
        elif not dot and key == "join_timeout":
            self.join_timeout = value
        elif dot and isinstance(plugin := vars(self).get(name), Plugin):
            _set_plugin(plugin, name, attribute, value)
        else:
            plugins = [name for name, each in vars(self).items() if isinstance(each, Plugin)]
            known = ("join_timeout", "SIGTERM", "SIGHUP", *(f"{plugin}.on" for plugin in plugins))
            raise OptionError(f"engine.{key}", f"there is no such option{did_you_mean(key, known)}")

    # -- of old --------------------------------------------------------------------------------------------------

    def request(self, local: Any, remote: Any, scheme: str = "http", sproto: str = "HTTP/1.1") -> Request:
        """A request of the application at the root, or else of the only one, to be driven by hand: of old."""
        warn("engine.request(…)", "Application.get_serving(…)")
        ours = {prefix: each for prefix, each in self._apps.items() if isinstance(each, Application)}
        application = ours.get("") or (next(iter(ours.values())) if len(ours) == 1 else None)
        if application is None:
            raise RuntimeError("none of the applications is at the root; ask the one that is meant: get_serving(…)")
        return application.get_serving(local, remote, scheme, sproto)[0]

    def release(self) -> None:
        """The calling thread is done with the request that request() gave it: of old."""
        warn("engine.release()", "Application.release_serving()")
        serving.clear()

    def __getattr__(self, name: str) -> Any:
        if name in ENGINE_LISTS:
            return Listeners(self, f"engine.{name}", ENGINE_LISTS[name])
        if name == "timeout_monitor":
            warn("engine.timeout_monitor", gone("engine.timeout_monitor"))
            return Plugin(self)  # which listens to nothing
        raise AttributeError(f"the engine has no {name!r}")


def _set_plugin(plugin: Plugin, name: str, attribute: str, value: Any) -> None:
    if attribute == "on":
        plugin.subscribe() if value else plugin.unsubscribe()
        return
    known = [key for key in vars(plugin) if not key.startswith("_") and key != "bus"]
    if attribute not in known:
        key = f"engine.{name}.{attribute}"
        raise OptionError(key, f"there is no such option{did_you_mean(attribute, known)}")
    setattr(plugin, attribute, set(value) if attribute in ("files", "folders") else value)
