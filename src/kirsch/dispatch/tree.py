"""The walk: a path names attributes, from node to node, and the last exposed one answers.

In this order: the `index` of the node that the whole path names; then from the deepest node up to the root, the node's
`default`, or the node itself if exposed, with the segments left over as its arguments. Where a node has no attribute
of the name, its `_cp_dispatch` is asked for the next node. nodes.py says which attributes can be named at all.
"""

from __future__ import annotations

from types import MethodType
from typing import Any

from kirsch.dispatch.expose import DISPATCH_METHOD
from kirsch.dispatch.found import INDEX, INVENTED, DispatchError, Found, Vpath
from kirsch.dispatch.names import PUNCTUATION, canonical, plain
from kirsch.dispatch.nodes import KINDS, is_closed, is_exposed


class Dispatcher:
    """Finds handlers in trees of plain objects. Holds nothing of a request: one serves all threads.

    dispatch_method_name: of the method by which a node is asked. translate: the table for `str.translate` that makes
    a segment a name, by default all ASCII punctuation to `_`; ValueError if it is no dict.
    spare: what stands at the root, by name, where the root has no attribute of that name.
    """

    dispatch_method_name = DISPATCH_METHOD

    def __init__(self, dispatch_method_name: str | None = None, translate: dict[int, Any] = PUNCTUATION) -> None:
        if not isinstance(translate, dict):
            raise ValueError(f"translate must be a dict for str.translate, not {translate!r}")
        if dispatch_method_name:
            self.dispatch_method_name = dispatch_method_name
        self.translate = translate
        self.spare: dict[str, Any] = {}
        self.usual = translate == PUNCTUATION

    def name_of(self, segment: str) -> str:
        """The name that is looked up for a segment."""
        return canonical(segment) if self.usual else segment.translate(self.translate)

    def find(self, root: Any, path: str, params: dict[str, Any] | None = None) -> Found:
        """Where a path leads. `params` is what `Found.params` is to be, by default a new dict.

        path: decoded, but for `%2F`. Raises DispatchError, and what the program's own code raises: a `_cp_dispatch`,
        a property, a `__getattr__`.
        """
        segments = [segment for segment in path.split("/") if segment]
        segments.append(INDEX)
        found = Found(root, segments, {} if params is None else params)
        found.path = tuple(self.walk(found))
        self.choose(found, path)
        return found

    def walk(self, found: Found) -> list[str]:
        """Go down as far as there are nodes. The names that led there."""
        trail, usual, left = found.trail, self.usual, found.segments
        node, start = trail[0], 0
        names: list[str] = []
        while True:
            for segment in left:
                # PERF: nearly all segments are identifiers, and a call takes longer than the rest of the line.
                name = segment if usual and segment.isidentifier() else self.name_of(segment)
                look, fleeting = KINDS[type(node)]
                if name.startswith("_"):
                    break
                sub = look(node, name, None)
                if sub is None:
                    sub = self.spare.get(name) if not names and not hasattr(node, name) else None
                    if sub is None:
                        break
                elif fleeting is not None and fleeting(node, name):
                    found.dynamic = True
                names.append(name)
                trail.append(sub)
                node = sub
                if type(node) is MethodType and is_closed(node):
                    return names  # nothing stands below it: what is left are its arguments
            at = len(names) - start
            method = look(node, self.dispatch_method_name, None) if at < len(left) - 1 else None
            if method is None or (vpath := self.ask(found, method, left[at:-1])) is None:
                return names
            names.append(INVENTED)
            node, left, start = trail[-1], vpath, len(names)

    def ask(self, found: Found, method: Any, segments: list[str]) -> Vpath | None:
        """Add the node that a dispatch method gives to the trail; what is left then, None if there is no node."""
        if not callable(method) or is_exposed(method):
            return None
        if isinstance(found.trail[-1], type) and not isinstance(method, MethodType):
            return None  # it is for the instances of this class
        vpath = Vpath(segments, found.params)
        node = method(vpath=vpath)
        if len(vpath) > len(segments):
            raise DispatchError(
                f"{method!r} was given the segments {segments} and left {list(vpath)}: "
                "it may take segments away or replace them, but not add any"
            )
        if len(vpath) == len(segments):
            del vpath[0]  # it took none away, so it meant the one that it was asked about
        if node is None:
            return None
        vpath.append(INDEX)
        found.invent(node, len(found.segments) - len(vpath))
        return vpath

    def choose(self, found: Found, path: str) -> None:
        """Of the nodes walked, take the one to answer."""
        if found.depths is not None:
            found.deepen()
        trail, depths = found.trail, found.depths
        place = len(trail)
        while place:
            place -= 1
            node = trail[place]
            look, fleeting = KINDS[type(node)]
            handler = look(node, "default", None)
            depth = place if depths is None else depths[place]
            if handler is not None and is_exposed(handler):
                found.is_index = path.endswith("/")
                if fleeting is not None and fleeting(node, "default"):
                    found.dynamic = True
            elif getattr(node, "exposed", False) is True or is_exposed(node):
                handler = node
                found.is_index = depth == len(found.segments)
            else:
                continue
            found.handler = handler
            found.place = place
            rest = found.segments[depth:-1]
            found.rest = list(map(plain, rest)) if "%" in path else rest
            return
