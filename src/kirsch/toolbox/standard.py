"""The table of the tools in the box: one line each."""

from __future__ import annotations

from typing import Final

from kirsch.toolbox.tool import Toolbox

TOOLS: Final = {
    "accept": "accept.Accept",
    "allow": "allow.Allow",
    "allowed_hosts": "allowed_hosts.AllowedHosts",
    "auth_basic": "auth_basic.AuthBasic",
    "auth_digest": "auth_digest.AuthDigest",
    "autovary": "autovary.AutoVary",
    "caching": "caching.Caching",
    "compress": "compress.Compress",
    "cors": "cors.Cors",
    "csrf": "csrf.CSRF",
    "decode": "decode.Decode",
    "encode": "encode.Encode",
    "err_redirect": "redirect.ErrRedirect",
    "etags": "etags.ETags",
    "expires": "expires.Expires",
    "flatten": "flatten.Flatten",
    "gzip": "gzip.Gzip",
    "ignore_headers": "ignore_headers.IgnoreHeaders",
    "jinja2": "jinja2.Jinja2",
    "json_in": "json_in.JSONIn",
    "json_out": "json_out.JSONOut",
    "last_modified": "last_modified.LastModified",
    "log_headers": "log_headers.LogHeaders",
    "log_hooks": "log_hooks.LogHooks",
    "log_tracebacks": "log_tracebacks.LogTracebacks",
    "mako": "mako.Mako",
    "params": "params.Params",
    "proxy": "proxy.Proxy",
    "rate_limit": "rate_limit.RateLimit",
    "redirect": "redirect.Redirect",
    "referer": "referer.Referer",
    "request_id": "request_id.RequestIds",
    "response_headers": "response_headers.ResponseHeaders",
    "security_headers": "security_headers.SecurityHeaders",
    "session_auth": "session_auth.SessionAuthTool",
    "sessions": "sessions.Sessions",
    "sse": "sse.SSE",
    "staticdir": "static.StaticDir",
    "staticfile": "static.StaticFile",
    "trailing_slash": "trailing_slash.TrailingSlash",
    "xmlrpc": "xmlrpc.XMLRPC",
    "xmlrpc_filter": "xmlrpc.XMLRPCFilter",
}
"""By name, the file and class of each. It is loaded when somebody first speaks of it."""


def standard_tools() -> Toolbox:
    """A toolbox of its own, under the namespace `tools`."""
    return Toolbox("tools", {name: f"kirsch.toolbox.{place}" for name, place in TOOLS.items()})
