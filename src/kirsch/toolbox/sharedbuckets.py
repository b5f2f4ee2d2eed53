"""Buckets in a store: all processes that open it count together."""

from __future__ import annotations

import time
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from kirsch.http.rates import SECOND
from kirsch.stores.store import StoreError
from kirsch.toolbox.buckets import Buckets
from kirsch.toolbox.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.http.rates import Rate, Verdict
    from kirsch.stores.store import Store

PREFIX: Final = "rate:"


class SharedBuckets(Buckets):
    """See the module. clock: nanoseconds of the time of day; machines should agree about it to a second or so."""

    def __init__(self, store: Store, clock: Callable[[], int] = time.time_ns) -> None:
        self._reach = Reach(store, "rates are not counted")
        self._clock = clock

    def spend(self, key: str, rate: Rate) -> Verdict | None:
        verdicts: list[Verdict] = []

        def change(value: bytes | None) -> bytes | None:
            full = _number(value)
            verdict = rate.spend(full, self._clock())
            verdicts.append(verdict)
            return b"%d" % verdict.full if verdict.full != full else None

        lasting = rate.interval * rate.burst / SECOND + 1
        try:
            self._reach.attempt(lambda: self._reach.store.update(digest(key), change, lasting))
        except StoreError:
            return None
        return verdicts[-1]


def digest(key: str) -> str:
    """The key in the store: whom we count may have any name, and of any length."""
    return PREFIX + blake2b(key.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _number(value: bytes | None) -> int | None:
    """What stands in the store; None for what is no number."""
    return int(value) if value is not None and len(value) < 30 and value.isdigit() else None
