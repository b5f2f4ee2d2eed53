"""Any sequence of verbs does what a dict would do."""

from __future__ import annotations

import shutil
import tempfile

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kirsch.stores.files import FilesStore
from kirsch.stores.memory import MemoryStore
from kirsch.stores.sqlite import SQLiteStore
from kirsch.stores.store import ABSENT, Conflict, Store
from tests.stores.test_memory import Clock

KEYS = st.sampled_from(["a", "A", "ab", "a%", "a*", "b" * 200, "b" * 199])
VALUES = st.binary(max_size=20)
SECONDS = st.sampled_from([None, 1000.0, 10.0, 0.0, -5.0])


class Model(RuleBasedStateMachine):
    """The store, and beside it a dict: key → (value, version, when it expires)."""

    store: Store

    def __init__(self):
        super().__init__()
        self.entries = {}
        self.old = []  # versions that have been
        self.clock = Clock()

    def live(self):
        """What is there."""
        return {key: each for key, each in self.entries.items() if each[2] is None or each[2] > self.clock.now}

    def deadline(self, seconds):
        """When what is written now expires."""
        return None if seconds is None else self.clock.now + seconds

    @rule(key=KEYS, value=VALUES, seconds=SECONDS)
    def set(self, key, value, seconds):
        """Whatever there is."""
        version = self.store.set(key, value, seconds)
        self.entries[key] = (value, version, self.deadline(seconds))
        self.old.append(version)

    @rule(key=KEYS, value=VALUES, seconds=SECONDS, choice=st.integers(0, 10**6))
    def set_if(self, key, value, seconds, choice):
        """With its version, with any that has ever been, or with none."""
        there = self.live().get(key)
        version = [ABSENT, there[1] if there else ABSENT, *self.old][choice % (2 + len(self.old))]
        try:
            new = self.store.set(key, value, seconds, version)
        except Conflict:
            assert version != (there[1] if there else ABSENT)
            return
        assert version == (there[1] if there else ABSENT)
        self.entries[key] = (value, new, self.deadline(seconds))
        self.old.append(new)

    @rule(key=KEYS)
    def delete(self, key):
        """True if it was there."""
        assert self.store.delete(key) == (key in self.live())
        self.entries.pop(key, None)

    @rule(key=KEYS, seconds=SECONDS)
    def touch(self, key, seconds):
        """It changes the time alone."""
        there = self.live().get(key)
        assert self.store.touch(key, seconds) == (there is not None)
        if there is not None:
            self.entries[key] = (*there[:2], self.deadline(seconds))

    @rule(key=KEYS, more=VALUES)
    def update(self, key, more):
        """Read and written as one step."""
        there = self.live().get(key)
        assert self.store.update(key, lambda value: (value or b"") + more) == (there[0] if there else b"") + more
        entry = self.store.get(key)
        assert entry is not None
        self.entries[key] = (entry.value, entry.version, None)
        self.old.append(entry.version)

    @rule(prefix=st.sampled_from(["", "a", "a%", "A", "b" * 150, "c"]))
    def clear(self, prefix):
        """By prefix."""
        assert self.store.count(prefix) == sum(key.startswith(prefix) for key in self.live())
        self.store.clear(prefix)
        self.entries = {key: each for key, each in self.entries.items() if not key.startswith(prefix)}

    @rule()
    def sweep(self):
        """It changes nothing that anybody sees."""
        self.store.sweep()

    @precondition(lambda self: isinstance(self.store, MemoryStore))
    @rule(seconds=st.sampled_from([1.0, 10.0, 500.0, 2000.0]))
    def wait(self, seconds):
        """Time goes by, where the clock is ours."""
        self.clock.now += seconds

    @invariant()
    def same(self):
        """It has what the dict has."""
        live = self.live()
        assert self.store.count() == len(live)
        for key in ("a", "A", "ab", "a%", "a*", "b" * 200, "b" * 199):
            assert self.store.get(key) == (live[key][:2] if key in live else None)


class OfMemory(Model):
    def __init__(self):
        super().__init__()
        self.store = MemoryStore(clock=self.clock)


class OnDisk(Model):
    def __init__(self):
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.store = self.make()

    def make(self):
        """The store in the folder."""
        return FilesStore(f"{self.folder}/files")

    @rule()
    def reopen(self):
        """Another process finds the same."""
        self.store.close()
        self.store = self.make()

    def teardown(self):
        """Nothing is left."""
        self.store.close()
        shutil.rmtree(self.folder)


class OfSQLite(OnDisk):
    def make(self):
        """The store in the folder."""
        return SQLiteStore(f"{self.folder}/store.db", "normal")


TestMemory = OfMemory.TestCase
TestFiles = OnDisk.TestCase
TestSQLite = OfSQLite.TestCase
TestFiles.settings = TestSQLite.settings = settings(max_examples=25, stateful_step_count=30)
