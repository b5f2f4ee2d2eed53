"""CherryPy on its own server, with its default tools."""

from __future__ import annotations

import time

import cherrypy
from cheroot.server import HTTPServer
from settings import ACCESS_LOG, CONNECTIONS, FILES, HOST, IDLE, KEEP_ALIVE, LOAD, PORT, THREADS

HTTPServer.keep_alive_conn_limit = CONNECTIONS  # 10 as shipped, and no key of the config changes it: see README.md
PIECE = 65536
FIELDS = {"id": int, "customer": str, "email": str, "express": bool, "tags": list, "items": list, "note": str}
ITEM_FIELDS = {"sku": str, "quantity": int, "price": int}


def matches(value, fields):
    """Tell whether a mapping has these fields with these types."""
    return isinstance(value, dict) and all(isinstance(value.get(name), kind) for name, kind in fields.items())


class Root:
    """The site."""

    @cherrypy.expose
    def hello(self, name, x):
        """Answer with the name from the path and a parameter from the query."""
        return f"Hello, {name}! x={x}"

    @cherrypy.expose
    def wait(self, ms):
        """Block for `ms` milliseconds."""
        time.sleep(int(ms) / 1000)
        return "waited"

    @cherrypy.expose
    @cherrypy.tools.json_in()
    @cherrypy.tools.json_out()
    def order(self):
        """Add up an order: JSON in, checked by hand (CherryPy has no other way), JSON out."""
        order = cherrypy.request.json
        if not (
            matches(order, FIELDS)
            and all(matches(item, ITEM_FIELDS) for item in order["items"])
            and all(isinstance(tag, str) for tag in order["tags"])
        ):
            raise cherrypy.HTTPError(422)
        order["total"] = sum(item["quantity"] * item["price"] for item in order["items"])
        return order

    @cherrypy.expose
    def session(self):
        """Count the visits of one client."""
        visits = cherrypy.session["visits"] = cherrypy.session.get("visits", 0) + 1
        return str(visits)

    @cherrypy.expose
    def upload(self):
        """Read the body piece by piece and answer its size."""
        read = cherrypy.request.body.fp.read
        size = 0
        while piece := read(PIECE):
            size += len(piece)
        return str(size)


def sections():
    """The application's config: what the load needs and nothing else."""
    if LOAD == "cached":
        return {"/hello": {"tools.caching.on": True}}
    if LOAD == "session":
        return {"/session": {"tools.sessions.on": True}}
    if LOAD.startswith("static"):
        return {"/static": {"tools.staticdir.on": True, "tools.staticdir.dir": FILES}}
    return {}


if __name__ == "__main__":
    config = {
        "environment": "production",
        "server.socket_host": HOST,
        "server.socket_port": PORT,
        "server.thread_pool": THREADS,
        "server.socket_queue_size": 128,  # 5 as shipped: a burst of 50 connects would wait for repeated SYNs
        "server.max_request_body_size": 0 if LOAD == "upload" else 100 * 1024 * 1024,
        "log.screen": False,
        "log.access_file": ACCESS_LOG,
    }
    if IDLE:
        config["server.socket_timeout"] = KEEP_ALIVE
    cherrypy.config.update(config)
    cherrypy.quickstart(Root(), "/", sections())
