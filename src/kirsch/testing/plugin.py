"""Fixtures for pytest, which finds them by the entry point `kirsch`. They ask what your own fixture `app` gives.

pytest loads this file at each of its starts: what the fixtures need is imported when they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kirsch.testing.client import Client
    from kirsch.testing.live import LiveServer


@pytest.fixture
def kirsch_client(app: Any) -> Client:
    """A client that asks the application, site or root object of your fixture `app` in memory."""
    from kirsch.testing.client import Client

    return Client(app)


@pytest.fixture
def kirsch_live_server(app: Any) -> Iterator[LiveServer]:
    """A real server on a free port for the application, site or root object of your fixture `app`."""
    from kirsch.testing.live import live_server

    with live_server(app) as server:
        yield server
