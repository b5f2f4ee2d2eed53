"""Files from the real server: what must not be given, and clients that do not take what they have asked for."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest

from tests.live.process import memory, program
from tests.server.wire import Client, eventually
from tests.toolbox.test_static import ATTACKS

LARGE = 10_000_000
NUMBER = 100
SITE = """
from pathlib import Path

class Site:
    @kirsch.expose
    def index(self):
        return "page"

place = Path({place!r})
config = {{"tools.staticdir.on": True, "tools.staticdir.dir": str(place / "static")}}
kirsch.config.update({{"server.thread_pool": 4, "server.write_timeout": 30.0}})
kirsch.quickstart(Site(), "/", {{"/static": config}})
"""


@pytest.fixture
def place(tmp_path):
    """A folder with a large file, and what lies beside it."""
    for name in ("static", "static-secret"):
        (tmp_path / name).mkdir()
    with (tmp_path / "static" / "large").open("wb") as file:
        file.truncate(LARGE)
    for name in ("secret", "static-secret/x", "static/.git"):
        (tmp_path / name).write_text("BEGIN SECRET")
    return tmp_path


def ask(path):
    """A request for a path, as it stands."""
    return b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % path.encode("latin-1")


@pytest.mark.slow
def test_nothing_leaks_through_raw_paths(place):
    """No client cleans these paths before they are sent."""
    (place / "static" / "out").symlink_to(place / "secret")
    (place / "static" / "out-dir").symlink_to(place / "static-secret")
    targets = [*(f"/static/{attack}" for attack in ATTACKS), *(f"/{attack}" for attack in ATTACKS if attack[0] != "/")]
    with program(SITE.format(place=str(place))) as (_, port):
        for target in [*targets, "/static/\0secret", "/static/..\xc0\xafsecret", "/static\\..\\secret", "/static/.git"]:
            with Client(("127.0.0.1", port)) as client:
                reply = client.send(ask(target)).reply()
                assert reply is None or (reply.status in (400, 403, 404) and b"BEGIN" not in reply.body), target


@pytest.mark.slow
def test_clients_that_do_not_read_cost_little(place, capsys):
    """A hundred of them hold no thread and next to no memory: others are served as before, and a file comes whole."""
    with program(SITE.format(place=str(place))) as (process, port):
        address = ("127.0.0.1", port)
        before = memory(process.pid)
        idle = [Client(address, receive_buffer=4096).send(ask("/static/large")) for _ in range(NUMBER)]
        try:
            time.sleep(0.05)
            took = []
            with Client(address) as client:
                for _ in range(200):
                    began = time.perf_counter()
                    assert client.ask().body == b"page"
                    took.append(time.perf_counter() - began)
            with Client(address) as client:
                reply = client.ask(ask("/static/large"))
                assert (len(reply.body), reply.complete) == (LARGE, True)
        finally:
            for client in idle:
                client.sock.close()
        grown = memory(process.pid) - before
        assert eventually(lambda: no_files(process.pid, "large"))
    with capsys.disabled():
        slowest = sorted(took)[197] * 1000
        print(f"\n  {NUMBER} clients that do not read: {grown} KiB more, p99 of others {slowest:.2f} ms")
    assert grown < 16 * 1024


def no_files(pid, name):
    """Whether a process has no file of this name open."""
    links = []
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            links.append(each.readlink().name)
    return name not in links
