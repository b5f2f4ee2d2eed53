"""Listening sockets for the next run of the process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from kirsch.server.handdown import VARIABLE, close_others, hand_down, taken_over

if not hasattr(os, "fork"):
    pytest.skip("sockets are handed down by exec", allow_module_level=True)


def _listening(address):
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    sock = socket.socket(family)
    sock.bind(address)
    sock.listen()
    return sock


@pytest.mark.parametrize("address", [("127.0.0.1", 0), ("::1", 0), "socket", "\0"])
def test_taken_over(address, tmp_path, monkeypatch):
    """The next run knows a socket by the address it is told to listen on, of whatever kind, and takes it once."""
    monkeypatch.chdir(tmp_path)
    address = f"\0{tmp_path}" if address == "\0" else address
    environ = {}
    with closing(_listening(address)) as sock:
        wanted = address if isinstance(address, str) else sock.getsockname()
        hand_down(sock, environ)
    assert taken_over(("127.0.0.1", 1), environ) is None
    taken = taken_over(wanted, environ)
    assert taken is not None
    with closing(taken) as again:
        assert again.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        assert not again.get_inheritable()
    assert taken_over(wanted, environ) is None


def test_close_others():
    """What nobody goes on to listen on is closed, so that its clients are refused."""
    environ = {}
    with closing(_listening(("127.0.0.1", 0))) as sock:
        hand_down(sock, environ)
    number = int(environ[VARIABLE])
    close_others(environ)
    assert environ == {}
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(number)


def test_other_processes_do_not_inherit_it():
    """One that the program starts meanwhile has other things by these numbers."""
    program = (
        "import kirsch, os; from kirsch.server.handdown import GIVEN; print(GIVEN, '_KIRSCH_SOCKETS' in os.environ)"
    )
    answer = subprocess.check_output([sys.executable, "-c", program], env=os.environ | {VARIABLE: "7 8"}, text=True)
    assert answer == "{'_KIRSCH_SOCKETS': '7 8'} False\n"
