"""The table of the tools in the box: one line each."""

from __future__ import annotations

from kirsch.toolbox.accept import Accept
from kirsch.toolbox.allow import Allow
from kirsch.toolbox.allowed_hosts import AllowedHosts
from kirsch.toolbox.auth_basic import AuthBasic
from kirsch.toolbox.auth_digest import AuthDigest
from kirsch.toolbox.autovary import AutoVary
from kirsch.toolbox.caching import Caching
from kirsch.toolbox.compress import Compress
from kirsch.toolbox.cors import Cors
from kirsch.toolbox.csrf import CSRF
from kirsch.toolbox.decode import Decode
from kirsch.toolbox.encode import Encode
from kirsch.toolbox.etags import ETags
from kirsch.toolbox.expires import Expires
from kirsch.toolbox.flatten import Flatten
from kirsch.toolbox.gzip import Gzip
from kirsch.toolbox.ignore_headers import IgnoreHeaders
from kirsch.toolbox.jinja2 import Jinja2
from kirsch.toolbox.json_in import JSONIn
from kirsch.toolbox.json_out import JSONOut
from kirsch.toolbox.last_modified import LastModified
from kirsch.toolbox.log_headers import LogHeaders
from kirsch.toolbox.log_hooks import LogHooks
from kirsch.toolbox.log_tracebacks import LogTracebacks
from kirsch.toolbox.mako import Mako
from kirsch.toolbox.params import Params
from kirsch.toolbox.proxy import Proxy
from kirsch.toolbox.rate_limit import RateLimit
from kirsch.toolbox.redirect import ErrRedirect, Redirect
from kirsch.toolbox.referer import Referer
from kirsch.toolbox.request_id import RequestIds
from kirsch.toolbox.response_headers import ResponseHeaders
from kirsch.toolbox.security_headers import SecurityHeaders
from kirsch.toolbox.session_auth import SessionAuthTool
from kirsch.toolbox.sessions import Sessions
from kirsch.toolbox.static import StaticDir, StaticFile
from kirsch.toolbox.tool import Toolbox
from kirsch.toolbox.trailing_slash import TrailingSlash
from kirsch.toolbox.xmlrpc import XMLRPC, XMLRPCFilter


def standard_tools() -> Toolbox:
    """A toolbox of its own, under the namespace `tools`."""
    return Toolbox(
        "tools",
        accept=Accept(),
        allow=Allow(),
        allowed_hosts=AllowedHosts(),
        auth_basic=AuthBasic(),
        auth_digest=AuthDigest(),
        autovary=AutoVary(),
        caching=Caching(),
        compress=Compress(),
        cors=Cors(),
        csrf=CSRF(),
        decode=Decode(),
        encode=Encode(),
        err_redirect=ErrRedirect(),
        etags=ETags(),
        expires=Expires(),
        flatten=Flatten(),
        gzip=Gzip(),
        ignore_headers=IgnoreHeaders(),
        jinja2=Jinja2(),
        json_in=JSONIn(),
        json_out=JSONOut(),
        last_modified=LastModified(),
        log_headers=LogHeaders(),
        log_hooks=LogHooks(),
        log_tracebacks=LogTracebacks(),
        mako=Mako(),
        params=Params(),
        proxy=Proxy(),
        rate_limit=RateLimit(),
        redirect=Redirect(),
        referer=Referer(),
        request_id=RequestIds(),
        response_headers=ResponseHeaders(),
        security_headers=SecurityHeaders(),
        session_auth=SessionAuthTool(),
        staticdir=StaticDir(),
        staticfile=StaticFile(),
        sessions=Sessions(),
        trailing_slash=TrailingSlash(),
        xmlrpc=XMLRPC(),
        xmlrpc_filter=XMLRPCFilter(),
    )
