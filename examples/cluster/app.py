"""One process of a site that has several: sessions, copies of pages and limits are in a store that all of them share.

    python examples/cluster/app.py --port 8081 --store redis://127.0.0.1:6379/0

nginx.conf or haproxy.cfg puts two of them behind one address; run.py starts it all and shows what they share.
"""

from __future__ import annotations

import argparse
import os
import time

import kirsch


class Root:
    """Each page says which process has made it."""

    @kirsch.expose
    def index(self):
        """Who is logged in, whichever process was told so."""
        visits = kirsch.session["visits"] = kirsch.session.get("visits", 0) + 1
        return f"process {os.getpid()}: visit {visits} of {kirsch.session.get('name', 'nobody')}"

    @kirsch.expose
    @kirsch.tools.allow(methods=["POST"])
    def login(self, name):
        """A real one asks for a password, too."""
        kirsch.session.regenerate()
        kirsch.session["name"] = name
        return f"process {os.getpid()}: welcome, {name}"

    @kirsch.expose
    @kirsch.tools.sessions(on=False)
    @kirsch.tools.caching(delay=60, cache_status=True)
    def report(self):
        """Takes long to make, so that it is made once a minute for all."""
        time.sleep(0.2)
        return f"process {os.getpid()}: made this report"

    @kirsch.expose
    @kirsch.tools.rate_limit(rate="5/minute")
    def search(self):
        """Five times a minute, wherever one asks."""
        return f"process {os.getpid()}: found nothing"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--store", default="redis://127.0.0.1:6379/0")
    options = parser.parse_args()
    shared = {f"tools.{name}.store": options.store for name in ("sessions", "caching", "rate_limit")}
    kirsch.config.update({"environment": "production", "server.socket_port": options.port})
    kirsch.quickstart(Root(), "", {"/": {"tools.proxy.on": True, "tools.sessions.on": True, **shared}})
