"""Several servers for one site."""

from __future__ import annotations

import urllib.request

import pytest

from kirsch.app.config import ConfigError, GlobalConfig
from kirsch.options import OptionError
from kirsch.process.bus import Bus
from kirsch.run.servers import Servers
from kirsch.run.service import WebServer


@pytest.fixture
def bus():
    """One of its own."""
    bus = Bus()
    yield bus
    bus.exit()


@pytest.fixture
def servers(bus):
    """The servers on it, by config; the first listens on any port."""

    def handler(exchange):
        exchange.reply(200, [], b"hello")

    servers = Servers(WebServer(bus, handler), lambda: WebServer(bus, handler))
    servers.configure("socket_port", 0)
    return servers


def _ask(server):
    with urllib.request.urlopen(server.base(), timeout=5) as answer:
        return answer.read()


def test_a_second_server(bus, servers):
    """`server.<name>.<setting>` makes one more, that starts and stops with the engine."""
    servers.configure("admin.socket_port", 0)
    servers.configure("admin.thread_pool", 2)
    bus.start()

    assert _ask(servers["admin"]) == b"hello"
    bus.exit()
    assert servers["admin"].httpserver is None


def test_on_and_off(bus, servers):
    """`server.<name>.on = False` leaves it out, and True takes it in again."""
    servers.configure("2.socket_port", 0)
    servers.configure("2.on", False)
    bus.start()
    assert servers["2"].httpserver is None
    bus.stop()
    servers.configure("2.on", True)
    bus.start()
    assert _ask(servers["2"]) == b"hello"


@pytest.mark.parametrize("key", ["socket_prot", "admin.socket_prot"])
def test_unknown_settings(servers, key):
    """What is none is refused, with the nearest that is; and no server is added for it."""
    with pytest.raises(OptionError, match=r"did you mean 'socket_port'"):
        servers.configure(key, 0)
    assert not servers


def test_through_config(servers):
    """The config of the process takes such keys, and names them in full when they are wrong."""
    config = GlobalConfig()
    config.namespaces["server"] = servers.configure
    config.update({"server.admin.socket_port": 0})

    assert "admin" in servers
    with pytest.raises(ConfigError, match=r"server\.admin\.socket_port"):
        config.update({"server.admin.socket_port": "many"})


def test_settings_while_it_runs(bus, servers):
    """A setting that comes too late for the running server is taken for the next start, which is said."""
    lines = []
    server = servers.add("admin", socket_port=0)
    bus.subscribe("log", lambda line, _: lines.append(line))
    bus.start()
    server.thread_pool = 3

    assert "server.thread_pool = 3 takes effect when the server starts anew: restart()" in lines
