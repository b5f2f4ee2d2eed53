"""Who holds a port."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from kirsch.server.holder import holder_of
from kirsch.server.listener import ListenError, listen
from kirsch.server.settings import Settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a port")


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_holder(family, host):
    """A process that listens is named with its number; when it has closed, there is none."""
    with socket.create_server((host, 0), family=family) as listening:
        port = listening.getsockname()[1]
        assert holder_of(port).startswith(f"process {os.getpid()} (")
    assert holder_of(port) == ""


def test_connections_hold_nothing():
    """One who has connected from a port does not listen on it."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as client,
    ):
        assert holder_of(client.getsockname()[1]) == ""


def test_the_message_names_the_holder():
    """A port that is taken is refused with who has it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        with pytest.raises(ListenError) as refused:
            listen(Settings(socket_port=listening.getsockname()[1]))
        assert f"(process {os.getpid()} (" in str(refused.value)
        assert "stop it, or set server.socket_port" in str(refused.value)
