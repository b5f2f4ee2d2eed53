"""Differences that are to go: CherryPy is right, or an application that worked there would break. Worst first.

With the difference as it is now. The test of each fails as soon as that has changed: then the request leaves this
table, for good or for expected.py.
"""

from __future__ import annotations

from typing import NamedTuple


class Open(NamedTuple):
    """See the module."""

    reason: str
    difference: str


def each(reason, difference, *names):
    """The same for several requests."""
    return dict.fromkeys(names, Open(reason, difference))


OPEN: dict[str, Open] = {}
