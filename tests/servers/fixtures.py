"""Fixtures that start real servers, once for all tests. A test may pause, kill and restart them: they are mended then.

`redis_server`, `memcached_server` and `postgres_server` have a `url` and a `port`; `nginx` and `haproxy` start one for
a config of the test's own.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.servers.daemon import Daemon, asked, program
from tests.servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def started(daemon: Daemon) -> Iterator[Daemon]:
    """For a fixture: it runs until no test needs it."""
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.remove()


def redis() -> Daemon:
    """Redis, without anything on disk: it restarts empty."""
    path = program("redis-server")
    daemon = Daemon("redis")
    daemon.port = free_port()
    daemon.command = [
        path, "--port", str(daemon.port), "--bind", "127.0.0.1", "--save", "",
        "--unixsocket", f"{daemon.folder}/socket",
    ]  # fmt: skip
    daemon.ready = lambda: asked(daemon.port, b"PING\r\n", b"+PONG")
    daemon.url = f"redis://127.0.0.1:{daemon.port}/0"
    return daemon


def memcached() -> Daemon:
    """Memcached, on TCP."""
    path = program("memcached")
    daemon = Daemon("memcached")
    daemon.port = free_port()
    daemon.command = [path, "-l", "127.0.0.1", "-p", str(daemon.port), "-U", "0"]
    if os.geteuid() == 0:
        daemon.command += ["-u", "nobody"]
    daemon.ready = lambda: asked(daemon.port, b"version\r\n", b"VERSION")
    daemon.url = f"memcached://127.0.0.1:{daemon.port}"
    return daemon


def postgres() -> Daemon:
    """PostgreSQL with a database of its own, which has seen no other test."""
    initdb, path = program("initdb"), program("postgres")
    daemon = Daemon("postgres", user="postgres" if os.path.isdir("/var/lib/postgresql") else "nobody")
    daemon.port = free_port()
    data = daemon.folder / "data"
    subprocess.run(
        [initdb, "-D", data, "-U", "kirsch", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        cwd=daemon.folder, user=daemon.user, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    settings = {"listen_addresses": "127.0.0.1", "port": daemon.port, "unix_socket_directories": daemon.folder}
    settings |= {"fsync": "off", "max_connections": 60, "log_min_messages": "warning"}
    daemon.command = [path, "-D", str(data), *(f"--{name}={value}" for name, value in settings.items())]
    daemon.url = f"postgresql://kirsch@127.0.0.1:{daemon.port}/postgres"
    daemon.ready = lambda: pings(daemon.url)
    return daemon


def pings(url: str) -> bool:
    """Whether PostgreSQL takes connections."""
    from psycopg.pq import PGconn, Ping

    return PGconn.ping(url.encode()) == Ping.OK


@pytest.fixture(scope="session")
def redis_process():
    """One Redis for all tests."""
    yield from started(redis())


@pytest.fixture
def redis_server(redis_process):
    """It, whole at the start of the test."""
    yield redis_process
    redis_process.whole()


@pytest.fixture(scope="session")
def memcached_process():
    """One memcached for all tests."""
    yield from started(memcached())


@pytest.fixture
def memcached_server(memcached_process):
    """It, whole at the start of the test."""
    yield memcached_process
    memcached_process.whole()


@pytest.fixture(scope="session")
def postgres_process():
    """One PostgreSQL for all tests."""
    yield from started(postgres())


@pytest.fixture
def postgres_server(postgres_process):
    """It, whole at the start of the test."""
    yield postgres_process
    postgres_process.whole()


def starter(name: str, arguments: Callable[[str], list[str]]) -> Iterator[Callable[[str], Daemon]]:
    """For a fixture: a function that starts a server with a config, in which {port} and {folder} are filled in."""
    path = program(name)
    daemons: list[Daemon] = []

    def start(config: str) -> Daemon:
        daemon = Daemon(name)
        daemons.append(daemon)
        daemon.port = free_port()
        daemon.url = f"http://127.0.0.1:{daemon.port}"
        file = daemon.folder / "config"
        file.write_text(config.replace("{port}", str(daemon.port)).replace("{folder}", str(daemon.folder)), "utf-8")
        daemon.command = [path, *arguments(str(file))]
        daemon.ready = lambda: asked(daemon.port, b"", b"")
        daemon.start()
        return daemon

    try:
        yield start
    finally:
        for daemon in daemons:
            daemon.remove()


@pytest.fixture
def nginx():
    """A function that starts nginx with a config."""
    main = "daemon off; pid nginx.pid; error_log stderr; " + ("user root;" if os.geteuid() == 0 else "")
    yield from starter("nginx", lambda file: ["-c", file, "-p", os.path.dirname(file), "-g", main])


@pytest.fixture
def haproxy():
    """A function that starts HAProxy with a config."""
    yield from starter("haproxy", lambda file: ["-db", "-f", file])
