"""The suite of kirsch.testing.stores over every kind."""

from __future__ import annotations

import pytest

from kirsch.stores.memory import MemoryStore
from kirsch.testing.stores import StoreSuite


class TestMemory(StoreSuite):
    @pytest.fixture
    def store(self):
        return MemoryStore()
