"""Pages that paths have led to before, found again without a walk.

A tree may change while it runs, so nothing is taken on trust: each attribute on the way is looked up anew and must be
what it was. A walk does that, too; what is saved is working out names, kinds and candidates. Only ways are kept where a
walk could not have ended elsewhere: plain attributes of plain objects, down to a method with nothing on it but marks.
"""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, Any, Final

from kirsch.dispatch.nodes import KINDS, is_closed, is_exposed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kirsch.dispatch.found import Found

MOST_PLACES: Final = 4096
"""How many are kept: trees may hold circles, so there is no end of ways."""


class Place:
    """A node that a known way leads to.

    name: of the attribute. node: what it was; for a page, the bound method. depth: how many segments led here.
    following: places one segment further, by the segment as it was sent.
    marks: of a page, what is set on its function, and how many they were; None for a node on the way.
    as_index, as_page: for whoever asks, to keep what is made for this page, reached with its whole path or otherwise.
    """

    __slots__ = ("as_index", "as_page", "depth", "following", "marked", "marks", "name", "node")

    def __init__(self, name: str, node: Any, depth: int) -> None:
        self.name = name
        self.node = node
        self.depth = depth
        self.marks: dict[str, Any] | None = None
        self.marked = 0
        self.following: dict[str, Place] = {}
        self.as_index: dict[Any, Any] = {}
        self.as_page: dict[Any, Any] = {}


class Memory:
    """The known ways from one root. Threads may share it: a place is complete before it can be met."""

    def __init__(self) -> None:
        self._root = Place("", None, 0)
        self._count = 0

    def forget(self) -> None:
        """Start anew."""
        self._root = Place("", None, 0)
        self._count = 0

    def recall(self, root: Any, segments: Sequence[str]) -> Place | None:
        """The page for a path (its segments, and INDEX at the end), if the way is known and as it was."""
        place: Place | None = self._root
        node = root
        if place is None or place.node is not root:
            return None
        for segment in segments:
            place = place.following.get(segment)
            if place is None:
                return None
            node = getattr(node, place.name, None)
            marks = place.marks
            if marks is None:
                if node is not place.node:
                    return None
            else:
                same = type(node) is MethodType and node == place.node and len(marks) == place.marked
                return place if same and marks.get("exposed") else None
        return None

    def learn(self, found: Found) -> Place | None:
        """Keep the way of a walk if it is a plain one; the page at its end."""
        if not _is_plain(found):
            return None
        if self._root.node is not found.trail[0] or self._count >= MOST_PLACES:
            self.forget()
            self._root.node = found.trail[0]
        place = self._root
        for depth, (name, node) in enumerate(zip(found.path, found.trail[1:], strict=True), 1):
            segment = found.segments[depth - 1]
            known = place.following.get(segment)
            is_page = depth == len(found.path)
            if known is None or not (known.node == node if is_page else known.node is node):
                known = Place(name, node, depth)
                if is_page:
                    known.marks = vars(node.__func__)
                    known.marked = len(known.marks)
                place.following[segment] = known
                self._count += 1
            place = known
        return place


def _is_plain(found: Found) -> bool:
    """Whether the same path would lead to the same page as long as all attributes on the way stay what they are."""
    trail = found.trail
    if found.dynamic or found.depths is not None or len(trail) < 2 or found.handler is not trail[-1]:
        return False
    page = trail[-1]
    plain = all(KINDS[type(node)] == (getattr, None) for node in trail[:-1])
    return plain and type(page) is MethodType and is_closed(page) and is_exposed(page)
