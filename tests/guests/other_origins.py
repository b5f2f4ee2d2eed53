"""Pages that other origins may read, with cherrypy-cors."""

import sys

import cherrypy
import cherrypy_cors

cherrypy_cors.install()


class Root:
    """One page, which answers preflights, too."""

    @cherrypy.expose
    @cherrypy.tools.json_out()
    def index(self):
        if cherrypy.request.method == "OPTIONS":
            cherrypy_cors.preflight(allowed_methods=["GET", "PUT"])
        return {"a": 1}


cherrypy.config.update({"server.socket_port": int(sys.argv[1]), "engine.autoreload.on": False})
cherrypy.quickstart(Root(), "/", {"/": {"cors.expose.on": True}})
