"""The table of the tools in the box: one line each."""

from __future__ import annotations

from kirsch.toolbox.auth_basic import AuthBasic
from kirsch.toolbox.auth_digest import AuthDigest
from kirsch.toolbox.cors import Cors
from kirsch.toolbox.csrf import CSRF
from kirsch.toolbox.proxy import Proxy
from kirsch.toolbox.security_headers import SecurityHeaders
from kirsch.toolbox.session_auth import SessionAuthTool
from kirsch.toolbox.tool import Toolbox
from kirsch.toolbox.trailing_slash import TrailingSlash
from kirsch.toolbox.xmlrpc import XMLRPC, XMLRPCFilter


def standard_tools() -> Toolbox:
    """A toolbox of its own, under the namespace `tools`."""
    return Toolbox(
        "tools",
        auth_basic=AuthBasic(),
        auth_digest=AuthDigest(),
        cors=Cors(),
        csrf=CSRF(),
        proxy=Proxy(),
        security_headers=SecurityHeaders(),
        session_auth=SessionAuthTool(),
        trailing_slash=TrailingSlash(),
        xmlrpc=XMLRPC(),
        xmlrpc_filter=XMLRPCFilter(),
    )
