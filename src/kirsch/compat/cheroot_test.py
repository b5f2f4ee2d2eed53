"""`cheroot.test`: what other people's tests are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kirsch.compat.alias import child_of

if TYPE_CHECKING:
    from types import ModuleType

__path__: list[str] = []


def __getattr__(name: str) -> ModuleType:
    return child_of("cheroot.test", name)
