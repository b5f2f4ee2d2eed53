"""What a page may load, run and be shown in: the values of Content-Security-Policy and Permissions-Policy.

A policy is text, as it is sent, or a dict of directives with one source or several. `'nonce'` among the sources stands
for the nonce of the request. What would have no effect, or another than it seems, is a ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

NONCE: Final = "'nonce'"

DIRECTIVES: Final = frozenset(
    {
        "base-uri", "child-src", "connect-src", "default-src", "fenced-frame-src", "font-src", "form-action",
        "frame-ancestors", "frame-src", "img-src", "manifest-src", "media-src", "object-src", "report-to", "report-uri",
        "require-trusted-types-for", "sandbox", "script-src", "script-src-attr", "script-src-elem", "style-src",
        "style-src-attr", "style-src-elem", "trusted-types", "upgrade-insecure-requests", "worker-src",
    }
)  # fmt: skip
_WORDS: Final = frozenset(
    {
        "none", "self", "unsafe-inline", "unsafe-eval", "unsafe-hashes", "strict-dynamic", "report-sample",
        "wasm-unsafe-eval", "nonce",
    }
)  # fmt: skip
"""Sources that mean something in single quotes only, and hosts without."""

_FOR_THEMSELVES: Final = frozenset({"sandbox", "trusted-types", "require-trusted-types-for", "report-to", "report-uri"})
"""Directives whose values are no sources."""

_SOURCE = re.compile(r"[\x21-\x2b\x2d-\x3a\x3c-\x7e]+")  # visible, but for `,` and `;`
_QUOTED = re.compile(r"'(?:nonce-[A-Za-z0-9+/_=-]+|sha(?:256|384|512)-[A-Za-z0-9+/_=-]+)'")
_FEATURE = re.compile(r"[a-z][a-z0-9-]*")
_ALLOWED = re.compile(r'\*|\((?:self|src|"[!#-~]+"|\*| )*\)')


class Policy(dict[str, tuple[str, ...]]):
    """Directives with their sources, in order."""

    def __init__(self, given: str | Mapping[str, Any]) -> None:
        super().__init__()
        for name, sources in _divided(given) if isinstance(given, str) else given.items():
            self._add(str(name).lower(), sources)

    def _add(self, name: str, sources: Any) -> None:
        if name in self:
            raise ValueError(f"{name} stands there twice, and only the first would count")
        if name not in DIRECTIVES:
            raise ValueError(f"there is no directive {name!r}; there are {', '.join(sorted(DIRECTIVES))}")
        given = sources.split() if isinstance(sources, str) else [] if sources is True else list(sources or ())
        for source in given:
            _check(name, source)
        if name not in _FOR_THEMSELVES | {"upgrade-insecure-requests"} and not given:
            given = ["'none'"]
        if "'none'" in given and len(given) > 1:
            raise ValueError(f"{name}: 'none' stands alone, or not at all")
        self[name] = tuple(given)

    @property
    def wants_nonce(self) -> bool:
        """Whether some source is the nonce of the request."""
        return any(NONCE in sources for sources in self.values())

    def with_style(self, source: str) -> Policy:
        """The policy that lets one more style be used, unless it lets all."""
        name = next((each for each in ("style-src-elem", "style-src", "default-src") if each in self), None)
        if name is None or "'unsafe-inline'" in self[name]:
            return self
        kept = [each for each in self[name] if each != "'none'"]
        return Policy({**self, "style-src-elem": [*kept, source]})

    def __str__(self) -> str:
        return "; ".join(" ".join((name, *sources)) for name, sources in self.items())


def _divided(text: str) -> Iterable[tuple[str, str]]:
    for each in text.split(";"):
        name, _, sources = each.strip().partition(" ")
        if name:
            yield name, sources


def _check(name: str, source: Any) -> None:
    if not isinstance(source, str) or not _SOURCE.fullmatch(source):
        raise ValueError(f"{name}: {source!r} is no source: visible characters make one, without `,` and `;`")
    if name in _FOR_THEMSELVES:
        return
    bare = source.strip("'").lower()
    if bare in _WORDS and source != f"'{bare}'":
        raise ValueError(f"{name}: {source!r} would be a host; write \"'{bare}'\", with its quotes")
    if source[0] == "'" and bare not in _WORDS and not _QUOTED.fullmatch(source):
        raise ValueError(f"{name}: there is no source {source}")


def permissions(given: str | Mapping[str, Any]) -> str:
    """The value of Permissions-Policy. Of a dict: features with `()`, `self`, `*`, or a list of origins and `self`."""
    if not isinstance(given, Mapping):
        return given
    return ", ".join(f"{_feature(name)}={_allowed(name, whom)}" for name, whom in given.items())


def _feature(name: Any) -> str:
    if not isinstance(name, str) or not _FEATURE.fullmatch(name):
        raise ValueError(f"{name!r} is no feature: small letters and hyphens make one, such as in 'camera'")
    return name


def _allowed(name: str, whom: Any) -> str:
    listed = [whom] if isinstance(whom, str) and whom != "()" else [] if whom in ("()", None, False) else list(whom)
    quoted = [each if each == "self" else f'"{each}"' for each in listed]
    text = "*" if listed == ["*"] else f"({' '.join(quoted)})"
    if not _ALLOWED.fullmatch(text):
        raise ValueError(f"{name}: {whom!r} is nobody; write '()', 'self', '*' or a list of origins")
    return text
