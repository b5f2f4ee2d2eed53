"""Addresses by Routes."""

import sys

import cherrypy


class Blog:
    """What they lead to."""

    def index(self):
        return "index"

    def show(self, id, **more):
        return f"{id} {more}"


dispatch = cherrypy.dispatch.RoutesDispatcher()
dispatch.connect("home", "/", controller=Blog(), action="index")
dispatch.connect("show", "/blog/{id:[0-9]+}", controller=Blog(), action="show", conditions={"method": ["GET"]})

cherrypy.config.update({"server.socket_port": int(sys.argv[1]), "engine.autoreload.on": False})
cherrypy.quickstart(None, "/", {"/": {"request.dispatch": dispatch}})
