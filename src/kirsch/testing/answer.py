"""What came back: whole, or while it is still being sent."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

from kirsch.http.headers import Headers
from kirsch.http.media import charset_name, parse_media_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kirsch.testing.question import Question

SHOWN = 500
"""Bytes of a body that are shown in a message."""


class Start(NamedTuple):
    """What an answer begins with."""

    status: int
    reason: str
    lines: list[tuple[str, str]]


class Fate(Protocol):
    """What becomes of an answer on its way. See AnswerHead."""

    broken: bool
    error: BaseException | None


class Source(Fate, Protocol):
    """Where an answer comes from that is still being sent."""

    def next_piece(self) -> bytes | None:
        """Wait for more of the body; None at its end."""

    def close(self) -> None:
        """Leave, if need be in the middle of it."""


class AnswerHead(ABC):
    """What all answers have.

    status, reason, headers. url: that was asked, after redirects the last one. history: the answers that redirected,
    the first one first. question: what was sent. broken: the body was cut off before its end. error: what the page
    raised if that made it a 5xx, or broke it off; known in memory only.
    """

    def __init__(self, question: Question, start: Start, fate: Fate) -> None:
        self.question = question
        self.url = str(question.url)
        self.status, self.reason, lines = start
        self.headers = Headers(lines)
        self.history: list[Answer] = []
        self._fate = fate

    @property
    def broken(self) -> bool:
        """See the class."""
        return self._fate.broken

    @property
    def error(self) -> BaseException | None:
        """See the class."""
        return self._fate.error

    @abstractmethod
    def whole(self) -> Answer:
        """All of it, once it is there."""

    def expect(self, *statuses: int) -> Self:
        """The answer itself, if its status is one of these, by default any below 400. AssertionError if not."""
        __tracebackhide__ = True  # for pytest: the line that is wrong is the caller's
        if self.status in statuses or (not statuses and self.status < 400):
            return self
        wanted = " or ".join(map(str, statuses)) or "a status below 400"
        raise AssertionError(f"{self.question} was answered by {self.told()} instead of {wanted}") from self.error

    def told(self) -> str:
        """What it is, for messages."""
        kind = self.headers.get("Location") or self.headers.get("Content-Type") or "no Content-Type"
        return f"{self.status} {self.reason} ({kind})"

    def _text(self, data: bytes) -> str:
        declared = parse_media_type(self.headers.get("Content-Type", ""))[1].get("charset", "")
        return data.decode(charset_name(declared) or "utf-8")

    def _ends(self) -> str:
        """What a repr should not keep to itself."""
        error = self.error
        return f"{', broken off' if self.broken else ''}{f', {error!r}' if error is not None else ''}"


class Answer(AnswerHead):
    """An answer that is complete. pieces: the body as it was sent, piece by piece."""

    def __init__(self, question: Question, start: Start, fate: Fate, pieces: list[bytes]) -> None:
        super().__init__(question, start, fate)
        self.pieces = pieces

    def whole(self) -> Answer:
        """It is."""
        return self

    @property
    def body(self) -> bytes:
        """All of it."""
        return b"".join(self.pieces)

    @property
    def text(self) -> str:
        """The body, decoded as its Content-Type declares, or as UTF-8."""
        return self._text(self.body)

    def json(self) -> Any:
        """What the body says in JSON. ValueError if it is none, with what it is instead."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise ValueError(f"{self.question} was answered by {self.told()}, and that is no JSON: {error}") from None

    def told(self) -> str:
        """What it is, with the beginning of the body."""
        body = self.body
        return f"{super().told()} {body[:SHOWN].decode('utf-8', 'replace')!r}{'…' if len(body) > SHOWN else ''}"

    def __repr__(self) -> str:
        return f"<Answer {self.status} {self.reason}, {len(self.body)} bytes{self._ends()}>"


class OpenAnswer(AnswerHead):
    """An answer that is still being sent. pieces: the body piece by piece, as it comes."""

    def __init__(self, question: Question, start: Start, source: Source) -> None:
        super().__init__(question, start, source)
        self.pieces: Iterator[bytes] = iter(source.next_piece, None)
        self._source = source

    def read(self) -> bytes:
        """Wait for all that is still to come."""
        return b"".join(self.pieces)

    def lines(self) -> Iterator[str]:
        """The body line by line, without their ends."""
        rest = b""
        for piece in self.pieces:
            *lines, rest = (rest + piece).split(b"\n")
            yield from (self._text(line).removesuffix("\r") for line in lines)
        if rest:
            yield self._text(rest)

    def whole(self) -> Answer:
        """Wait for the rest of it, which is taken for all."""
        answer = Answer(
            self.question, Start(self.status, self.reason, self.headers.lines()), self._source, list(self.pieces)
        )
        self.close()
        return answer

    def close(self) -> None:
        """Leave. What is still to come will not be sent: the page learns that its client has gone."""
        self._source.close()

    def __repr__(self) -> str:
        return f"<OpenAnswer {self.status} {self.reason}{self._ends()}>"
