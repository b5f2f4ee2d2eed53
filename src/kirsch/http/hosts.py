"""Whether the host that a client asks for is one of ours: names are compared as DNS does, not as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kirsch.http.urls import split_host

if TYPE_CHECKING:
    from collections.abc import Iterable


class Hosts:
    """Our names: `example.com`, `*.example.com` for all names below it, `[::1]`. ValueError for one that is none.

    Capitals, a dot at the end and the spelling of an IPv6 address do not matter. A name without a port stands for all
    ports, one with a port for that alone.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._exact: set[tuple[str, int | None]] = set()
        self._below: list[tuple[str, int | None]] = []
        for name in names:
            wild = name.startswith("*.")
            shown = f"[{name}]" if name.count(":") > 1 and name[0] != "[" else name.removeprefix("*.")
            host, port = _parts(shown)
            if not host or "*" in host or "/" in name:
                raise ValueError(f"{name!r} is no host: write a name alone, such as 'example.com' or '*.example.com'")
            if wild:
                self._below.append((f".{host}", port))
            else:
                self._exact.add((host, port))

    def __contains__(self, host: str) -> bool:
        name, port = _parts(host)
        if not name:
            return False
        if (name, None) in self._exact or (name, port) in self._exact:
            return True
        return any(name.endswith(end) and name != end and only in (None, port) for end, only in self._below)


def _parts(text: str) -> tuple[str, int | None]:
    """Name and port; "" for what is no host."""
    try:
        name, port = split_host(text)
    except ValueError:
        return "", None
    if name[0] == "[":
        import ipaddress

        return f"[{ipaddress.ip_address(name[1:-1])}]", port
    return name.removesuffix("."), port
