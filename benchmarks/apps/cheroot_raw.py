"""A raw WSGI application on cheroot, CherryPy's server."""

from __future__ import annotations

from cheroot.wsgi import Server
from settings import CONNECTIONS, HOST, IDLE, KEEP_ALIVE, PORT, THREADS
from site_wsgi import app

Server.keep_alive_conn_limit = CONNECTIONS  # 10 as shipped: see README.md

if __name__ == "__main__":
    server = Server((HOST, PORT), app, numthreads=THREADS, request_queue_size=128, timeout=KEEP_ALIVE if IDLE else 10)
    server.start()
