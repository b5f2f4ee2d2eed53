"""`cherrypy.process.plugins`: what can stand on the bus."""

from __future__ import annotations

from kirsch.compat.cherrypy__cpcompat import text_or_bytes
from kirsch.process.plugins import (
    Autoreloader,
    BackgroundTask,
    Daemonizer,
    DropPrivileges,
    Monitor,
    PerpetualTimer,
    PIDFile,
    SignalHandler,
    ThreadManager,
)
from kirsch.process.plugins import Plugin as SimplePlugin

__all__ = [
    "Autoreloader", "BackgroundTask", "Daemonizer", "DropPrivileges", "Monitor", "PIDFile", "PerpetualTimer",
    "SignalHandler", "SimplePlugin", "ThreadManager", "text_or_bytes",
]  # fmt: skip
