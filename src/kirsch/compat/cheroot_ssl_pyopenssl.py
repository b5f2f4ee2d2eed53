"""`cheroot.ssl.pyopenssl`: the adapter over pyOpenSSL, of which the name is left: Python's own ssl does its work."""

from __future__ import annotations

from typing import Any

from kirsch.app.legacy import warn
from kirsch.compat.cheroot_ssl_builtin import BuiltinSSLAdapter


class pyOpenSSLAdapter(BuiltinSSLAdapter):
    """As BuiltinSSLAdapter, with a warning; a context of pyOpenSSL is refused when the server starts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warn("pyOpenSSLAdapter", "BuiltinSSLAdapter: TLS is done by Python's own ssl")
        super().__init__(*args, **kwargs)

    def get_context(self) -> Any:
        """By what connections are secured."""
        return self.context
