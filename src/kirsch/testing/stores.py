"""What every kind of Store must do, as tests for pytest; those of your own kind as well.

    class TestMine(StoreSuite):
        @pytest.fixture
        def store(self):
            return MyStore()

The store need not be empty, and two runs may share it: each test has keys of its own.
"""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from kirsch.stores.store import ABSENT, Conflict, LockTimeout, Store, Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

VALUES = [b"", b"value", bytes(range(256)) * 40, b"\r\nEND\r\n", b"7" * 200_000]
NO_KEYS = ["", " ", "a b", "a\n", "é", "\x7f", "a\x00", "x" * 201]
KEYS = [chr(code) for code in range(0x21, 0x7F)]


def until(done: Callable[[], object], seconds: float = 5.0) -> bool:
    """Whether it gets true in time."""
    end = monotonic() + seconds
    while not done():
        if monotonic() > end:
            return False
        sleep(0.005)
    return True


def increased(value: bytes | None) -> bytes:
    """For Store.update: the next number."""
    return b"%d" % (int(value or b"0") + 1)


class StoreSuite:
    """The tests. A subclass has a fixture `store`."""

    @pytest.fixture
    def store(self) -> Store:
        """The store that is tested."""
        raise NotImplementedError

    @pytest.fixture
    def key(self) -> str:
        """A key that no other test has."""
        return f"suite:{uuid.uuid4().hex}:"

    def test_nothing_is_there_at_first(self, store: Store, key: str) -> None:
        """Reading gives None; deleting and touching give False."""
        assert store.get(key) is None
        assert store.delete(key) is False
        assert store.touch(key, 10) is False

    @pytest.mark.parametrize("value", VALUES, ids=lambda value: f"{len(value)}")
    def test_what_is_set_is_read(self, store: Store, key: str, value: bytes) -> None:
        """Any bytes come back as they were, with the version that set() gave."""
        version = store.set(key, value)

        assert store.get(key) == (value, version)

    def test_setting_again_overwrites(self, store: Store, key: str) -> None:
        """The last value counts, and has another version, even if it is the same."""
        versions = [store.set(key, b"one"), store.set(key, b"two"), store.set(key, b"two")]

        assert store.get(key) == (b"two", versions[2])
        assert len({repr(version) for version in versions}) == 3

    def test_what_is_deleted_has_gone(self, store: Store, key: str) -> None:
        """True the first time, False the second."""
        store.set(key, b"value")

        assert [store.delete(key), store.delete(key)] == [True, False]
        assert store.get(key) is None

    @pytest.mark.parametrize("wrong", NO_KEYS, ids=repr)
    def test_what_is_no_key_is_refused(self, store: Store, wrong: str) -> None:
        """Every verb raises ValueError, before anything is asked of a server."""
        verbs: list[Callable[[str], object]] = [
            store.get,
            store.delete,
            store.lock,
            lambda key: store.set(key, b""),
            lambda key: store.touch(key, 1),
        ]
        for verb in verbs:
            with pytest.raises(ValueError, match="printable ASCII"):
                verb(wrong)

    def test_every_character_of_a_key_counts(self, store: Store, key: str) -> None:
        """Keys that differ in one character are two, also where files care little about case or signs."""
        for sign in KEYS:
            store.set(key + sign, sign.encode())

        assert [entry.value.decode() for sign in KEYS if (entry := store.get(key + sign))] == KEYS

    def test_long_keys_are_told_apart(self, store: Store, key: str) -> None:
        """Two of the greatest length that differ at the end only."""
        long = (key + "/%" * 100)[:199]
        store.set(f"{long}a", b"a")
        store.set(f"{long}b", b"b")

        assert [store.get(f"{long}{end}") is not None for end in "abc"] == [True, True, False]

    # -- expiry

    def test_an_entry_expires(self, store: Store, key: str) -> None:
        """It is there for as long as it was told, and gone soon after."""
        store.set(key, b"value", 30)
        store.set(f"{key}short", b"value", 0.03)

        assert until(lambda: store.get(f"{key}short") is None)
        assert store.get(key) is not None

    def test_what_has_expired_does_not_count(self, store: Store, key: str) -> None:
        """It cannot be touched or deleted, is not counted, and may be written as if it were absent."""
        store.set(key, b"value", 0.01)
        until(lambda: store.get(key) is None)

        assert store.touch(key, 10) is False
        assert store.delete(key) is False
        assert counted(store, key) == 0
        store.set(key, b"new", None, ABSENT)

    def test_touching_makes_it_last(self, store: Store, key: str) -> None:
        """Longer or shorter or for good; value and version stay."""
        version = store.set(key, b"value", 20)

        assert store.touch(key, 30) is True
        assert store.get(key) == (b"value", version)
        assert store.touch(key, None) is True
        assert store.touch(key, 0.01) is True
        assert until(lambda: store.get(key) is None)

    def test_setting_again_sets_the_time_anew(self, store: Store, key: str) -> None:
        """What was to expire lasts for good after a set() without seconds, and the other way round."""
        store.set(key, b"value", 0.01)
        store.set(key, b"value")
        store.set(f"{key}x", b"value")
        store.set(f"{key}x", b"value", 0.01)

        assert until(lambda: store.get(f"{key}x") is None)
        assert store.get(key) is not None

    def test_a_time_that_is_over_already(self, store: Store, key: str) -> None:
        """Zero or less: the entry is gone at once, and so is the one before it."""
        store.set(key, b"old")
        store.set(key, b"new", 0)
        store.set(f"{key}x", b"value")

        assert store.get(key) is None
        assert store.touch(f"{key}x", -1) is True
        assert store.get(f"{key}x") is None

    def test_a_year_is_a_time(self, store: Store, key: str) -> None:
        """Also where a server takes more than 30 days for something else."""
        store.set(key, b"value", 366 * 86400.0)
        store.touch(key, 400 * 86400.0)

        assert store.get(key) is not None

    # -- versions

    def test_a_version_is_insisted_on(self, store: Store, key: str) -> None:
        """Writing with the version that was read succeeds once; then it is another one."""
        version = store.set(key, b"one")
        store.set(key, b"two", None, version)

        with pytest.raises(Conflict):
            store.set(key, b"three", None, version)
        assert value_of(store, key) == b"two"

    def test_a_version_that_was_read(self, store: Store, key: str) -> None:
        """It serves like the one that set() gave, and outlives a touch."""
        store.set(key, b"one", 30)
        entry = store.get(key)
        store.touch(key, 40)
        store.set(key, b"two", None, entry.version if entry else ABSENT)

        assert value_of(store, key) == b"two"

    def test_absence_is_insisted_on(self, store: Store, key: str) -> None:
        """It may be written once."""
        store.set(key, b"one", None, ABSENT)

        with pytest.raises(Conflict):
            store.set(key, b"two", None, ABSENT)
        assert value_of(store, key) == b"one"

    def test_what_has_gone_or_come_back_is_another_one(self, store: Store, key: str) -> None:
        """The version of an entry that was deleted, and that of the one before it, raise Conflict."""
        version = store.set(key, b"one")
        store.delete(key)
        with pytest.raises(Conflict):
            store.set(key, b"two", None, version)
        store.set(key, b"one")

        with pytest.raises(Conflict):
            store.set(key, b"two", None, version)

    # -- update

    def test_update_changes(self, store: Store, key: str) -> None:
        """The function gets None at first, then the value; what it gives is written and given back."""
        given: list[bytes | None] = []

        def change(value: bytes | None) -> bytes:
            given.append(value)
            return increased(value)

        results = [store.update(key, change) for _ in range(2)]

        assert given == [None, b"1"]
        assert results == [b"1", b"2"]

    def test_update_may_leave_it(self, store: Store, key: str) -> None:
        """None writes nothing; what the function raises comes through, and nothing is written either."""
        assert store.update(key, lambda _: None) is None
        with pytest.raises(ZeroDivisionError):
            store.update(key, lambda _: b"%d" % (1 // 0))
        assert store.get(key) is None

    def test_update_has_an_expiry(self, store: Store, key: str) -> None:
        """Counted from the write."""
        store.update(key, increased, 0.01)

        assert until(lambda: store.get(key) is None)

    def test_updates_of_many_threads_all_count(self, store: Store, key: str) -> None:
        """None is lost, none counts twice."""
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda _: store.update(key, increased), range(400)))

        assert value_of(store, key) == b"400"

    # -- locks

    def test_a_lock_has_one_holder(self, store: Store, key: str) -> None:
        """Another one does not get it, until it is given back; other names are free."""
        with store.lock(key):
            with pytest.raises(LockTimeout), store.lock(key, wait=0):
                pass
            with pytest.raises(LockTimeout), store.lock(key, wait=0.02):
                pass
            with store.lock(f"{key}other", wait=0):
                pass
        with store.lock(key, wait=0):
            pass

    def test_a_lock_is_no_entry(self, store: Store, key: str) -> None:
        """What is locked can be read, written and deleted, and a lock is not counted."""
        with store.lock(key):
            assert store.get(key) is None
            assert counted(store, key) == 0
            store.set(key, b"value")
            store.delete(key)
            with pytest.raises(LockTimeout), store.lock(key, wait=0):
                pass

    def test_a_lock_is_given_back_after_an_error(self, store: Store, key: str) -> None:
        """And the error comes through."""
        with pytest.raises(ZeroDivisionError), store.lock(key):
            _ = 1 // 0
        with store.lock(key, wait=0):
            pass

    def test_a_lock_is_waited_for(self, store: Store, key: str) -> None:
        """Many threads hold it one after another, never two at a time."""
        inside: list[int] = []
        most = 0

        def hold(number: int) -> None:
            nonlocal most
            with store.lock(key, wait=20):
                inside.append(number)
                most = max(most, len(inside))
                sleep(0.0005)
                inside.remove(number)

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(hold, range(40)))
        assert most == 1

    def test_a_lock_is_taken_from_a_holder_that_keeps_it(self, store: Store, key: str) -> None:
        """After its lease somebody else gets it, and the old holder's giving back does not free it."""
        held, over = threading.Event(), threading.Event()

        def keep() -> None:
            with store.lock(key, lease=0.02):
                held.set()
                over.wait(10)

        keeper = threading.Thread(target=keep)
        keeper.start()
        held.wait(10)
        with store.lock(key, wait=5):
            over.set()
            keeper.join()
            with pytest.raises(LockTimeout), store.lock(key, wait=0):
                pass

    # -- many

    def test_entries_are_counted_and_cleared_by_prefix(self, store: Store, key: str) -> None:
        """Those whose keys begin so, and no others; signs that mean something in patterns mean nothing."""
        begins = [f"{key}a%", f"{key}a*", f"{key}A%", f"{key}_b"]
        for begin in begins:
            store.set(f"{begin}1", b"")
            store.set(f"{begin}2", b"")
        if counted(store, key) == 0:  # this kind knows no list of its keys, and says so
            for verb in (store.count, store.clear):
                with pytest.raises(Unsupported):
                    verb(key)
            return
        assert [store.count(begin) for begin in [*begins, key, f"{key}?"]] == [2, 2, 2, 2, 8, 0]

        store.clear(f"{key}a%")
        store.clear(f"{key}__")

        assert [store.count(begin) for begin in begins] == [0, 2, 2, 2]

    def test_sweeping_takes_what_has_expired(self, store: Store, key: str) -> None:
        """And nothing else."""
        store.set(f"{key}short", b"", 0)
        store.set(f"{key}long", b"", 30)
        store.sweep()

        assert store.get(f"{key}long") is not None

    def test_it_can_be_used_after_closing(self, store: Store, key: str) -> None:
        """close() lets go of what it holds; the next call opens it again."""
        store.set(key, b"value")
        store.close()
        store.close()
        store.set(key, b"other")

        assert value_of(store, key) == b"other"


def counted(store: Store, prefix: str) -> int:
    """How many there are; 0 for kinds that cannot say."""
    try:
        return store.count(prefix)
    except Unsupported:
        return 0


def value_of(store: Store, key: str) -> bytes | None:
    """The value alone."""
    entry = store.get(key)
    return entry.value if entry is not None else None
