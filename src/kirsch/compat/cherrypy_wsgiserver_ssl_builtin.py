"""`cherrypy.wsgiserver.ssl_builtin`: see cheroot_ssl_builtin.py."""

from kirsch.compat.cheroot_ssl_builtin import BuiltinSSLAdapter

__all__ = ("BuiltinSSLAdapter",)
