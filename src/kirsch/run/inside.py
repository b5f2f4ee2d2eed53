"""`kirsch shell` and `kirsch health`: look at a site from inside, and ask it from outside whether it is well."""

from __future__ import annotations

import code
import http.client
import json
import os
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from kirsch.run.defaults import config, server, tree
from kirsch.run.flags import add_flags, settings_of, take_surroundings
from kirsch.run.lookup import mount, take_files
from kirsch.run.surroundings import take_environment

if TYPE_CHECKING:
    import argparse

SECONDS: Final = 5.0
"""That a site is given to answer."""

BANNER: Final = """\
Python {version} with the site at hand, not served:
  kirsch   the package; kirsch.config, kirsch.tree, kirsch.engine
  app      what is mounted at the root, or else first
  client   from kirsch.testing.client import Client; client = Client(kirsch.tree); client.get("/").text"""


def add_shell(verbs: Any, common: argparse.ArgumentParser) -> None:
    """The verb."""
    parser = verbs.add_parser("shell", parents=[common], help="Python, with the site at hand")
    parser.set_defaults(alone=shell)


def shell(options: argparse.Namespace) -> int:
    """Talk to Python, with the program loaded."""
    mount(options.app, options.config or [], options.cherrypy)
    app = tree.apps.get("") or next(iter(tree.apps.values()), None)
    code.interact(
        BANNER.format(version=sys.version.split()[0]), local={"kirsch": sys.modules["kirsch"], "app": app}, exitmsg=""
    )
    return 0


def add_health(verbs: Any, common: argparse.ArgumentParser) -> None:
    """The verb."""
    parser = verbs.add_parser("health", parents=[common], help="ask the running site whether it is well")
    parser.add_argument("path", nargs="?", default="/", help="what to ask for, or a whole URL; / without")
    add_flags(parser)
    parser.set_defaults(alone=health)


def health(options: argparse.Namespace) -> int:
    """0 if the site answers with a status below 500, else 1. Where it listens is taken from config and flags."""
    url = urlsplit(options.path)
    if not url.netloc:
        take_surroundings(options, os.environ)
        take_files(options.config or [])
        take_environment(config, os.environ)
        config.update(settings_of(options, os.environ))
    path = f"{url.path or '/'}{f'?{url.query}' if url.query else ''}"
    secure = url.scheme == "https" or server.secure
    try:
        status = _status(url.netloc, secure, path)
        if status == http.HTTPStatus.BAD_REQUEST and not secure:  # it may speak TLS, by what the program alone says
            with suppress(OSError):
                status = _status(url.netloc, True, path)
    except (OSError, http.client.HTTPException) as error:
        problem = str(error) or type(error).__name__
        sys.stderr.write(f"kirsch: not well: {problem}\n")
        return _told(options, {"well": False, "problem": problem})
    if not options.json:
        sys.stdout.write(f"{status} {http.client.responses.get(status, '')}\n")
    return _told(options, {"well": status < http.HTTPStatus.INTERNAL_SERVER_ERROR, "status": status})


def _told(options: argparse.Namespace, found: dict[str, Any]) -> int:
    if options.json:
        sys.stdout.write(f"{json.dumps(found)}\n")
    return int(not found["well"])


def _status(where: str, secure: bool, path: str) -> int:
    """The status of an answer. where: host and port; "" for where the config says that we listen.

    secure: under TLS; whom the certificate is for does not matter, as it is our own server that is asked.
    """
    connection = http.client.HTTPConnection(where or "localhost", timeout=SECONDS)
    if not where:
        connection.sock = _connected(server.bind_addr)
    else:
        connection.connect()
    try:
        if secure:
            connection.sock = _secured(connection.sock)
        connection.request("GET", path, headers={"User-Agent": "kirsch health"})
        return connection.getresponse().status
    finally:
        connection.close()


def _secured(sock: socket.socket) -> socket.socket:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(sock)


def _connected(address: str | tuple[str, int]) -> socket.socket:
    if isinstance(address, str):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(SECONDS)
        sock.connect(address)
        return sock
    host, port = address
    return socket.create_connection(({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port), SECONDS)
