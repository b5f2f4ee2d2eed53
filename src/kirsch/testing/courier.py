"""Who carries a question to where it is answered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from kirsch.testing.answer import Answer, OpenAnswer
from kirsch.testing.memory import MemoryExchange
from kirsch.testing.steps import SteppedExchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from kirsch.exchange import Exchange
    from kirsch.testing.question import Question


class Courier(ABC):
    """In memory or over a wire: what a client needs is the same. handler: who answers in the end."""

    handler: Callable[[Exchange], None]

    @abstractmethod
    def ask(self, question: Question) -> Answer:
        """Carry it, and bring all of the answer."""

    @abstractmethod
    def open(self, question: Question) -> OpenAnswer:
        """Carry it, and come back when the answer begins."""


class MemoryCourier(Courier):
    """To a handler in this process. raise_errors: what goes wrong in a page is raised instead of its answer."""

    def __init__(self, handler: Callable[[Exchange], None], *, raise_errors: bool = False) -> None:
        self.handler = handler
        self.raise_errors = raise_errors

    def ask(self, question: Question) -> Answer:
        """In this thread."""
        exchange = MemoryExchange.of(question)
        self.handler(exchange)
        exchange.check()
        if self.raise_errors and exchange.error is not None:
            raise exchange.error
        return Answer(question, exchange.begun, exchange, exchange.pieces)

    def open(self, question: Question) -> OpenAnswer:
        """In a thread that runs while the client waits for it; see SteppedExchange."""
        exchange = SteppedExchange.of(question)
        exchange.start_handler(self.handler, question.timeout, raises=self.raise_errors)
        return OpenAnswer(question, exchange.begun, exchange)
