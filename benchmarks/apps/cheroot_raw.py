"""A raw WSGI application on cheroot, CherryPy's server."""

from __future__ import annotations

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from settings import CERTIFICATE, CONNECTIONS, HOST, IDLE, KEEP_ALIVE, KEY, PORT, THREADS
from site_wsgi import app

Server.keep_alive_conn_limit = CONNECTIONS  # 10 as shipped: see README.md

if __name__ == "__main__":
    server = Server((HOST, PORT), app, numthreads=THREADS, request_queue_size=128, timeout=KEEP_ALIVE if IDLE else 10)
    if CERTIFICATE:
        server.ssl_adapter = BuiltinSSLAdapter(CERTIFICATE, KEY)
    server.start()
