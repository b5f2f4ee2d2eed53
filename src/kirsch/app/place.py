"""Where a setting stands, and the error that says so."""

from __future__ import annotations

from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where a setting comes from.

    source: a file's path, or words for whatever else gave the setting; "" if unknown. line: from 1; 0 if unknown.
    section: without brackets; "" if there are none. key: "" for the section as a whole.
    """

    source: str = ""
    line: int = 0
    section: str = ""
    key: str = ""

    def __str__(self) -> str:
        source = f"{self.source}, line {self.line}" if self.line else self.source
        section = f"[{self.section}]" if self.section else ""
        what = f"{section} {self.key}".strip()
        return f"{source}: {what}" if source and what else source or what


class ConfigError(ValueError):
    """The config is wrong: where, what, and what to write instead.

    problem: the message without the place. plain: it says all there is to say, so a log needs no traceback.
    """

    plain = True

    def __init__(self, problem: str, place: Place | None = None) -> None:
        self.problem = problem
        self.place = place or Place()
        where = str(self.place)
        super().__init__(f"{where}: {problem}" if where else problem)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem, self.place)
