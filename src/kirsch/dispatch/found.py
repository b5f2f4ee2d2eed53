"""The contract of the room: what a dispatcher says about a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kirsch.dispatch.names import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INDEX: Final = "index"
"""Every path ends in it, unsaid: `/a/` and `/a` are `/a/index` if there is one."""

INVENTED: Final = "*"
"""In `Found.path`: a node that no attribute led to. No attribute is called so: punctuation never stays in a name."""


class DispatchError(RuntimeError):
    """A `_cp_dispatch` broke its contract: the program's mistake, never the client's."""


class Vpath(list[str]):
    """The segments still to go, as a `_cp_dispatch` gets them: it may take away and replace, never add.

    params: path parameters by name, to be filled by whoever takes segments away; they end up in `Found.params`.
    """

    __slots__ = ("params",)

    def __init__(self, segments: list[str], params: dict[str, Any]) -> None:
        super().__init__(segments)
        self.params = params


class Found:
    """What a path leads to. Made for each request, by a dispatcher alone.

    handler: what answers, None if nothing does. Exposed, but not checked to be callable.
    rest: the segments left over for it, in order: its positional arguments. `%2F` in them has become `/`.
    trail: the nodes walked, root first, as far as there are any. A handler that the path named is the last or one
        further up; a `default` that stepped in is not in the trail.
    path: the name of every node of the trail after the root: of the attribute that was looked up (INDEX too, where
        there was one), or INVENTED.
    is_index: True if there was an INDEX, or if a `default` was asked for with a slash at the end; False for any
        other handler; None without one.
    dynamic: a node was given by a `_cp_dispatch`, or computed by a property or `__getattr__`: keep nothing made for it.
    params: path parameters. They win over parameters of the same name from elsewhere.
    segments: the whole path, without empty segments and with INDEX at the end.
    depths: for every node of the trail, how many segments led to it; None if it is one for each, as in plain trees.
    place: where in the trail the node is that answers, itself or by its `default`; -1 if none.
    unseen: how many segments at the start the client did not send: another dispatcher has put them there.

    What to keep things under: unless `dynamic`, `path` alone tells which nodes were walked and which handler answers,
    as long as the tree stays as it is. To notice a tree that was changed, compare what was kept with `handler`, by ==,
    since methods are bound anew each time. Trees may hold circles, so there is no end of paths: bound what is kept.
    Sections of the config may speak of the segments beyond `path`, too: see steps().
    """

    __slots__ = (
        "depths", "dynamic", "handler", "is_index", "params", "path", "place", "rest", "segments", "trail",
        "unseen",
    )  # fmt: skip

    def __init__(self, root: Any, segments: list[str], params: dict[str, Any]) -> None:
        self.handler: Callable[..., Any] | None = None
        self.rest: list[str] = []
        self.trail: list[Any] = [root]
        self.path: tuple[str, ...] = ()
        self.is_index: bool | None = None
        self.dynamic = False
        self.params = params
        self.segments = segments
        self.depths: list[int] | None = None
        self.place = -1
        self.unseen = 0

    def invent(self, node: Any, depth: int) -> None:
        """Add a node that no attribute led to. For dispatchers, like deepen()."""
        self.depths = self.depths or [0]
        self.deepen()
        self.trail.append(node)
        self.depths.append(depth)
        self.dynamic = True

    def deepen(self) -> None:
        """Complete the depths: where none is known, one segment led to the node."""
        depths = self.depths or [0]
        depths.extend(range(depths[-1] + 1, depths[-1] + 1 + len(self.trail) - len(depths)))
        self.depths = depths

    def steps(self) -> Iterator[tuple[Any, tuple[str, ...]]]:
        """What config is merged along: every node with the canonical segments that led from the last one to it.

        The root comes first, with no segments. A `default` that answers follows the node that has it, also with none.
        Last come None and the segments that led to no node; INDEX is one of these if there was none.
        """
        depths = self.depths or range(len(self.trail))
        for place, node in enumerate(self.trail):
            if place == 0:
                yield node, ()
            elif self.path[place - 1] == INVENTED:
                yield node, tuple(map(canonical, self.segments[depths[place - 1] : depths[place]]))
            else:
                yield node, (canonical(self.path[place - 1]),)
            if place == self.place and self.handler is not node:
                yield self.handler, ()
        if depths[-1] < len(self.segments):
            yield None, tuple(map(canonical, self.segments[depths[-1] :]))

    def __repr__(self) -> str:
        return f"<Found {self.handler!r} at /{'/'.join(self.path)} with {self.rest!r}>"
