"""Differences that are to go: CherryPy is right, or an application that worked there would break. Worst first.

With the difference as it is now. The test of each fails as soon as that has changed: then the request leaves this
table, for good or for expected.py.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.differential.known import named


class Open(NamedTuple):
    """See the module."""

    reason: str
    difference: str


def each(reason, difference, *names):
    """The same for several requests."""
    return dict.fromkeys(names, Open(reason, difference))


OPEN = {
    **each("a dispatcher that overrides find_handler is not asked by it", "200 → 404", "own dispatcher: find_handler"),
    **each("the fields of a response as pairs, by output()", "200 → 500", "detail: header output"),
    **each(
        "all attributes of CherryPy's entities, on the body and on uploads",
        "200 → 500",
        *named("detail: ", "body name", "body filename", "body headers"),
        *named("detail: ", "upload length", "upload parts", "upload params"),
    ),
    **each("all attributes of CherryPy's redirects", "200 → 500", "detail: redirect inside, request"),
    **each("the dispatcher as an attribute of the request", "200 → 500", "request.dispatch"),
}
