"""Questions over a real connection, by Python's own HTTP client: one connection for each of them."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Final

from kirsch.testing.answer import Answer, OpenAnswer, Start
from kirsch.testing.courier import Courier

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.exchange import Address, Exchange
    from kirsch.testing.question import Question

BLOCK: Final = 64 * 1024


class OldConnection(HTTPConnection):
    """One that speaks HTTP/1.0."""

    _http_vsn = 10
    _http_vsn_str = "HTTP/1.0"


class WireSource:
    """The answer on a connection, as it comes in. See Source; what went wrong in the page stays on the other side."""

    error: BaseException | None = None

    def __init__(self, connection: HTTPConnection, response: HTTPResponse) -> None:
        self.broken = False
        self._connection = connection
        self._response = response

    def next_piece(self) -> bytes | None:
        """Wait for more of the body; None at its end."""
        try:
            data = self._response.read1(BLOCK)
        except (HTTPException, ConnectionError):
            data = b""
            self.broken = True
        if not data and self._response.length:
            self.broken = True
        return data or None

    def close(self) -> None:
        """Leave."""
        self._response.close()
        self._connection.close()


class WireCourier(Courier):
    """To whatever listens at an address, whichever host is asked. The client of a question is where it comes from."""

    def __init__(self, address: Address, handler: Callable[[Exchange], None]) -> None:
        self.address = address
        self.handler = handler

    def ask(self, question: Question) -> Answer:
        """All of the answer, and the connection is closed."""
        return self.open(question).whole()

    def open(self, question: Question) -> OpenAnswer:
        """Come back with the head."""
        kind = HTTPConnection if question.version >= (1, 1) else OldConnection
        connection = kind(*self.address, timeout=question.timeout, source_address=question.client)
        try:
            _send(connection, question)
            response = connection.getresponse()
        except BaseException:
            connection.close()
            raise
        source = WireSource(connection, response)
        return OpenAnswer(question, Start(response.status, response.reason, response.getheaders()), source)


def _send(connection: HTTPConnection, question: Question) -> None:
    connection.putrequest(question.method, question.url.target, skip_host=True, skip_accept_encoding=True)
    chunked = False
    for name, value in question.fields:
        connection.putheader(name, value)
        chunked = chunked or (name.lower(), value.lower()) == (b"transfer-encoding", b"chunked")
    try:
        connection.endheaders(question.body, encode_chunked=chunked)
    except (BrokenPipeError, ConnectionResetError):  # refused before its end, and the answer says why
        pass
