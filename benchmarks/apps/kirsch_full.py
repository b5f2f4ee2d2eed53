"""Ours: the framework on its own server, with its default tools."""

from __future__ import annotations

import time

from orders import Order
from settings import ACCESS_LOG, CERTIFICATE, FILES, HOST, IDLE, KEEP_ALIVE, KEY, LOAD, PORT, THREADS, not_yet

import kirsch

PIECE = 65536


class Root:
    """The site."""

    @kirsch.expose
    def hello(self, name, x):
        """Answer with the name from the path and a parameter from the query."""
        return f"Hello, {name}! x={x}"

    @kirsch.expose
    def wait(self, ms):
        """Block for `ms` milliseconds."""
        time.sleep(int(ms) / 1000)
        return "waited"

    @kirsch.expose
    @kirsch.tools.json_in(type=Order)
    @kirsch.tools.json_out()
    def order(self):
        """Add up an order: JSON in, checked, JSON out."""
        return kirsch.request.json.add_up()

    @kirsch.expose
    def session(self):
        """Count the visits of one client."""
        visits = kirsch.session["visits"] = kirsch.session.get("visits", 0) + 1
        return str(visits)

    @kirsch.expose
    def upload(self):
        """Read the body piece by piece and answer its size."""
        read = kirsch.request.body.read
        size = 0
        while piece := read(PIECE):
            size += len(piece)
        return str(size)


def need(*names):
    """End with `not yet` unless the face has all these names (a dot goes one deeper)."""
    for name in names:
        place = kirsch
        for part in name.split("."):
            place = getattr(place, part, None)
            if place is None:
                not_yet(f"kirsch.{name}")


def sections():
    """The application's config: what the load needs and nothing else."""
    if LOAD == "session":
        need("tools.sessions", "session")
        return {"/session": {"tools.sessions.on": True}}
    if LOAD.startswith("static"):
        need("tools.staticdir")
        return {"/static": {"tools.staticdir.on": True, "tools.staticdir.dir": FILES}}
    return {}


def server():
    """The global config."""
    config = {
        "server.socket_host": HOST,
        "server.socket_port": PORT,
        "server.thread_pool": THREADS,
        "log.screen": False,
    }
    if ACCESS_LOG:
        config["log.access_file"] = ACCESS_LOG
    if CERTIFICATE:
        config |= {"server.ssl_certificate": CERTIFICATE, "server.ssl_private_key": KEY}
    if IDLE:
        config["server.socket_timeout"] = KEEP_ALIVE
    if LOAD == "upload":
        config["server.max_request_body_size"] = 0
    return config


if __name__ == "__main__":
    need("quickstart", "config", "expose")
    kirsch.config.update(server())
    kirsch.quickstart(Root(), "/", sections())
