from __future__ import annotations

import os
import re
import stat
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.stores.filenames import file_name
from kirsch.stores.files import HEAD, LEFT_OVER, NEW, FilesStore
from kirsch.stores.lockfiles import LOCK
from kirsch.stores.store import MOST_KEY, Full, LockTimeout, Unavailable

KEYS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=MOST_KEY)


@pytest.fixture
def store(tmp_path):
    """In a new folder."""
    store = FilesStore(str(tmp_path / "files"), patience=0.2)
    yield store
    store.close()


def names(store, begin=""):
    """The files of its folder that are no guards."""
    return sorted(name for name in os.listdir(store.folder) if name.startswith(begin) and ".guard" not in name)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("session-0123abc", "session-0123abc"),
        ("cache:/a?b=c", "cache=3a=2fa=3fb=3dc"),
        ("Session", "=53ession"),
        ("..", "=2e=2e"),
        ("../../etc/passwd", "=2e=2e=2f=2e=2e=2fetc=2fpasswd"),
        ("c:\\x", "c=3a=5cx"),
        ("nul", "=6eul"),
        ("com1", "=63om1"),
        ("x" * 121, "x" * 120 + "~" + "0" * 32),
    ],
)
def test_names_say_what_the_key_is(key, name):
    """Any key is a name in the folder itself, on any system."""
    assert file_name(key).partition("~")[0] == name.partition("~")[0]
    assert len(file_name(key)) == len(name)


@given(KEYS, KEYS)
def test_names_tell_keys_apart(one, other):
    """Where capitals do not count, too; and each is a fair name everywhere."""
    assert (file_name(one).lower() == file_name(other).lower()) == (one == other)
    assert re.fullmatch(r"[a-z0-9_=-]{1,130}(~[0-9a-f]{32})?", file_name(one))


def test_nobody_else_may_read_it(store):
    """Neither folder nor files."""
    store.set("a", b"secret")
    with store.lock("a"):
        modes = {stat.S_IMODE(os.stat(os.path.join(store.folder, name)).st_mode) for name in os.listdir(store.folder)}

    assert modes == {0o600}
    assert stat.S_IMODE(os.stat(store.folder).st_mode) == 0o700


def test_nothing_is_left_of_locks(store):
    """Neither of those given back nor of those that were not got; those of the killed are swept away."""
    with store.lock("a"), pytest.raises(LockTimeout), store.lock("a", wait=0.01):
        pass
    assert names(store) == []
    open(os.path.join(store.folder, f"{LOCK}dead"), "w").close()
    with store.lock("alive"):
        store.sweep()
        assert names(store) == [f"{LOCK}alive"]


def test_sweeping_opens_only_what_is_to_go(store, monkeypatch):
    """What has expired, as the folder says; what a killed process was writing goes after an hour."""
    for number in range(5):
        store.set(f"{number}", b"", number and 1000)
    for name in ("old", "young"):
        open(os.path.join(store.folder, NEW + name), "w").close()
    read, reads = os.read, []
    monkeypatch.setattr("os.read", lambda *what: reads.append(what) or read(*what))
    store.sweep()

    assert (names(store, NEW), len(reads) <= 1) == ([f"{NEW}old", f"{NEW}young"], True)
    monkeypatch.setattr("kirsch.stores.files.time", lambda: os.stat(store.folder).st_mtime + LEFT_OVER + 10)
    store.sweep()
    assert names(store) == ["1", "2", "3", "4"]


def test_expired_entries_go_by_themselves(store):
    """Some files are looked at whenever one is written; nobody has to sweep."""
    for number in range(40):
        store.set(f"old{number}", b"", 0)
    for _ in range(60):
        store.set("new", b"")

    assert names(store) == ["new"]


@pytest.mark.parametrize("content", [b"", b"\0" * 5, b"\0" * 500, b"x" * HEAD + b"\x01b" + b"value"])
def test_a_file_that_is_none_of_ours_is_no_entry(store, content):
    """It can be written."""
    with open(os.path.join(store.folder, "a"), "wb") as file:
        file.write(content)
    os.utime(file.name, (0, 0))

    assert store.get("a") is None
    store.set("a", b"value", None, None)
    assert store.get("a").value == b"value"


@pytest.mark.parametrize("torn", [lambda whole: whole[:-1], lambda whole: whole[:-9] + bytes(9)], ids=["cut", "zeros"])
def test_what_a_power_cut_has_left_is_no_entry(store, torn):
    """Nobody gets half of a value; the next write is whole."""
    store.set("a", b"value " * 100)
    path = os.path.join(store.folder, "a")
    with open(path, "rb") as file:
        whole = file.read()
    with open(path, "wb") as file:
        file.write(torn(whole))
    os.utime(path, (0, 0))

    assert store.get("a") is None
    store.update("a", lambda value: value or b"new")
    assert store.get("a").value == b"new"


def test_guards_that_somebody_has_removed(store):
    """Who had them open before, and who comes afterwards, keep each other out all the same."""
    store.set("a", b"")
    for name in os.listdir(store.folder):
        os.unlink(os.path.join(store.folder, name))
    other = FilesStore(store.folder, patience=0.02)
    with store._guards.hold("a"), pytest.raises(Unavailable, match="stuck"), other._guards.hold("a"):
        pass
    other.close()


def test_files_of_others_are_left_alone(store):
    """However old they are, and whatever they are called."""
    for name in ("notes", "session-old", "README.md", "long" * 30 + "~" + "0" * 32):
        with open(os.path.join(store.folder, name), "w", encoding="utf-8"):
            os.utime(os.path.join(store.folder, name), (1, 1))
    os.mkdir(os.path.join(store.folder, "backup"))
    for _ in range(10):
        store.set("b", b"", 0)
    store.sweep()
    assert store.count() == 0
    store.clear()

    assert names(store) == sorted(["notes", "session-old", "README.md", "long" * 30 + "~" + "0" * 32, "backup"])


def test_a_folder_that_has_gone(store):
    """Is said, and nothing is made up."""
    os.rename(store.folder, f"{store.folder}-away")
    for verb in (lambda: store.set("a", b""), store.count, store.sweep):
        with pytest.raises(Unavailable, match="No such file"):
            verb()


def test_a_process_that_is_stuck_is_not_waited_for(store):
    """Whoever writes gives up when its patience is over."""
    store.set("a", b"")
    script = f"""if True:
        import sys, time
        from kirsch.stores.files import FilesStore
        with FilesStore({store.folder!r})._guards.hold("a"):
            print(flush=True)
            time.sleep(60)"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(Unavailable, match="another process is stuck"):
            store.set("a", b"")
        process.kill()
    store.set("a", b"")


def test_a_full_disk_leaves_nothing_behind(store, disk_with):
    """Full is raised, the old value is there, and no half of a file."""
    store.set("a", b"old")
    with disk_with(100_000), pytest.raises(Full, match="files:"):
        store.set("a", b"x" * 200_000)

    assert store.get("a").value == b"old"
    assert names(store) == ["a"]
    store.set("a", b"x" * 200_000)


def test_the_time_of_day_jumps(store, monkeypatch):
    """Entries go by it, as they outlive the machine; locks do not."""
    store.set("a", b"", 1800)
    store.set("b", b"")
    with store.lock("a"):
        monkeypatch.setattr("kirsch.stores.files.time_ns", lambda: 4 * 10**18)
        with pytest.raises(LockTimeout), store.lock("a", wait=0):
            pass

    assert (store.get("a"), store.get("b").value) == (None, b"")
