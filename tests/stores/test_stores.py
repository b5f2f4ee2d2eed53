"""The suite of kirsch.testing.stores over every kind."""

from __future__ import annotations

from typing import Any

import pytest

from kirsch.stores.files import FilesStore
from kirsch.stores.memory import MemoryStore
from kirsch.stores.opening import open_store
from kirsch.stores.sqlite import SQLiteStore
from kirsch.testing.stores import StoreSuite
from tests.house import ROOT
from tests.test_docs import blocks


class TestMemory(StoreSuite):
    @pytest.fixture
    def store(self):
        """In this process."""
        return MemoryStore()


class TestOnesOwn(StoreSuite):
    @pytest.fixture
    def store(self):
        """The one that the page about stores shows, as it stands there."""
        names: dict[str, Any] = {"__name__": "docs"}
        for kind, _, _, code in blocks(ROOT / "docs" / "reference" / "stores.md"):
            if kind == "python" and "class MyStore" in code:
                exec(code, names)
        return names["MyStore"]()


class TestFiles(StoreSuite):
    @pytest.fixture(params=[False, True], ids=["lazy", "fsync"])
    def store(self, request, tmp_path):
        """In a new folder."""
        store = FilesStore(str(tmp_path / "files"), fsync=request.param)
        yield store
        store.close()


class TestSQLite(StoreSuite):
    @pytest.fixture(params=["full", "normal"])
    def store(self, request, tmp_path):
        """In a new file."""
        store = SQLiteStore(str(tmp_path / "store.db"), request.param)
        yield store
        store.close()


class TestRedis(StoreSuite):
    @pytest.fixture
    def store(self, redis_server):
        """In a real server."""
        yield (store := open_store(redis_server.url))
        store.close()


class TestMemcached(StoreSuite):
    @pytest.fixture
    def store(self, memcached_server):
        """In a real server, twice: keys are spread over two."""
        yield (store := open_store(f"{memcached_server.url},localhost:{memcached_server.port}"))
        store.close()


class TestPostgres(StoreSuite):
    @pytest.fixture
    def store(self, postgres_server):
        """In a real server."""
        yield (store := open_store(postgres_server.url))
        store.close()
