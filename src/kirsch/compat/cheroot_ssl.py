"""`cheroot.ssl`: what an adapter is. No socket is wrapped by one here: the server makes handshakes itself, in steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from kirsch.compat.alias import child_of

if TYPE_CHECKING:
    from types import ModuleType

__path__: list[str] = []


def __getattr__(name: str) -> ModuleType:
    return child_of("cheroot.ssl", name)


class Adapter(ABC):
    """Certificate and key of a server. context: an ssl.SSLContext, if it shall serve instead of one made of these."""

    context: Any = None

    @abstractmethod
    def __init__(
        self,
        certificate: Any,
        private_key: Any,
        certificate_chain: Any = None,
        ciphers: str | None = None,
        *,
        private_key_password: Any = None,
    ) -> None:
        self.certificate = certificate
        self.private_key = private_key
        self.certificate_chain = certificate_chain
        self.ciphers = ciphers
        self.private_key_password = private_key_password

    def bind(self, sock: Any) -> Any:
        """The socket as it is."""
        return sock

    @abstractmethod
    def wrap(self, sock: Any) -> tuple[Any, dict[str, Any]]:
        """A socket with the handshake made, and what an environ has of it."""
        raise NotImplementedError

    @abstractmethod
    def get_environ(self) -> dict[str, Any]:
        """What an environ has of a connection."""
        raise NotImplementedError

    @abstractmethod
    def makefile(self, sock: Any, mode: str = "r", bufsize: int = -1) -> Any:
        """A file over the socket."""
        raise NotImplementedError
