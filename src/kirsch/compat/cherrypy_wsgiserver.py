"""`cherrypy.wsgiserver`: what became `cheroot`, by the names that it had then."""

from __future__ import annotations

from kirsch.app.legacy import warn
from kirsch.compat.cheroot_errors import FatalSSLAlert, MaxSizeExceeded, NoSSLError
from kirsch.compat.cheroot_server import (
    ChunkedRFile,
    Gateway,
    HTTPConnection,
    HTTPRequest,
    HTTPServer,
    KnownLengthRFile,
    SizeCheckWrapper,
    get_ssl_adapter_class,
    ssl_adapters,
)
from kirsch.compat.cheroot_ssl import Adapter as SSLAdapter
from kirsch.compat.cheroot_workers_threadpool import ThreadPool, WorkerThread
from kirsch.compat.cheroot_wsgi import Gateway as WSGIGateway
from kirsch.compat.cheroot_wsgi import Gateway_10 as WSGIGateway_10
from kirsch.compat.cheroot_wsgi import Gateway_u0 as WSGIGateway_u0
from kirsch.compat.cheroot_wsgi import Server as CherryPyWSGIServer
from kirsch.compat.cheroot_wsgi import WSGIPathInfoDispatcher, wsgi_gateways

__all__ = (
    "CherryPyWSGIServer", "ChunkedRFile", "FatalSSLAlert", "Gateway", "HTTPConnection", "HTTPRequest", "HTTPServer",
    "KnownLengthRFile", "MaxSizeExceeded", "NoSSLError", "SSLAdapter", "SizeCheckWrapper", "ThreadPool",
    "WSGIGateway", "WSGIGateway_10", "WSGIGateway_u0", "WSGIPathInfoDispatcher", "WorkerThread",
    "get_ssl_adapter_class", "ssl_adapters", "wsgi_gateways",
)  # fmt: skip

__path__: list[str] = []

warn("cherrypy.wsgiserver", "cheroot.wsgi and cheroot.server")
