"""What a request has once somebody asks for it: until then this stands in its place, and costs next to nothing."""

from __future__ import annotations

from typing import Any


class OnDemand:
    """See the module, and Request.belonging(). PERF: no ABC, as isinstance() is ten times as slow for those."""

    __slots__ = ()

    def make(self, request: Any) -> Any:
        """What it stands for, for this request."""
        raise NotImplementedError
