from __future__ import annotations

import sys

import pytest

from kirsch.stores.address import without_secrets
from kirsch.stores.files import FilesStore
from kirsch.stores.memory import MemoryStore
from kirsch.stores.opening import open_store
from kirsch.stores.sqlite import SQLiteStore
from kirsch.stores.store import AddressError


@pytest.fixture(autouse=True)
def empty(monkeypatch, tmp_path):
    """Each test has opened nothing yet, and works in a folder of its own."""
    monkeypatch.setattr("kirsch.stores.opening._opened", {})
    monkeypatch.chdir(tmp_path)


def test_an_address_has_one_store():
    """Whoever names the same one shares it; another name is another one."""
    assert open_store("memory:a") is open_store("memory:a")
    assert open_store("memory:a") is not open_store("memory:b")


def test_a_store_is_given_back():
    """So that one may be handed in, ready, where an address is asked for."""
    store = MemoryStore()

    assert open_store(store) is store


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("sqlite:{}/a%20b.db", "{}/a b.db"),
        ("sqlite://{}/c.db?sync=normal", "{}/c.db"),
        ("sqlite:d.db", "{}/d.db"),
        ("SQLite:new/folder/e.db", "{}/new/folder/e.db"),
    ],
)
def test_paths(address, path, tmp_path):
    """Whole, with two slashes before, or from the folder one is in; folders are made."""
    store = open_store(address.format(tmp_path))

    assert isinstance(store, SQLiteStore)
    assert store.path == path.format(tmp_path)
    assert store.durable is ("normal" not in address)


def test_options(tmp_path):
    """They stand behind a question mark."""
    store = open_store("memory:a?entries=3&size=2MiB")
    files = open_store(f"files:{tmp_path}/files?fsync=yes&patience=0.3")

    assert isinstance(store, MemoryStore)
    assert (store.most_entries, store.most_bytes, store.url) == (3, 2 << 20, "memory:a")
    assert isinstance(files, FilesStore)
    assert files.durable is True


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("redsi://secret@host/0", "no kind of store 'redsi'; did you mean 'redis'?"),
        ("ftp:x", "There are: memory, files, sqlite, redis"),
        ("/var/lib/x.db", "begins with its kind, as in sqlite:/var/lib/x.db"),
        (b"memory:", "named by an address"),
        (None, "named by an address"),
        ("memory:?entires=3", "no option 'entires'; did you mean 'entries'?"),
        ("memory:?entries=-1", "entries='-1' makes no sense"),
        ("memory:?entries", "no list of name=value"),
        ("memory:?size=1X", "size='1X'"),
        ("sqlite:", "needs a path"),
        ("sqlite://host/x.db", "on another machine; write sqlite:/x.db"),
        ("sqlite:a.db?sync=off", "sync='off'"),
        ("files:a?fsync=perhaps", "fsync='perhaps'"),
        ("files:a?patience=0", "patience='0'"),
        ("files:/proc/none/here", "files:/proc/none/here: No such file"),
        ("memcached:", "needs a server, as in memcached://127.0.0.1:11211"),
        ("memcached://a:b", "'a:b' is no server"),
        ("memcached://a:70000", "'a:70000' is no server"),
        ("redis://:secret@host:port/0", "redis://host:port/0: "),
        ("redis://:secret@host/0?prefix=a%20b", "prefix='a b'"),
        ("redis://:secret@host/0?socket_timeot=1", "socket_timeot"),
        ("postgresql://u:secret@host/db?table=a;drop", "table='a;drop'"),
        ("postgresql://u:se%cret@host/db", "postgresql://u@host/db: "),
        ("postgresql://u:secret@host/db?ssl_mode=on", "ssl_mode"),
    ],
)
def test_what_makes_no_sense(address, problem):
    """Is said at once, with what to write instead, and without anybody's password."""
    with pytest.raises(AddressError) as caught:
        open_store(address)

    assert problem in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "package", "extra"),
    [
        ("redis://h", "redis", "redis"),
        ("memcached://h", "pymemcache", "memcached"),
        ("postgres://h", "psycopg", "postgres"),
    ],
)
def test_a_missing_package_is_named(monkeypatch, address, package, extra):
    """With the extra that brings it."""
    for name in list(sys.modules):
        if name.partition(".")[0] == package or name == f"kirsch.stores.{extra}":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(AddressError, match=rf"pip install 'kirsch\[{extra}\]'"):
        open_store(address)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("redis://:secret@host:1/0", "redis://host:1/0"),
        ("redis://me:secret@host/0?password=secret", "redis://me@host/0"),
        ("valkeys://me:s/e@c:ret@host/0", "valkeys://me@host/0"),
        ("unix:///run/redis.sock?password=secret", "unix:///run/redis.sock"),
        ("postgresql://me:secret@a:1,b:2/db", "postgresql://me@a:1,b:2/db"),
    ],
)
def test_passwords_are_not_shown(address, shown):
    """Neither where a store says what it is nor where it says what went wrong."""
    assert without_secrets(address) == shown
    assert "secret" not in repr(open_store(address.replace("s/e@c:ret", "secret")))


def test_servers_of_memcached():
    """Several, with ports or without, of any family, or on a Unix socket."""
    store = open_store("memcached://a,b:1,[::1]:2,[::2]?prefix=x:")

    assert store.url == "memcached://a:11211,b:1,::1:2,::2:11211"
    assert open_store("memcached:/run/a").url == "memcached:///run/a"
