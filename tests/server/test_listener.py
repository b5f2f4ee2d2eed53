"""Where a server can listen, and what it says when it cannot."""

from __future__ import annotations

import os
import re
import select
import socket
import stat
import sys

import pytest

from kirsch.server.listener import ListenError, listen
from kirsch.server.settings import Settings
from tests.server.wire import Client, echo, serving


@pytest.fixture
def path(tmp_path):
    """Where a Unix socket may be."""
    return str(tmp_path / "socket")


def test_tcp():
    """Port 0 takes a free one, and the URL says which; clients are known by their address."""
    seen = []
    with serving(lambda e: (seen.append((e.client[0], e.server, e.scheme)), echo(e))) as server:
        assert server.urls == (f"http://127.0.0.1:{server.port}",)
        with Client(("127.0.0.1", server.port)) as client:
            assert client.ask().status == 200
        assert seen == [("127.0.0.1", ("127.0.0.1", server.port), "http")]


def test_ipv6():
    """The URL has brackets; IPv4 is not served beside it."""
    with serving(echo, socket_host="::1") as server:
        assert server.urls == (f"http://[::1]:{server.port}",)
        with Client(("::1", server.port), socket.AF_INET6) as client:
            assert client.ask().status == 200
        with pytest.raises(ConnectionRefusedError):
            Client(("127.0.0.1", server.port))


def test_both_at_once():
    """`::` is all of both, and an IPv4 client is shown as one."""
    seen = []
    with serving(lambda e: (seen.append(e.client[0]), echo(e)), socket_host="::") as server:
        for address, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
            with Client((address, server.port), family) as client:
                assert client.ask().status == 200
    assert seen == ["127.0.0.1", "::1"]


def test_a_unix_socket(path):
    """It has the permissions of the settings, whatever the umask, serves, and is gone afterwards."""
    seen = []
    with serving(lambda e: (seen.append((e.client, e.server)), echo(e)), socket_file=path, socket_mode=0o660) as server:
        assert server.urls == (f"unix:{path}",)
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o660
        with Client(path, socket.AF_UNIX) as client:
            assert client.ask().status == 200
    assert seen == [(("", 0), ("", 0))]
    assert not os.path.exists(path)


def test_what_a_dead_server_left_is_removed(path):
    """A socket that nobody answers on is in nobody's way."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
    with serving(echo, socket_file=path), Client(path, socket.AF_UNIX) as client:
        assert client.ask().status == 200


def test_a_living_server_keeps_its_socket(path):
    """The second is refused, and the first goes on."""
    with serving(echo, socket_file=path):
        with pytest.raises(ListenError, match="another server answers there"):
            listen(Settings(socket_file=path))
        with Client(path, socket.AF_UNIX) as client:
            assert client.ask().status == 200


def test_a_file_is_not_removed(path):
    """Whatever else is there stays there."""
    with open(path, "w") as file:
        file.write("mine")
    with pytest.raises(ListenError, match="not a socket"):
        listen(Settings(socket_file=path))
    assert os.path.exists(path)


def test_somebody_elses_socket_is_not_removed_at_the_end(path):
    """Who has put another one in our place meanwhile keeps it."""
    (listener,) = listen(Settings(socket_file=path))
    os.unlink(path)
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(path)
        listener.close()
        assert os.path.exists(path)


@pytest.mark.parametrize("path", ["/nowhere/at/all", "/tmp/" + "x" * 200])
def test_a_path_that_cannot_be(path):
    """The message says which and why."""
    with pytest.raises(ListenError, match=re.escape(path) + ": (?!None)."):
        listen(Settings(socket_file=path))


def test_an_inherited_descriptor():
    """Served, and left open for whoever gave it."""
    with socket.create_server(("127.0.0.1", 0)) as given:
        with serving(echo, socket_fd=given.fileno()) as server:
            assert server.port == given.getsockname()[1]
            with Client(("127.0.0.1", server.port)) as client:
                assert client.ask().status == 200
        assert given.fileno() >= 0
        os.fstat(given.fileno())


def test_descriptors_that_do_not_listen():
    """A socket that does not listen, a file, none at all: each is refused by name, and nothing is left open."""
    before = len(os.listdir("/proc/self/fd"))
    with socket.socket() as silent, open(os.devnull) as file:
        for fd, message in (
            (silent.fileno(), "does not listen"),
            (file.fileno(), "not a listening"),
            (9999, "not open"),
        ):
            with pytest.raises(ListenError, match=f"descriptor {fd} .*{message}"):
                listen(Settings(socket_fd=fd))
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_port_that_is_taken():
    """The message says what to do."""
    with serving(echo) as server, pytest.raises(ListenError, match=r"holds the port.*socket_port"):
        listen(Settings(socket_port=server.port))


@pytest.mark.parametrize(("host", "message"), [("192.0.2.1", "no such address"), ("no.such.host.invalid", "not known")])
def test_a_host_that_is_not_ours(host, message):
    """So it is for an address of somebody else's, and for a name that is none."""
    with pytest.raises(ListenError, match=message):
        listen(Settings(socket_host=host, socket_port=0))


def test_sharing_a_port():
    """With reuse_port two servers may have the same."""
    with serving(echo, reuse_port=True) as first, serving(echo, reuse_port=True, socket_port=first.port) as second:
        assert second.port == first.port


def connects(address):
    """Whether somebody new gets as far as into the line, at once."""
    with socket.socket() as late:
        late.setblocking(False)
        late.connect_ex(address)
        return bool(select.select((), (late,), (), 0.02)[1])


@pytest.mark.skipif(sys.platform != "linux", reason="what Linux alone can do")
@pytest.mark.parametrize("shared", [False, True])
def test_shut(shared):
    """Who stands in the line can still be accepted; nobody new is let into it, unless others go on accepting."""
    (listener,) = listen(Settings(socket_port=0))
    listener.shared = shared
    with socket.create_connection(listener.address):
        assert connects(listener.address)
        listener.shut()
        assert connects(listener.address) is shared
        listener.accept()[0].close()
    listener.close()


def test_shut_with_a_file(path):
    """The file of a Unix socket is gone at once; who has connected is accepted."""
    (listener,) = listen(Settings(socket_file=path))
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        listener.shut()
        assert not os.path.exists(path)
        listener.accept()[0].close()
    listener.close()
