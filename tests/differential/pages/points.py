"""Hooks: every point notes that it was reached, raises what the query asks for, and one page tells the record."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

import time
from urllib.parse import parse_qs

from tests.differential.pages.face import cherrypy, public

POINTS = (
    "on_start_resource",
    "before_request_body",
    "before_handler",
    "before_finalize",
    "on_end_resource",
    "on_end_request",
    "before_error_response",
    "after_error_response",
)
PATIENCE = 1.0
"""Seconds to wait for the end of the last request: its answer may be here before it."""

record: list[str] = []
"""What the last request ran."""

RAISED = {
    "error": lambda: cherrypy.HTTPError(403, "said in a hook"),
    "redirect": lambda: cherrypy.HTTPRedirect("/walk/"),
    "inside": lambda: cherrypy.InternalRedirect("/points/inner"),
    "failure": lambda: ValueError("in a hook"),
}


def made(kind):
    """What is to be raised."""
    return RAISED[kind]()


def asked():
    """What the query says, at any point: the parameters are not there at the first."""
    return {name: values[0] for name, values in parse_qs(cherrypy.request.query_string).items()}


def noting(point):
    """A hook that notes its point, and raises there if the query says so."""

    def hook():
        if point == "on_start_resource" and cherrypy.request.prev is None:
            record.clear()
        record.append(f"{point}@{cherrypy.request.path_info}")
        wanted = asked()
        if wanted.get("at") == point:
            raise made(wanted["kind"])

    return hook


def note(text, **attributes):
    """A hook that notes a text."""

    def hook(**kwargs):
        record.append(text + "".join(f" {name}={value}" for name, value in sorted(kwargs.items())))

    vars(hook).update(attributes)
    return hook


def by_name():
    """A hook that config names by its dotted path."""
    record.append("by name")


def end():
    """The last thing that a request does here."""
    record.append("end")


end.priority, end.failsafe = 99, True


class Noted:
    """Pages that are hooked at every point."""

    _cp_config = {f"hooks.{point}.noted": noting(point) for point in POINTS} | {"hooks.on_end_request.end": end}

    @cherrypy.expose
    def page(self, **kwargs):
        record.append("handler")
        return "page"

    @cherrypy.expose
    def inner(self, **kwargs):
        record.append("inner")
        return "inner"

    @cherrypy.expose
    def raises(self, kind):
        record.append("handler")
        raise made(kind)

    @cherrypy.expose
    def one(self, a):
        record.append("handler")
        return a

    @cherrypy.expose
    def streamed(self, **kwargs):
        record.append("handler")
        return self.pieces()

    streamed._cp_config = {"response.stream": True}

    @cherrypy.expose
    def status(self, **kwargs):
        cherrypy.response.status = "nonsense"
        return "page"

    @cherrypy.expose
    def body(self, **kwargs):
        return 5

    def pieces(self):
        record.append("first piece")
        yield "a"
        record.append("last piece")
        yield "b"


def attach():
    """Attach more hooks to points that are still to come, and one to a point that has been."""
    hooks = cherrypy.request.hooks
    hooks.attach("before_handler", note("attached"), priority=10, a=1)
    hooks.attach("on_end_resource", note("attached failsafe"), failsafe=True)
    hooks.attach("on_start_resource", note("too late"))


def skip():
    """There is an answer already."""
    cherrypy.response.body = b"skipped"
    cherrypy.request.handler = None


def refuse():
    """The handler is an error."""
    cherrypy.request.handler = cherrypy.HTTPError(403, "said instead of a handler")


def wrap():
    """Around the handler."""
    inner = cherrypy.request.handler
    cherrypy.request.handler = lambda *args, **kwargs: f"[{inner(*args, **kwargs)}]"


def exchange():
    """Other arguments."""
    handler = cherrypy.request.handler
    handler.args = ["exchanged", *handler.args]
    handler.kwargs = {"b": "exchanged"}


def add_parameter():
    """A parameter that the client has not sent."""
    cherrypy.request.params["b"] = "added"
    cherrypy.request.params.pop("drop", None)


def name_handler():
    """What the handler is."""
    handler = cherrypy.request.handler
    record.append(f"{handler.callable.__name__} {handler.args!r} {sorted(handler.kwargs.items())!r}")


def shout():
    """The body, as the handler left it."""
    body = cherrypy.response.body
    pieces = [body] if isinstance(body, (bytes, str)) else body
    data = b"".join(piece.encode() if isinstance(piece, str) else piece for piece in pieces)
    cherrypy.response.body = data.upper()
    cherrypy.response.headers["X-Shout"] = str(len(data))


def dress_error():
    """On the page for unexpected errors."""
    cherrypy.response.headers["X-Dressed"] = "yes"
    cherrypy.response.body = b"dressed"


def fail():
    """A hook that fails."""
    record.append("fail")
    raise ValueError("hook")


def hooked(**hooks):
    """A page with these hooks; `before_handler__2` is a second one there."""

    def page(self, *args, **kwargs):
        record.append("handler")
        return f"page {args!r} {sorted(kwargs.items())!r}"

    page.exposed = True
    page._cp_config = {f"hooks.{name.replace('__', '.')}": hook for name, hook in hooks.items()}
    page._cp_config["hooks.on_end_request.end"] = end
    return page


def start():
    """The first thing that a request does here."""
    record.clear()


start.priority = 0


class Hooked:
    """Hooks that do something."""

    attached = hooked(on_start_resource__1=start, on_start_resource__2=attach)
    ordered = hooked(
        on_start_resource=start,
        before_handler__1=note("fifty"),
        before_handler__2=note("seventy", priority=70),
        before_handler__3=note("ten", priority=10),
        before_handler__4=note("fifty again"),
        before_handler__5=note("half", priority=10.5),
    )
    failsafe = hooked(
        on_start_resource=start,
        before_handler__1=note("before", priority=1),
        before_handler__2=fail,
        before_handler__3=note("skipped", priority=60),
        before_handler__4=note("failsafe", failsafe=True, priority=70),
    )
    named = hooked(on_start_resource=start, before_handler="tests.differential.pages.points.by_name")
    skipped = hooked(on_start_resource=start, before_handler=skip)
    refused = hooked(on_start_resource=start, before_handler=refuse)
    wrapped = hooked(on_start_resource=start, before_handler=wrap)
    exchanged = hooked(on_start_resource=start, before_handler=exchange)
    added = hooked(on_start_resource=start, before_handler=add_parameter)
    told = hooked(on_start_resource=start, before_handler=name_handler)
    shouted = hooked(on_start_resource=start, before_finalize=shout)
    dressed = hooked(on_start_resource=start, before_handler=fail, after_error_response=dress_error)

    @cherrypy.expose
    def late(self):
        cherrypy.request.hooks.attach("before_finalize", note("attached by the handler"))
        cherrypy.request.hooks.attach("on_end_request", note("at the end"), priority=20)
        return "late"

    late._cp_config = {"hooks.on_start_resource": start, "hooks.on_end_request.end": end}

    unknown = public(lambda self: cherrypy.request.hooks.attach("on_holiday", end))


class Record:
    """The record of the last request; not hooked itself."""

    @cherrypy.expose
    def index(self):
        limit = time.monotonic() + PATIENCE
        while record[-1:] != ["end"] and time.monotonic() < limit:
            time.sleep(0.002)
        return "\n".join(record)
