"""What a proxy in front says about the client, believed if `request.trusted_proxies` has the proxy."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.app.host import Host
from kirsch.http.addresses import is_among
from kirsch.http.forwarded import UNKNOWN, Hop, Node, element_at, find_client, parse_forwarded, parse_list
from kirsch.http.urls import split_host, split_target
from kirsch.options import Option, Options
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kirsch.app.request import Request

_SCHEMES: Final = {"http": "http", "https": "https", "on": "https", "off": "http", "ws": "http", "wss": "https"}
"""What a proxy may call it: `on` is for fields such as X-Forwarded-Ssl, the last two are said of WebSockets."""

_PORTS: Final = {"http": 80, "https": 443}
_TEXT: Final = (str, type(None))


class ProxySettings(Options):
    """The names of fields; "" for one that is not to be looked at."""

    base = Option(None, "Scheme and host, and path if there is one, for links; the scheme may be left out.", str)
    local = Option("X-Forwarded-Host", "Field with the host that the client asked for, instead of `base`.", _TEXT)
    remote = Option("X-Forwarded-For", "Field with the address of the client.", _TEXT)
    scheme = Option("X-Forwarded-Proto", "Field with the scheme that the client speaks.", _TEXT)
    port = Option("", "Field with the port that the client asked, such as X-Forwarded-Port.", _TEXT)
    prefix = Option("", "Field with the path that the proxy has taken away, such as X-Forwarded-Prefix.", _TEXT)
    forwarded = Option(False, "Read the field Forwarded (RFC 7239) instead of `local`, `remote` and `scheme`.")
    debug = Option(False, "Write to the error log what was made of it.")


class Plan(NamedTuple):
    """The names of the fields as they stand in a request, and the rest of the settings."""

    base: str
    local: bytes
    remote: bytes
    scheme: bytes
    port: bytes
    prefix: bytes
    forwarded: bool
    debug: bool


class Told:
    """What the proxy says. "" and None for what it does not say, or not so that it could be understood.

    get: gives the value of a field.
    problems: what could not be. client: None if nothing is said about it.
    """

    def __init__(self, get: Callable[[bytes], bytes | None], plan: Plan, is_proxy: Callable[[str], bool]) -> None:
        self.problems: list[str] = []
        self.client: Node | None = None
        self.scheme = self.host = self.port = self.prefix = ""
        self._get = get
        self._is_proxy = is_proxy
        distance = self._read_forwarded() if plan.forwarded else self._read_fields(plan)
        self.port = self._taken(plan.port, distance, _port)
        self.prefix = self._taken(plan.prefix, distance, _prefix)

    def _read_forwarded(self) -> int:
        value = self._said(b"forwarded")
        try:
            hops = parse_forwarded(value)
        except ValueError as error:
            self._complain(b"forwarded", value, error)
            self.client = Node(UNKNOWN)
            return 0
        distance = self._find_client(b"forwarded", [hop.client for hop in hops])
        ours: Sequence[Hop] = hops[-distance:]  # what stands before, a client may have made up
        self.scheme = self._understood(b"forwarded", next((hop.proto for hop in ours if hop.proto), ""), _scheme)
        self.host = self._understood(b"forwarded", next((hop.host for hop in ours if hop.host), ""), _netloc)
        return distance

    def _read_fields(self, plan: Plan) -> int:
        distance = self._find_client(plan.remote, self._list(plan.remote))
        self.scheme = self._taken(plan.scheme, distance, _scheme)
        self.host = self._taken(plan.local, distance, _netloc)
        return distance

    def _find_client(self, name: bytes, nodes: Sequence[str]) -> int:
        """Set the client, and give the distance of what is said about it from the end of each list."""
        if not nodes:
            return 0
        try:
            self.client, distance = find_client(nodes, self._is_proxy)
        except ValueError as error:
            # Not the proxy's own address, which may be allowed more than the client.
            self.client, distance = Node(UNKNOWN), 0
            self._complain(name, ", ".join(nodes), error)
        return distance

    def _said(self, name: bytes) -> str:
        value = self._get(name) if name else None
        return value.decode("latin-1").strip() if value else ""

    def _list(self, name: bytes) -> list[str]:
        value = self._said(name)
        try:
            return parse_list(value)
        except ValueError as error:
            self._complain(name, value, error)
            return [UNKNOWN]

    def _taken(self, name: bytes, distance: int, understand: Callable[[str], str]) -> str:
        return self._understood(name, element_at(self._list(name), distance), understand) if name else ""

    def _understood(self, name: bytes, text: str, understand: Callable[[str], str]) -> str:
        try:
            return understand(text) if text else ""
        except ValueError as error:
            self._complain(name, text, error)
            return ""

    def _complain(self, name: bytes, value: str, error: ValueError) -> None:
        self.problems.append(f"{name.decode('latin-1')} says {value[:200]!r}: {error}")


class Proxy(PreparedTool):
    """Sets scheme, base and remote of the request, and script_name, to what they are for the client."""

    priority = 30
    choices = ProxySettings

    def prepare(self, settings: ProxySettings) -> Plan:
        """Field names as bytes."""
        if settings.base and "://" in settings.base and not settings.base.startswith(("http://", "https://")):
            raise ValueError(f"base is an address of the web, and not {settings.base!r}")
        return Plan(
            base=(settings.base or "").rstrip("/"),
            local=_field(settings.local),
            remote=_field(settings.remote),
            scheme=_field(settings.scheme),
            port=_field(settings.port),
            prefix=_field(settings.prefix),
            forwarded=settings.forwarded,
            debug=settings.debug,
        )

    def before_request_body(self, request: Request, response: Any, plan: Plan) -> None:
        """Believe the proxy, if it is one of those that config trusts."""
        exchange, trusted = request.exchange, request.trusted_proxies
        host = port = ""
        if is_among(exchange.client[0], trusted):
            told = Told(exchange.head.get, plan, lambda address: is_among(address, trusted))
            host, port = told.host, told.port
            if told.problems:
                whom = exchange.client[0] or "on the Unix socket"
                text = f"the proxy {whom} is not understood, and not believed: {'; '.join(told.problems)}"
                request.log.error(text, "TOOLS.PROXY", logging.WARNING)
            if told.client is not None:
                request.remote = Host(*told.client)
            if told.prefix and request.prev is None:
                request.script_name = told.prefix + request.script_name
            if told.scheme and told.scheme != request.scheme:
                _set_base(request, told.scheme, request.base.partition("://")[2])
        if host or plan.base:
            _set_base(request, request.scheme, host or plan.base)
        if port and (host or not plan.base):
            _set_port(request, port)
        if plan.debug:
            text = f"{request.base}{request.script_name} for {request.remote.ip}"
            request.log.error(text, "TOOLS.PROXY")


def _field(name: str | None) -> bytes:
    """The name of a field as it stands in a request."""
    return (name or "").lower().encode("latin-1", "replace")


def _set_base(request: Request, scheme: str, base: str) -> None:
    """Scheme and base; a base that has a scheme of its own keeps it."""
    own, mark, _ = base.partition("://")
    request.scheme = own if mark else scheme
    request.base = base if mark else f"{scheme}://{base}"


def _set_port(request: Request, port: str) -> None:
    """Add the port, if there is none: some proxies say it twice."""
    scheme, _, netloc = request.base.partition("://")
    try:
        host, known = split_host(netloc)
    except ValueError:  # a WSGI server may let anything through
        return
    if known is None:
        request.base = f"{scheme}://{host}" if int(port) == _PORTS.get(scheme) else f"{scheme}://{host}:{port}"


def _scheme(text: str) -> str:
    if text.lower() not in _SCHEMES:
        raise ValueError("expected http or https")
    return _SCHEMES[text.lower()]


def _netloc(text: str) -> str:
    """A host, with its port if there is one; some proxies put the scheme before it."""
    scheme, mark, netloc = text.rpartition("://")
    split_host(netloc)
    return f"{_scheme(scheme)}://{netloc}" if mark else netloc


def _port(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) <= 65535):
        raise ValueError("expected a port")
    return text


def _prefix(text: str) -> str:
    """A path as it stands in script_name: decoded, without a slash at the end."""
    segments = text.rstrip("/").split("/")
    if segments[0] or not text.isprintable() or any(each in ("", ".", "..") for each in segments[1:]):
        raise ValueError("expected a path such as /app")
    path, query = split_target(text.rstrip("/").encode("latin-1"))
    if query or "\\" in path or "#" in path or not path.isprintable():
        raise ValueError("expected a path such as /app, and nothing else")
    return path
