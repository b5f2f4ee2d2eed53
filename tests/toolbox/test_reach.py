from __future__ import annotations

import pytest

from kirsch.stores.memory import MemoryStore
from kirsch.stores.store import Conflict, Full, LockTimeout, StoreError, Unavailable
from kirsch.toolbox.reach import Reach


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Unavailable("gone"), "pages are made anew while a store is away: gone"),
        (Full("16 bytes left"), "pages are made anew where a store has no room: 16 bytes left"),
        (StoreError("no permission"), "pages are made anew where a store refuses: no permission"),
        (Conflict("quicker"), ""),
        (LockTimeout("busy"), ""),
    ],
)
def test_what_a_store_cannot_do_is_told_once(error, told, caplog):
    """With what is done instead; that others were quicker is no news."""
    reach = Reach(MemoryStore(), "pages are made anew")
    for _ in range(3):
        with pytest.raises(StoreError):
            reach.attempt(lambda: _raise(error))

    said = [each.getMessage() for each in caplog.records if each.name == "kirsch.error"]
    assert said == ([told] if told else [])


def _raise(error):
    raise error
