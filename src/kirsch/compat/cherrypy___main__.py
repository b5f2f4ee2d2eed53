"""`python -m cherrypy`: as `cherryd`."""

from __future__ import annotations

from kirsch.compat.cherrypy_daemon import run

if __name__ == "__main__":
    run()
