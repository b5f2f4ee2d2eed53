"""Parameters converted to what the handler's annotations say: `def year(self, number: int)` gets a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kirsch.app.errors import HTTPError
from kirsch.app.params import Plan
from kirsch.options import Check, Option, Options, between
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from kirsch.app.conversions import Conversions
    from kirsch.app.request import Request

_EXCEPTIONS = Check(
    "that is a class of exceptions, or a tuple of them",
    lambda given: all(
        isinstance(each, type) and issubclass(each, Exception)
        for each in (given if isinstance(given, tuple) else (given,))
    ),
)


class ParamsSettings(Options):
    """What is answered where a value does not fit."""

    exception: Option[Any] = Option(ValueError, "What annotations raise for a value that is none.", object, _EXCEPTIONS)
    error = Option(400, "Status of the answer then.", check=between(400, 599))
    debug = Option(False, "Write to the error log what did not fit.")


class Refusal(NamedTuple):
    """The settings."""

    exception: Any
    error: int
    debug: bool


class Params(PreparedTool):
    """Converts what comes by path, query and form. What has no annotation stays as it is."""

    priority = 15
    choices = ParamsSettings

    def prepare(self, settings: Any) -> Refusal:
        """As given."""
        return Refusal(settings.exception, settings.error, settings.debug)

    def before_handler(self, request: Request, response: Any, plan: Refusal) -> None:
        """HTTPError names the parameter that does not fit."""
        from kirsch.app.conversions import NotConverted

        conversions = self._conversions(request)
        if conversions is None:
            return
        try:
            conversions.convert(request.params)
            if request.args:
                request.args = conversions.converted(request.args)
        except (NotConverted, plan.exception) as error:
            if plan.debug:
                self.explain(request, str(error))
            raise HTTPError(plan.error, str(error)) from error

    @staticmethod
    def _conversions(request: Request) -> Conversions | None:
        """Those of the handler, kept with its plan; None without one."""
        from kirsch.app.conversions import Conversions

        resource = request.resource
        handler = getattr(request.handler, "callable", None) if request.handler_replaced else None
        if resource is None or (request.handler_replaced and handler is None):
            return None
        if handler is not None and handler != resource.callable:
            return Conversions(handler, Plan(handler))
        made = resource.plan.made
        kept: Conversions | None = made.get("conversions")
        if kept is None:
            kept = made["conversions"] = Conversions(resource.callable, resource.plan)
        return kept
