"""`cheroot.cli`: the command `cheroot APP_MODULE`, for who has it in a script; `kirsch run` does more."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
from typing import Any, Final
from urllib.parse import urlsplit

from kirsch.compat.cheroot_server import Gateway, HTTPServer
from kirsch.compat.cheroot_wsgi import Server

_DEFAULT: Final = "[::1]:8000"


class BindLocation:
    """Where to listen. bind_addr: as the server wants it."""

    bind_addr: Any


class TCPSocket(BindLocation):
    """Host and port."""

    def __init__(self, address: str, port: int | None) -> None:
        self.bind_addr = address, port


class UnixSocket(BindLocation):
    """A path."""

    def __init__(self, path: str) -> None:
        self.bind_addr = path


class AbstractSocket(BindLocation):
    """A name that is no path, on Linux."""

    def __init__(self, abstract_socket: str) -> None:
        self.bind_addr = f"\0{abstract_socket}"


class Application:
    """What is served: a WSGI application or a subclass of Gateway, by `package.module[:attribute]`."""

    @classmethod
    def resolve(cls, full_path: str) -> Application | GatewayYo:
        """The one that a name stands for."""
        module, _, attribute = full_path.partition(":")
        found: Any = importlib.import_module(module)
        for name in (attribute or "application").split("."):
            found = getattr(found, name)
        with contextlib.suppress(TypeError):
            if issubclass(found, Gateway):
                return GatewayYo(found)
        return cls(found)

    def __init__(self, wsgi_app: Any) -> None:
        if not callable(wsgi_app):
            raise TypeError("Application must be a callable object or cheroot.server.Gateway")
        self.wsgi_app = wsgi_app

    def server_args(self, parsed_args: argparse.Namespace) -> dict[str, Any]:
        """What the server is made with: what was given."""
        given = {name: value for name, value in vars(parsed_args).items() if value is not None}
        return {name: value for name, value in given.items() if name not in ("wsgi_app_path", "chdir", "bind_addr")}

    def server(self, parsed_args: argparse.Namespace) -> HTTPServer:
        """The server."""
        return Server(parsed_args.bind_addr.bind_addr, self.wsgi_app, **self.server_args(parsed_args))


class GatewayYo:
    """A subclass of Gateway as what is served."""

    def __init__(self, gateway: Any) -> None:
        self.gateway = gateway

    def server(self, parsed_args: argparse.Namespace) -> HTTPServer:
        """The server."""
        threads = {"minthreads": parsed_args.numthreads, "maxthreads": parsed_args.max}
        given = {name: value for name, value in threads.items() if value is not None}
        return HTTPServer(parsed_args.bind_addr.bind_addr, self.gateway, **given)


def parse_wsgi_bind_location(bind_addr_string: str) -> BindLocation:
    """`host:port`, `[ipv6]:port`, a path, or `@name`."""
    if bind_addr_string.startswith("@"):
        return AbstractSocket(bind_addr_string[1:])
    address = urlsplit(f"//{bind_addr_string}")
    if address.hostname and "/" not in bind_addr_string:
        with contextlib.suppress(ValueError):
            return TCPSocket(address.hostname, address.port)
    return UnixSocket(bind_addr_string)


def parse_wsgi_bind_addr(bind_addr_string: str) -> Any:
    """The same, as the server wants it."""
    return parse_wsgi_bind_location(bind_addr_string).bind_addr


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    command = argparse.ArgumentParser("cheroot", description="Start a server for a WSGI application.")
    command.add_argument("wsgi_app_path", metavar="APP_MODULE", help="package.module[:attribute]")
    where = parse_wsgi_bind_location
    command.add_argument("--bind", metavar="ADDRESS", dest="bind_addr", type=where, default=where(_DEFAULT))
    command.add_argument("--chdir", metavar="PATH")
    command.add_argument("--server-name", dest="server_name")
    command.add_argument("--threads", metavar="INT", dest="numthreads", type=int)
    command.add_argument("--max-threads", metavar="INT", dest="max", type=int)
    command.add_argument("--timeout", metavar="INT", type=int)
    command.add_argument("--shutdown-timeout", metavar="INT", type=int)
    command.add_argument("--request-queue-size", metavar="INT", type=int)
    command.add_argument("--accepted-queue-size", metavar="INT", type=int)
    command.add_argument("--accepted-queue-timeout", metavar="INT", type=int)
    return command


def main() -> None:
    """The command."""
    given = parser().parse_args()
    if given.chdir:
        os.chdir(given.chdir)
    if "" not in sys.path:
        sys.path.insert(0, "")
    Application.resolve(given.wsgi_app_path).server(given).safe_start()
