"""Both answers to one request side by side: how they differ, in a few words and in full."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.differential.rules import RULES

if TYPE_CHECKING:
    from tests.differential.reply import Reply


@dataclass
class Pair:
    """All answers on the connections of one request. theirs: CherryPy's. used: the rules that it took."""

    theirs: list[Reply]
    ours: list[Reply]
    used: set[str]
    difference: str

    def __str__(self):
        return "\n".join(["CherryPy:", *map(_shown, self.theirs), "Kirsch:", *map(_shown, self.ours)])


def _shown(reply):
    fields = "".join(f"\n    {name}: {value}" for name, value in reply.fields)
    return f"  {reply.status} {reply.reason}{'' if reply.whole else ' (cut off)'}{fields}\n    {reply.body[:600]!r}"


def compared(theirs, ours):
    """The pair, with what differs after the rules: "" for nothing, `200 → 404`, or the names of what differs."""
    used = set()
    words = [] if len(theirs) == len(ours) else [f"{len(theirs)} → {len(ours)} answers"]
    for their, our in zip(copy.deepcopy(theirs), copy.deepcopy(ours), strict=False):
        for rule in RULES:
            before = (repr(their), repr(our))
            rule(their, our)
            if before != (repr(their), repr(our)):
                used.add(rule.__name__)
        words.extend(word for word in _words(their, our) if word not in words)
    return Pair(theirs, ours, used, ", ".join(words))


def _words(theirs, ours):
    """If the statuses differ, all else must."""
    if theirs.status != ours.status:
        return [f"{theirs.status} → {ours.status}"]
    words = [name for name in ("version", "reason", "body", "whole") if getattr(theirs, name) != getattr(ours, name)]
    if "body" in words:  # then its length says nothing more
        theirs.drop("content-length")
        ours.drop("content-length")
    names = sorted({name for name, _ in theirs.fields + ours.fields})
    return words + [name for name in names if _lines(theirs, name) != _lines(ours, name)]


def _lines(reply, name):
    return [value for each, value in reply.fields if each == name]
