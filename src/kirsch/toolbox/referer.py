"""From which pages one may come to this one, as far as browsers tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from kirsch.app.errors import HTTPError
from kirsch.options import Option, Options, between
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from kirsch.app.request import Request


class RefererSettings(Options):
    """Which pages they are, and what is answered otherwise."""

    pattern = Option(None, "A regular expression; it must fit the address from its beginning.", (str, re.Pattern))
    accept = Option(True, "Whether pages that it fits may lead here; False: whether the others may.")
    accept_missing = Option(False, "Whether a request that does not say where it comes from is answered.")
    error = Option(403, "Status of the answer to others.", check=between(400, 599))
    message = Option("This page cannot be reached from where you come from.", "What it says.")
    debug = Option(False, "Write to the error log what was decided.")


class Plan(NamedTuple):
    """The settings, with the pattern ready for use."""

    pattern: re.Pattern[str]
    accept: bool
    accept_missing: bool
    error: int
    message: str
    debug: bool


class Referer(PreparedTool):
    """Refuses who comes from elsewhere, such as links and pictures on strange pages. No guard: clients may lie."""

    choices = RefererSettings
    required = ("pattern",)

    def prepare(self, settings: Any) -> Plan:
        """Compile the pattern."""
        try:
            pattern = re.compile(settings.pattern or "")
        except re.error as error:
            raise ValueError(f"pattern: {settings.pattern!r} is no regular expression: {error}") from None
        return Plan(pattern, settings.accept, settings.accept_missing, settings.error, settings.message, settings.debug)

    def before_request_body(self, request: Request, response: Any, plan: Plan) -> None:
        """HTTPError."""
        given = request.headers.get("Referer")
        fine = plan.accept_missing if given is None else bool(plan.pattern.match(given)) is plan.accept
        if plan.debug:
            self.explain(request, f"{given!r} {'accepted' if fine else 'refused'}")
        if not fine:
            raise HTTPError(plan.error, plan.message)
