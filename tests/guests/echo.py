"""Echoes what comes by a WebSocket, with ws4py's tool and plugin; its arguments: a port, and files for TLS."""

import sys

import cherrypy
from ws4py.server.cherrypyserver import WebSocketPlugin, WebSocketTool
from ws4py.websocket import EchoWebSocket

WebSocketPlugin(cherrypy.engine).subscribe()
cherrypy.tools.websocket = WebSocketTool()


class Root:
    """A page, and the place of the WebSocket."""

    @cherrypy.expose
    def index(self):
        return "a page"

    @cherrypy.expose
    @cherrypy.tools.websocket(handler_cls=EchoWebSocket)
    def echo(self):
        assert cherrypy.request.ws_handler


cherrypy.config.update({"server.socket_port": int(sys.argv[1]), "engine.autoreload.on": False})
cherrypy.quickstart(Root())
