from __future__ import annotations

import threading
from time import monotonic, sleep

import pytest

from kirsch.stores.lockfiles import Gate
from kirsch.stores.store import Unavailable


@pytest.fixture
def gates(tmp_path):
    """The same gate as two processes have it."""
    both = Gate(str(tmp_path)), Gate(str(tmp_path))
    yield both
    for gate in both:
        gate.close()


def test_one_at_a_time(gates):
    """Who comes too late is told so."""
    one, other = gates
    with one.passed(monotonic() + 1), pytest.raises(Unavailable, match="stuck"), other.passed(monotonic() + 0.05):
        pass
    with other.passed(monotonic()):
        pass


def test_nobody_is_passed_over_for_good(gates, monkeypatch):
    """Also who looks but rarely, beside somebody who is at work nearly always and never looks at all."""
    monkeypatch.setattr("kirsch.stores.lockfiles.jitter", lambda _: 0.05)
    one, other = gates
    done = threading.Event()

    def work():
        while not done.is_set():
            with one.passed(monotonic() + 10):
                sleep(0.002)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for _ in range(5):
            with other.passed(monotonic() + 1):
                pass
    finally:
        done.set()
        thread.join()


def test_who_hangs_at_the_gate_keeps_nobody_out(gates):
    """It is left open for him."""
    one, other = gates
    with one._shut(monotonic()), other.passed(monotonic() + 0.1):
        pass
