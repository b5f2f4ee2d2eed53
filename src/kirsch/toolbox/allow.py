"""Which methods a page answers; any other is told so by 405."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kirsch.app.errors import HTTPError
from kirsch.options import Option, Options
from kirsch.toolbox.prepared import PreparedTool, listed

if TYPE_CHECKING:
    from kirsch.app.request import Request
    from kirsch.app.response import Response


class AllowSettings(Options):
    """What is allowed."""

    methods = Option(None, "Methods that are answered, one or several; HEAD comes with GET.", (str, list, tuple, set))
    debug = Option(False, "Write to the error log what was refused.")


class Plan(NamedTuple):
    """The methods, and how Allow lists them."""

    methods: frozenset[str]
    text: str
    debug: bool


class Allow(PreparedTool):
    """Refuses methods. The answer says in Allow which there are."""

    choices = AllowSettings

    def prepare(self, settings: Any) -> Plan:
        """In upper case, GET and HEAD by default."""
        methods = [method.upper() for method in listed(settings.methods) if method] or ["GET"]
        if "GET" in methods and "HEAD" not in methods:
            methods.append("HEAD")
        return Plan(frozenset(methods), ", ".join(methods), settings.debug)

    def on_start_resource(self, request: Request, response: Response, plan: Plan) -> None:
        """HTTPError 405."""
        response.headers["Allow"] = plan.text
        if request.method not in plan.methods:
            if plan.debug:
                self.explain(request, f"{request.method} is none of {plan.text}")
            raise HTTPError(405)
