"""One end of a connection, as a request shows it."""

from __future__ import annotations


class Host:
    """See the module. Whoever knows better may set it. name: as looked up, or the address."""

    __slots__ = ("ip", "name", "port")

    def __init__(self, ip: str, port: int, name: str | None = None) -> None:
        self.ip = ip
        self.port = port
        self.name = ip if name is None else name

    def netloc(self, scheme: str) -> str:
        """As it stands in a URL: without the port where that is the scheme's own."""
        name = f"[{self.ip}]" if ":" in self.ip else self.ip or "localhost"
        return name if self.port in (0, {"http": 80, "https": 443}.get(scheme)) else f"{name}:{self.port}"

    def __repr__(self) -> str:
        return f"Host({self.ip!r}, {self.port}, {self.name!r})"
