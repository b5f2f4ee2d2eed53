"""All plugins by their names, for whoever builds with them: `from kirsch.process.plugins import Monitor`."""

from __future__ import annotations

from kirsch.process.autoreload import Autoreloader
from kirsch.process.daemon import Daemonizer
from kirsch.process.feed import Feed
from kirsch.process.monitor import BackgroundTask, Monitor, PerpetualTimer
from kirsch.process.notify import Notifier
from kirsch.process.pidfile import PIDFile, PIDFileTaken
from kirsch.process.plugin import Plugin, priority
from kirsch.process.privileges import DropPrivileges
from kirsch.process.signals import SignalHandler
from kirsch.process.threads import ThreadManager

SimplePlugin = Plugin

__all__ = [
    "Autoreloader",
    "BackgroundTask",
    "Daemonizer",
    "DropPrivileges",
    "Feed",
    "Monitor",
    "Notifier",
    "PIDFile",
    "PIDFileTaken",
    "PerpetualTimer",
    "Plugin",
    "SignalHandler",
    "SimplePlugin",
    "ThreadManager",
    "priority",
]
