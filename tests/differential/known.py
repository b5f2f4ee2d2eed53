"""How the lists of differences are written: expected.py and behind.py."""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """Differences that are wanted. where: a number in the list of CherryPy's weak places, an RFC, or a word.

    cases: how the answers differ, as compare.py says it, and the requests for which they do.
    """

    where: str
    reason: str
    cases: dict[str, tuple[str, ...]]

    def pairs(self):
        """Request and difference."""
        return [(name, difference) for difference, names in self.cases.items() for name in names]


def named(word, *ends):
    """Names with the same beginning."""
    return tuple(f"{word}{end}" for end in ends)
