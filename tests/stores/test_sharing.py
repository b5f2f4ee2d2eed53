"""Several processes with one store."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid

import pytest

from kirsch.stores.opening import open_store
from kirsch.stores.store import LockTimeout
from tests.house import ROOT
from tests.stores import increments
from tests.stores.conftest import SHARED
from tests.stores.holder import holder

FORK = """
import os, sys
from kirsch.stores.opening import open_store
store = open_store(sys.argv[1])
key = sys.argv[2]
store.set(key, b"0")
count = lambda value: b"%d" % (int(value) + 1)
with store.lock(key):  # it is not the child's
    child = os.fork()
    if child == 0:
        for _ in range(50):
            store.update(key, count)
        os._exit(0)
    for _ in range(50):
        store.update(key, count)
assert os.waitpid(child, 0)[1] == 0
with store.lock(key, wait=0):
    print(store.get(key).value.decode())
store.close()
"""


@pytest.fixture
def key():
    """A key that no other test has."""
    return uuid.uuid4().hex


@pytest.mark.slow
@pytest.mark.parametrize("locked", [False, True], ids=["update", "lock"])
@pytest.mark.parametrize("address", SHARED, indirect=True)
def test_no_update_is_lost_or_doubled(address, locked):
    """Four processes count in one entry at once, by update() or under a lock. The machine may have more to do."""
    done = increments.run(f"{address}?patience=10", 400 if locked else 2000, 4, locked=locked)

    assert (done.acknowledged, done.unsure, done.lost, done.doubled) == (400 if locked else 2000, 0, 0, 0)


@pytest.mark.parametrize("address", SHARED, indirect=True)
def test_a_lock_is_held_against_other_processes(address, key):
    """As long as its holder lives and its lease lasts."""
    with holder(address, key, 60), pytest.raises(LockTimeout), open_store(address).lock(key, wait=0.05):
        pass


@pytest.mark.parametrize("address", SHARED, indirect=True)
def test_a_lock_is_taken_from_a_hung_process(address, key):
    """Once its lease is over, though it lives."""
    with holder(address, key, 0.05), open_store(address).lock(key, wait=10):
        pass


@pytest.mark.parametrize("address", ["files", "sqlite"], indirect=True)
def test_a_lock_of_a_killed_process_is_free(address, key):
    """At once, where the system sees to it; elsewhere, its lease has to end."""
    with holder(address, key, 3600) as process:
        process.kill()
        process.wait()
        with open_store(address).lock(key, wait=10):
            pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
@pytest.mark.parametrize("address", SHARED, indirect=True)
def test_a_child_process_has_connections_of_its_own(address, key):
    """After a fork() both may go on; nothing is mixed up, and nothing is locked for good."""
    environ = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORK, address, key],
        env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.stdout, done.stderr) == ("100\n", "")


def test_numbers_show_what_is_lost():
    """The measure itself: one lost, one doubled, one unsure that was written."""
    store = open_store("memory:increments")
    store.set("key", increments.pack("<3q", 9, 11, 10))
    found = increments.tally(store, "key", [(10, 0, 0), (10, 0, 0), (9, 1, 0)], 1.0)

    assert (found.acknowledged, found.unsure, found.lost, found.doubled) == (29, 1, 1, 1)
