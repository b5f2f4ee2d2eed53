"""What may be said on the command line of a server: flags that are settings by another name, and a few that are not."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.app.keys import OPTIONS
from kirsch.app.place import ConfigError, Place
from kirsch.app.sources import Source
from kirsch.options import OptionError
from kirsch.server.settings import Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, MutableMapping


class Flag(NamedTuple):
    """A setting by the name that other servers have made usual. variable: of the environment, where there is one."""

    name: str
    key: str
    words: str
    metavar: str = "N"
    variable: str = ""


FLAGS: Final = (
    Flag("--host", "server.socket_host", "address to listen on; 127.0.0.1 without", "ADDRESS", "HOST"),
    Flag("--port", "server.socket_port", "port; 8080 without", variable="PORT"),
    Flag("--uds", "server.socket_file", "Unix socket to listen on instead", "PATH"),
    Flag("--fd", "server.socket_fd", "descriptor of a listening socket to take over"),
    Flag("--root-path", "server.root_path", "path at which a proxy shows the site, and which it takes off", "PATH"),
    Flag("--tls-cert", "server.ssl_certificate", "file with the certificate (PEM): speak TLS", "FILE"),
    Flag("--tls-key", "server.ssl_private_key", "file with its key, if it is not in the same one", "FILE"),
    Flag("--threads", "server.thread_pool", "threads that are kept; 10 without"),
    Flag("--timeout-keep-alive", "server.keep_alive_timeout", "seconds between two requests; 75 without", "SECONDS"),
    Flag("--timeout-graceful-shutdown", "server.shutdown_timeout", "seconds to finish at the end; 25", "SECONDS"),
    Flag("--access-log", "log.access_file", "file of the access log", "FILE"),
    Flag("--error-log", "log.error_file", "file of the error log", "FILE"),
    Flag(
        "--log-format",
        "log.format",
        "form of lines: text, json, or short for text with short lines on the terminal",
        "FORM",
    ),
    Flag("--log-level", "log.level", "debug, info, warning, error or critical; info without", "LEVEL"),
)
"""In the order in which they are shown."""

PROXIES: Final = "request.trusted_proxies"


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Those of a verb that serves, or asks who does."""
    for flag in FLAGS:
        parser.add_argument(flag.name, metavar=flag.metavar, help=flag.words, dest=flag.key)
    parser.add_argument("--proxy-headers", action="store_true", help="believe proxies: tools.proxy.on for all pages")
    parser.add_argument("--forwarded-allow-ips", metavar="LIST", help="proxies to believe, with commas between them")
    parser.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="any other key of config")
    parser.add_argument("--env-file", metavar="FILE", help="variables of the environment, as NAME=value")
    parser.add_argument("--app-dir", metavar="DIR", help="where to look for the module; here without")


def add_serving_flags(parser: argparse.ArgumentParser) -> None:
    """The same, and those of a verb that serves."""
    add_flags(parser)
    parser.add_argument("--factory", action="store_true", help="what is named makes the application, and is called")
    parser.add_argument(
        "--reload", action="store_true", help="run the program anew when it changes, as dev always does"
    )
    parser.add_argument(
        "--reload-dir",
        metavar="DIR",
        action="append",
        default=[],
        help="the same for what is below there, templates too",
    )


def settings_of(options: argparse.Namespace, environ: Mapping[str, str]) -> Source:
    """What flags, and the usual variables, say. Raises ConfigError, which names the flag."""
    settings: dict[str, Any] = {}
    for flag in FLAGS:
        said, name = getattr(options, flag.key, None), flag.name
        if said is None and flag.variable and environ.get(flag.variable):
            said, name = environ[flag.variable], f"variable {flag.variable}"
        if said is not None:
            settings[flag.key] = value_of(flag.key, said, name)
    folders = getattr(options, "reload_dir", [])
    if folders:
        settings["engine.autoreload.folders"] = [os.path.abspath(each) for each in folders]
    if folders or getattr(options, "reload", False):
        settings["engine.autoreload.on"] = True
    if getattr(options, "proxy_headers", False):
        settings["tools.proxy.on"] = True
    if (proxies := getattr(options, "forwarded_allow_ips", None)) is not None:
        settings[PROXIES] = [each.strip() for each in proxies.split(",") if each.strip()]
    for pair in getattr(options, "set", ()):
        key, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(f"expected KEY=VALUE, got {pair!r}", Place("--set"))
        settings[key.strip()] = value_of(key.strip(), value, "--set")
    return Source(settings, "the command line")


def value_of(key: str, text: str, where: str) -> Any:
    """The value that a text gives for a key: what the key's type makes of it, else JSON, else the text."""
    option = Settings.known.get(key.removeprefix("server.")) if key.startswith("server.") else _OPTIONS.get(key)
    if option is None:
        return _json_or_text(text)
    if object in option.kinds or {tuple, list, dict} & set(option.kinds):
        return _json_or_text(text)
    try:
        return option.from_text(text)
    except OptionError as error:
        raise ConfigError(error.problem, Place(where)) from None


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


_OPTIONS: Final = {option.name: option for option in OPTIONS}


def take_surroundings(options: argparse.Namespace, environ: MutableMapping[str, str]) -> None:
    """Take what says where variables and modules are. Raises ConfigError."""
    if options.env_file:
        take_env_file(options.env_file, environ)
    if options.app_dir:
        sys.path.insert(0, os.path.abspath(options.app_dir))


def take_env_file(path: str, environ: MutableMapping[str, str]) -> None:
    """Set variables from a file of lines NAME=value; those that are set already stay. Raises ConfigError."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {getattr(error, 'strerror', None) or error}", Place(path)) from None
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ConfigError(f"expected NAME=value, got {line!r}", Place(path, number))
        environ.setdefault(name.strip(), _unquoted(value.strip()))


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value


def workers_of(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """How many worker processes there are to be; 0 for none, so that this process serves. Raises ConfigError."""
    said, name = options.workers, "--workers"
    if said is None:
        said, name = environ.get("WEB_CONCURRENCY", ""), "variable WEB_CONCURRENCY"
    if said == "auto":
        return cores()
    if said and not (said.isascii() and said.isdigit() and len(said) < 5):
        raise ConfigError(f"expected a number or 'auto', got {said!r}", Place(name))
    return int(said or 0)


def cores() -> int:
    """How many cores this process may use: those it may run on, or less if a container is granted less (cgroups)."""
    affinity = getattr(os, "sched_getaffinity", None)
    available = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return max(1, min(available, _quota() or available))


def _quota(path: str = "/sys/fs/cgroup/cpu.max") -> int:
    """The cores that a cgroup is granted, rounded up; 0 if it has no limit."""
    try:
        with open(path, encoding="ascii") as file:
            granted, period = file.read().split()
        return 0 if granted == "max" else -(-int(granted) // int(period))
    except (OSError, ValueError):
        return 0
