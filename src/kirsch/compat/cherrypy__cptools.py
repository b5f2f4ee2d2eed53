"""`cherrypy._cptools`: tools, and the box of those that there are."""

from __future__ import annotations

from kirsch.run.defaults import tools as default_toolbox
from kirsch.toolbox.caching import Caching as CachingTool
from kirsch.toolbox.kinds import ErrorTool, HandlerTool, HandlerWrapperTool
from kirsch.toolbox.session_auth import SessionAuthTool
from kirsch.toolbox.sessions import Sessions as SessionTool
from kirsch.toolbox.tool import Tool, Toolbox
from kirsch.toolbox.xmlrpc import XMLRPCController

__all__ = [
    "CachingTool", "ErrorTool", "HandlerTool", "HandlerWrapperTool", "SessionAuthTool", "SessionTool", "Tool",
    "Toolbox", "XMLRPCController", "default_toolbox",
]  # fmt: skip
