"""`cherrypy.process.win32`: Windows."""

from __future__ import annotations

from kirsch.compat.cherrypy_process_wspbus import Bus as Win32Bus
from kirsch.process.win32 import ConsoleCtrlHandler, PyWebService, signal_child

__all__ = ["ConsoleCtrlHandler", "PyWebService", "Win32Bus", "signal_child"]
