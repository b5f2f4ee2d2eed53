"""A service of Spyne, by SOAP and by JSON, grafted beside each other."""

import sys

import cherrypy
from spyne import Application, Integer, Iterable, ServiceBase, Unicode, rpc
from spyne.protocol.http import HttpRpc
from spyne.protocol.json import JsonDocument
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication


class Hello(ServiceBase):
    """What is called."""

    @rpc(Unicode, Integer, _returns=Iterable(Unicode))
    def hello(self, name, times):
        return [f"Hello {name}"] * times


for path, spoken in {
    "/soap": (Soap11(validator="lxml"), Soap11()),
    "/json": (HttpRpc(validator="soft"), JsonDocument()),
}.items():
    cherrypy.tree.graft(
        WsgiApplication(Application([Hello], "hello", in_protocol=spoken[0], out_protocol=spoken[1])), path
    )

cherrypy.config.update({"server.socket_port": int(sys.argv[1]), "engine.autoreload.on": False})
cherrypy.engine.signals.subscribe()
cherrypy.engine.start()
cherrypy.engine.block()
