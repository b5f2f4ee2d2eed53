"""Names on requests, answers, errors and tools that an application reaches for once in a while."""

from __future__ import annotations

import contextlib

from tests.differential.pages.face import cherrypy, public
from tests.differential.pages.points import record


def caught(error):
    """The error, raised and caught."""
    with contextlib.suppress(type(error)):
        raise error
    return error


def header_output():
    """The lines of one field as pairs of bytes."""
    return [line for line in cherrypy.response.headers.output() if line[0] == b"X-Own"]


TOLD = {
    "remote name": lambda: cherrypy.request.remote.name,
    "local": lambda: (cherrypy.request.local.ip, cherrypy.request.local.name),
    "uuid": lambda: len(str(cherrypy.request.unique_id.uuid4)),
    "cookie lines": lambda: str(cherrypy.request.cookie.output()),
    "cookie items": lambda: [(name, each.key, each.OutputString()) for name, each in cherrypy.request.cookie.items()],
    "cookie get": lambda: (cherrypy.request.cookie.get("none"), "a" in cherrypy.request.cookie),
    "elements": lambda: [each.value for each in cherrypy.request.headers.elements("Accept-Language")],
    "no elements": lambda: cherrypy.request.headers.elements("X-None"),
    "error status": lambda: [getattr(caught(cherrypy.HTTPError("404 Gone")), name) for name in ("status", "code")],
    "error message": lambda: caught(cherrypy.HTTPError(404, "said"))._message,
    "error args": lambda: caught(cherrypy.HTTPError(404, "said")).args,
    "error text": lambda: str(caught(cherrypy.HTTPError(404, "said"))),
    "error kinds": lambda: [issubclass(cherrypy.NotFound, cherrypy.HTTPError)],
    "redirect encoding": lambda: caught(cherrypy.HTTPRedirect("/x", 301)).encoding,
    "redirect inside": lambda: [getattr(caught(cherrypy.InternalRedirect("/x?y")), name) for name in ("path", "args")],
    "redirect inside, request": lambda: caught(cherrypy.InternalRedirect("/x")).request.path_info,
    "header output": header_output,
    "publish": lambda: [cherrypy.engine.publish("details", 5), cherrypy.engine.publish("no such channel")],
    "server": lambda: (cherrypy.server.socket_host, cherrypy.server.thread_pool, int(cherrypy.server.socket_timeout)),
    "server base": lambda: cherrypy.server.base().rpartition(":")[0],
    "server address": lambda: cherrypy.server.bind_addr[0],
    "log": lambda: (cherrypy.log.screen, cherrypy.log.error_file, cherrypy.log.access_file),
    "logged": lambda: (cherrypy.log("x", traceback=True), cherrypy.log.error("y", "DETAILS")),
    "logged by the application": lambda: (cherrypy.request.app.log("x"), cherrypy.request.app.log.error("y")),
    "tool off": lambda: cherrypy.tools.note(on=False)(lambda: None)._cp_config,
    "tool callable": lambda: cherrypy.tools.note.callable.__name__,
    "tool name": lambda: (cherrypy.tools.note._name, cherrypy.tools.note.namespace),
    "tool point": lambda: (cherrypy.tools.note._point, cherrypy.tools.note._priority),
}

ENTITY = {
    "length": lambda entity: entity.length,
    "name": lambda entity: entity.name,
    "filename": lambda entity: entity.filename,
    "type": lambda entity: str(entity.content_type),
    "type value": lambda entity: entity.content_type.value,
    "headers": lambda entity: sorted(name for name in entity.headers if name.startswith("Content-")),
    "parts": lambda entity: entity.parts,
    "params": lambda entity: entity.params,
    "fullvalue": lambda entity: entity.fullvalue(),
    "read": lambda entity: (entity.read(3), entity.read()),
    "lines": list,
    "into a file": lambda entity: entity.read_into_file().name is not None,
    "truth": bool,
}


class Details:
    """`/details/told?name=remote%20name`, and the same for a body and for an upload."""

    @cherrypy.expose
    def told(self, name):
        cherrypy.response.headers["X-Own"] = "yes"
        return repr(TOLD[name]())

    @cherrypy.expose
    def body(self, name):
        return repr(ENTITY[name](cherrypy.request.body))

    @cherrypy.expose
    def upload(self, name, file):
        return repr(ENTITY[name](file))


class Reading(cherrypy.Tool):
    """A tool that reads its settings and attaches itself, as CherryPy's own tools do."""

    def __init__(self):
        cherrypy.Tool.__init__(self, "before_handler", self.run, priority=40)

    def _setup(self):
        settings = self._merged_args()
        priority = settings.pop("priority", self._priority)
        cherrypy.request.hooks.attach(self._point, self.callable, priority=priority, **settings)

    def run(self, text="by default"):
        record.append(text)
        cherrypy.response.headers["X-Text"] = text


if hasattr(cherrypy.Tool, "_setup"):
    cherrypy.tools.reading = Reading()


class Read:
    """A page under it."""

    index = public(lambda self: "read")

    if hasattr(cherrypy.Tool, "_setup"):
        index._cp_config = {"tools.reading.on": True, "tools.reading.text": "by config"}


def listen():
    """Listeners of a channel of one's own."""
    cherrypy.engine.subscribe("details", lambda number: number * 2)
    cherrypy.engine.subscribe("details", lambda number: number * 3, priority=10)
