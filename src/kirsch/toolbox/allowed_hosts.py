"""Answers only what is asked of a host of ours, as links, redirects and caches go by the name that a client sends."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from kirsch.app.errors import HTTPError
from kirsch.http.hosts import Hosts
from kirsch.options import Check, Option, Options
from kirsch.toolbox.prepared import PreparedTool, standing

if TYPE_CHECKING:
    from kirsch.app.request import Request

_NAMES = Check("of host names, and not empty", lambda given: given and all(isinstance(each, str) for each in given))


class HostSettings(Options):
    """Our names."""

    hosts: Option[Any] = Option(
        (),
        "Our names: `example.com`, `*.example.com` for all below; with a port for that port alone.",
        (tuple, list, set, frozenset),
        _NAMES,
    )


class AllowedHosts(PreparedTool):
    """421 for any other host, and a line in the log, before any other tool acts.

    Where a proxy names the host, that one is looked at, too. A request without a host (HTTP/1.0) names none.
    """

    priority = 1
    choices = HostSettings
    required = ("hosts",)

    def prepare(self, settings: HostSettings) -> Hosts:
        """The names made ready."""
        return Hosts(settings.hosts)

    def on_start_resource(self, request: Request, response: Any, plan: Hosts) -> None:
        """The host that the client, or whoever stands before us, has sent."""
        host = request.exchange.head.get(b"host")
        if host and host.decode("latin-1") not in plan:
            _refuse(request, host.decode("latin-1"))

    @standing(priority=32)
    def before_request_body(self, request: Request, response: Any, plan: Hosts) -> None:
        """The host that a proxy has told, or that a hook has set."""
        base = vars(request).get("base")  # there if somebody has asked for it, or set it
        host = base.partition("://")[2].partition("/")[0] if base and request.exchange.head.get(b"host") else ""
        if host and host not in plan:
            _refuse(request, host)


def _refuse(request: Request, host: str) -> None:
    text = f"host {host[:200]!r}, asked for by {request.exchange.client[0] or 'a local peer'}, is not among hosts"
    request.log.error(text, "TOOLS.ALLOWED_HOSTS", logging.WARNING)
    raise HTTPError(421, "This host is not served here.")
