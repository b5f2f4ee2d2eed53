"""`cherrypy.wsgiserver.ssl_pyopenssl`: see cheroot_ssl_pyopenssl.py."""

from kirsch.compat.cheroot_ssl_pyopenssl import pyOpenSSLAdapter

__all__ = ("pyOpenSSLAdapter",)
