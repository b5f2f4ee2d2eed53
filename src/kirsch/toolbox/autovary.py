"""Vary made by itself: which headers of the request somebody has looked at is noted, and said in the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kirsch.http.headers import Headers
from kirsch.toolbox.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from kirsch.app.hooks import Hook
    from kirsch.app.request import Request
    from kirsch.app.response import Response

IGNORED: Final = ("Content-Disposition", "Content-Length", "Content-Type")

NEVER: Final = frozenset(
    {
        "cache-control", "host", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since",
        "pragma", "range",
    }
)  # fmt: skip
"""They are part of the address, or for caches themselves: no page differs by them."""


class WatchedHeaders(Headers):
    """Headers of a request that note which of them are looked at, and under which spelling. looked: these, in order."""

    __slots__ = ("looked",)

    looked: dict[str, str]

    @classmethod
    def of(cls, headers: Headers) -> WatchedHeaders:
        """The same headers, watched."""
        watched = cls(headers.lines())
        watched.looked = {}
        return watched

    def _note(self, name: object) -> None:
        if isinstance(name, str):
            self.looked.setdefault(name.lower(), name)

    def __getitem__(self, name: str) -> str:
        self._note(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._note(name)
        return super().__contains__(name)

    def get(self, name: str, default: Any = None, /) -> Any:
        """As of any Headers; what is no name is not there."""
        self._note(name)
        return super().get(name, default) if isinstance(name, str) else default

    def getall(self, name: str) -> list[str]:
        """As of any Headers."""
        self._note(name)
        return super().getall(name)

    def copy(self) -> WatchedHeaders:
        """Another one with the same lines, that notes for both."""
        headers = type(self).of(super().copy())
        headers.looked = self.looked
        return headers


class AutoVary(Tool):
    """See the module. ignore: headers that are not to be named."""

    priority = 0

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """The first of all, and the last but for whoever keeps the answer."""
        for point, hook in super().hooks(settings):
            if point == "before_finalize":
                hook.priority = 95
            yield point, hook

    def on_start_resource(self, request: Request, response: Response, ignore: Collection[str] = IGNORED) -> None:
        """Watch what is looked at from now on."""
        request.headers = WatchedHeaders.of(request.headers)

    def before_finalize(self, request: Request, response: Response, ignore: Collection[str] = IGNORED) -> None:
        """Say what was looked at, beside what Vary says already."""
        headers = request.headers
        if not isinstance(headers, WatchedHeaders):
            return
        looked = dict(headers.looked)
        if request.cookies_read:
            looked.setdefault("cookie", "Cookie")
        ignored = {name.lower() for name in ignore} | NEVER
        said = {name.strip().lower(): name.strip() for name in response.headers.get("Vary", "").split(",")}
        names = {**{key: name for key, name in looked.items() if key not in ignored}, **said}
        names.pop("", None)
        if "*" in names:
            response.headers["Vary"] = "*"
        elif names:
            response.headers["Vary"] = ", ".join(sorted(names.values()))
