"""`cherrypy.process`: the life of the process."""

from __future__ import annotations

from kirsch.compat import cherrypy_process_plugins as plugins
from kirsch.compat import cherrypy_process_servers as servers
from kirsch.compat import cherrypy_process_wspbus as wspbus
from kirsch.compat.cherrypy_process_wspbus import bus

__all__ = ["bus", "plugins", "servers", "wspbus"]

__path__: list[str] = []
