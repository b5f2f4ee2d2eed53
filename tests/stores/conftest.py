"""Addresses of real stores for the tests."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

SHARED = ["files", "sqlite", "redis", "memcached", "postgres"]


@pytest.fixture
def address(request, tmp_path):
    """Of the kind that the test is parametrized with (`indirect`): new, or of a server that all tests use."""
    kind = request.param
    if kind == "files":
        return f"files:{tmp_path}/files"
    if kind == "sqlite":
        return f"sqlite:{tmp_path}/store.db"
    return request.getfixturevalue(f"{kind}_server").url


@pytest.fixture
def disk_with():
    """A function: for the length of a `with` no file can grow beyond so many bytes."""
    resource = pytest.importorskip("resource", reason="this system has no such limit")

    @contextmanager
    def limited(size):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limited
