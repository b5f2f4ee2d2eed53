"""Which requests with a nonce have been there (RFC 7616 §5.12): each count once, in nearly any order.

A browser counts its requests, and sends several at the same time, so that they arrive out of order. The WINDOW counts
below the highest are remembered, one bit each, as IPsec does it (RFC 4303 §3.4.3); what lies below has been there.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW: Final = 128

MOST: Final = 10_000
"""Nonces that are remembered."""


class Seen(NamedTuple):
    """The counts of one nonce. highest: of them. bits: bit n for the count n below the highest."""

    highest: int = 0
    bits: int = 0

    def with_count(self, count: int) -> Seen | None:
        """These and one more; None if it has been there, or may have been."""
        ahead = count - self.highest
        if ahead > 0:
            return Seen(count, (self.bits << min(ahead, WINDOW) | 1) & ((1 << WINDOW) - 1))
        if count < 1 or -ahead >= WINDOW or self.bits >> -ahead & 1:
            return None
        return Seen(self.highest, self.bits | 1 << -ahead)

    def pack(self) -> bytes:
        """As bytes."""
        return f"{self.highest:x}:{self.bits:x}".encode("ascii")

    @classmethod
    def unpack(cls, data: bytes) -> Seen:
        """Of bytes; ValueError for others than pack() makes."""
        highest, _, bits = data.partition(b":")
        return cls(int(highest, 16), int(bits, 16))


class Counts:
    """The counts of many nonces, in the memory of this process; for any thread.

    floor: nonces made before it are not believed: those of an earlier life of the process, whose counts are forgotten,
    and those that were pushed out by newer ones. most: nonces that are remembered.
    """

    def __init__(self, floor: float, most: int = MOST) -> None:
        self.floor = int(floor * 1000) / 1000  # nonces tell milliseconds
        self._most = most
        self._lock = Lock()
        self._seen: dict[str, tuple[Seen, float]] = {}

    def take(self, nonce: str, count: int, made: float) -> bool:
        """Whether this count of a nonce comes for the first time; from now on it has been there."""
        with self._lock:
            known = self._seen.get(nonce)
            if known is None and made < self.floor:
                return False
            following = (known[0] if known else Seen()).with_count(count)
            if following is None:
                return False
            if known is None and len(self._seen) >= self._most:
                self._drop()
            self._seen[nonce] = (following, made)
            return True

    def _drop(self) -> None:
        """Forget a tenth, the oldest. Clients of these are asked to begin anew."""
        oldest = sorted(self._seen.items(), key=lambda item: item[1][1])[: max(1, self._most // 10)]
        for nonce, (_, made) in oldest:
            del self._seen[nonce]
            self.floor = max(self.floor, made + 0.001)

    def __len__(self) -> int:
        return len(self._seen)


class Store(Protocol):
    """What is asked of a store."""

    def update(
        self, key: str, change: Callable[[bytes | None], bytes | None], seconds: float | None = None
    ) -> bytes | None:
        """Read, change and write as one step; gives what `change` gave, and writes nothing if that is None."""


def take_in_store(store: Store, key: str, count: int, seconds: float) -> bool:
    """As Counts.take(), for all processes that share the store. seconds: for which the nonce is good."""

    def change(known: bytes | None) -> bytes | None:
        following = (Seen.unpack(known) if known is not None else Seen()).with_count(count)
        return following.pack() if following is not None else None

    return store.update(key, change, seconds) is not None
