"""`cherrypy.test.webtest`: as `cheroot.test.webtest`."""

from __future__ import annotations

from kirsch.compat.cheroot_test_webtest import (
    ServerError,
    WebCase,
    cleanHeaders,
    ignored_exceptions,
    interface,
    openURL,
    server_error,
    shb,
    strip_netloc,
)

__all__ = [
    "ServerError", "WebCase", "cleanHeaders", "ignored_exceptions", "interface", "openURL", "server_error", "shb",
    "strip_netloc",
]  # fmt: skip
