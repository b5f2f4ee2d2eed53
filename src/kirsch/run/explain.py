"""Why a request is answered as it is: how its path is walked, which config holds, which hooks run, what is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.app.byhand import ByHand
from kirsch.app.config import layers
from kirsch.app.current import current
from kirsch.app.errors import HTTPError, KirschError
from kirsch.app.hooks import POINTS
from kirsch.app.redaction import redacted
from kirsch.dispatch.found import INDEX, INVENTED
from kirsch.exchange import Head
from kirsch.http.forms import FormError, parse_query
from kirsch.http.urls import split_target
from kirsch.run.routes import name_of, place_of

if TYPE_CHECKING:
    from kirsch.app.application import Application
    from kirsch.app.place import Place
    from kirsch.app.request import Request
    from kirsch.app.resource import Resource
    from kirsch.dispatch.found import Found

ANSWERING: Final = ("staticdir", "staticfile", "session_auth")
"""Tools that answer at addresses where no page is."""


class Setting(NamedTuple):
    """A key of the config of a path, its value (secrets hidden) and where it comes from."""

    key: str
    value: Any
    place: str


class Explanation(NamedTuple):
    """See the module. walk: a line for each step. outcome: what comes of it. hooks: point, name and priority."""

    request: str
    application: str
    walk: list[str]
    handler: str
    place: str
    call: str
    outcome: str
    config: list[Setting]
    hooks: list[tuple[str, str, float]]


def settings_at(application: Application, path: str) -> list[Setting]:
    """All config that holds for a path, by key, each with its origin."""
    return _settings(application, application.resources.dispatcher.find(application.root, path))


def explain(application: Application, method: str, target: str) -> Explanation:
    """What would become of a request, without calling anything but dispatchers. target: below the mount point."""
    path, query = split_target(target.encode())
    request = application.request_class(ByHand(Head(method, target.encode()), None, ("", 0), ("", 0)), application)
    request.response = application.response_class()
    request.path_info, request.query_string = path or "/", query
    before = current.set(request)
    try:
        found = application.resources.locate(request)
        resource = application.resources.find(request)
        request.resource = resource
        return _explained(application, request, found, resource)
    except KirschError as error:
        nothing: list[Any] = []
        return Explanation(f"{method} {target}", repr(application), nothing, "", "", "", str(error), nothing, nothing)
    finally:
        current.reset(before)


def _explained(application: Application, request: Request, found: Found | None, resource: Resource) -> Explanation:
    call, outcome = _call(request, resource)
    target = resource.target
    points = resource.points
    hooks = [
        (point, each.name or name_of(each.callback), each.priority)
        for point in POINTS
        for each in getattr(points, point)
    ]
    return Explanation(
        request=f"{request.method} {request.exchange.head.target.decode()}",
        application=repr(application),
        walk=_walk(found) if found is not None else ["a dispatcher of the application's own has set the handler"],
        handler=name_of(target) if target is not None else "",
        place=place_of(target) if target is not None else "",
        call=call,
        outcome=outcome,
        config=_settings(application, found) if found is not None else [],
        hooks=hooks,
    )


def _walk(found: Found) -> list[str]:
    """A line for each node on the way, and for what was left over."""
    lines = [f"/  {_kind(found.trail[0])}"]
    for name, node in zip(found.path, found.trail[1:], strict=False):
        if name == INVENTED:
            lines.append(f"   given by _cp_dispatch: {_kind(node)}")
        elif name == INDEX:
            lines.append(f"   ends at its index: {_kind(node)}")
        else:
            lines.append(f"{name}  {_kind(node)}")
    if found.handler is not None and found.place >= 0 and found.trail[found.place] is not found.handler:
        lines.append(f"   answered by {_kind(found.handler)}")
    if found.rest:
        lines.append(f"   left over, as arguments: {', '.join(map(repr, found.rest))}")
    if found.handler is None:
        lines.append("   nothing on the way is exposed, nor has any node a default")
    return lines


def _kind(node: Any) -> str:
    place = place_of(node)
    return f"{name_of(node)}{f'  ({place})' if place else ''}"


def _call(request: Request, resource: Resource) -> tuple[str, str]:
    """How the handler would be called, and what would come of that."""
    if resource.target is None:
        tools = [each.name for each in resource.points.before_handler if each.name in ANSWERING]
        answering = f", unless one of these tools answers: {', '.join(tools)}" if tools else ""
        return "", f"404 Not Found: no page is there{answering}"
    if isinstance(resource.target, HTTPError):
        return "", str(resource.target)
    try:
        parameters = {**parse_query(request.query_string), **request.params}
    except FormError as error:
        return "", f"404 Not Found: the query string cannot be read: {error}"
    given = [*map(repr, request.args), *(f"{name}={value!r}" for name, value in parameters.items())]
    call = f"{getattr(resource.target, '__name__', type(resource.target).__name__)}({', '.join(given)})"
    if resource.plan.fits(len(request.args), parameters):
        return call, "called"
    return call, str(resource.plan.misfit(len(request.args), parameters, ()))


def _settings(application: Application, found: Found) -> list[Setting]:
    known: dict[str, tuple[Any, Place]] = {}
    for layer, place in layers(application.site_config, found.steps(), application.config, found.unseen):
        known.update({key: (value, place(key)) for key, value in layer.items()})
    return [Setting(key, redacted(key, value), _origin(place)) for key, (value, place) in sorted(known.items())]


def _origin(place: Place) -> str:
    where = str(place._replace(key=""))
    return where or "default, or set in Python"
