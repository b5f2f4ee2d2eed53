"""What a machine tells its driver: the limits it keeps, and whose fault it is when the protocol is broken."""

from __future__ import annotations

from dataclasses import dataclass


class ProtocolError(Exception):
    """The protocol was broken; the type says by whom."""


class LocalError(ProtocolError):
    """We ourselves were about to send something that is not HTTP."""


class RemoteError(ProtocolError):
    """The peer broke the rules; `status` is the answer it gets, and then the connection closes."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a peer may send. Sizes in bytes; 0 for `body` means without limit.

    head: request line and fields together. target: of the request line. fields: number of field lines.
    body: decoded. extensions: of all chunks of a body together. trailers: of all trailer lines together.
    """

    head: int = 32 * 1024
    target: int = 8 * 1024
    fields: int = 100
    body: int = 100 * 1024 * 1024
    extensions: int = 4 * 1024
    trailers: int = 8 * 1024
