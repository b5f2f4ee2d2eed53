"""Tools of the application: at each point, with settings, priorities and decorators, and in a toolbox of its own."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

from tests.differential.pages.face import cherrypy, public, tool_kind
from tests.differential.pages.points import by_name, end, record, start


def note(text="noted", times=1):
    """A tool that notes a text."""
    record.extend([text] * times)


def note_again(text="again"):
    """Another one."""
    record.append(text)


note_again.priority = 30


@cherrypy.tools.register("before_finalize", priority=60)
def stamp(value="stamp"):
    """A tool that sets a header."""
    cherrypy.response.headers["X-Stamp"] = value


@cherrypy.tools.register("before_handler", name="renamed")
def some_name():
    """A tool with another name."""
    record.append("renamed")


cherrypy.tools.note = cherrypy.Tool("before_handler", note)
cherrypy.tools.early = cherrypy.Tool("on_start_resource", note, priority=10)
cherrypy.tools.late = cherrypy.Tool("before_handler", note, priority=90)
cherrypy.tools.again = cherrypy.Tool("before_handler", note_again)
cherrypy.tools.named = cherrypy.Tool("before_handler", note_again, name="named")


class Tooled:
    """Pages under tools."""

    _cp_config = {"hooks.on_start_resource": start, "hooks.on_end_request.end": end}

    @cherrypy.expose
    @cherrypy.tools.note()
    def plain(self):
        record.append("handler")
        return "plain"

    @cherrypy.expose
    @cherrypy.tools.note(text="set", times=2)
    def settings(self):
        record.append("handler")
        return "settings"

    @cherrypy.expose
    @cherrypy.tools.late(text="late")
    @cherrypy.tools.note(text="note")
    @cherrypy.tools.early(text="early")
    @cherrypy.tools.again()
    def ordered(self):
        record.append("handler")
        return "ordered"

    @cherrypy.expose
    @cherrypy.tools.note(text="note", priority=95)
    @cherrypy.tools.late(text="late")
    def moved(self):
        record.append("handler")
        return "moved"

    @cherrypy.expose
    @cherrypy.tools.stamp()
    def stamped(self):
        return "stamped"

    @cherrypy.expose
    @cherrypy.tools.stamp(value="own")
    def stamped_so(self):
        raise cherrypy.HTTPError(403, "said under a tool")

    @cherrypy.expose
    @cherrypy.tools.renamed()
    def renamed(self):
        return "renamed"

    @cherrypy.expose
    def configured(self):
        record.append("handler")
        return "configured"

    configured._cp_config = {"tools.note.on": True, "tools.note.text": "by config"}

    @cherrypy.expose
    def off(self):
        record.append("handler")
        return "off"

    @cherrypy.expose
    def called(self):
        cherrypy.tools.note.callable("called")
        record.append("end")
        return "called"


@cherrypy.tools.note(text="of the class")
class Under:
    """A tool for a whole class, which one page turns off, and one tells other things."""

    _cp_config = {"hooks.on_start_resource": start, "hooks.on_end_request.end": end}

    @cherrypy.expose
    def plain(self):
        return "plain"

    @cherrypy.expose
    def off(self):
        return "off"

    @cherrypy.expose
    def hooked(self):
        return "hooked"

    @cherrypy.expose
    @cherrypy.tools.note(text="of the page")
    def other(self):
        return "other"


def slashed(**config):
    """A node with an index and a page, with this config."""

    class Node:
        _cp_config = {f"tools.trailing_slash.{name}": value for name, value in config.items()}
        index = public(lambda self: "index")
        page = public(lambda self, *args: f"page {args!r}")

    return Node()


class Slashes:
    """What the tool for slashes can be told."""

    off = slashed(on=False)
    not_missing = slashed(missing=False)
    extra = slashed(extra=True)
    other = slashed(extra=True, status=307)


SECTIONS = {
    "/under/hooked": {
        "hooks.before_handler.section": by_name,
        "hooks.before_finalize": "tests.differential.pages.points.by_name",
    },
    "/tooled/off": {"tools.note.on": False},
    "/under/off": {"tools.note.on": False},
    "/under/plain": {"tools.note.text": "of the section"},
}


def answering(*args, **kwargs):
    """A tool that may answer instead of the page."""
    if "skip" in cherrypy.request.query_string:
        cherrypy.response.body = b"answered by a tool"
        return True
    return False


def around(next_handler, *args, **kwargs):
    """A tool around the page."""
    return "[" + next_handler(*args, **kwargs) + "]"


def on_error(text="on error"):
    """A tool for unexpected errors."""
    cherrypy.response.status = 500
    cherrypy.response.body = text.encode()


class Kinds:
    """Tools of the old kinds: made in kinds() below, where the framework has them."""


def kinds():
    """Pages under HandlerTool, HandlerWrapperTool and ErrorTool, as far as they are there."""
    if kind := tool_kind("HandlerTool"):
        cherrypy.tools.answering = kind(answering)
        page = public(lambda *args, **kwargs: "the page itself")
        page._cp_config = {"tools.answering.on": True}
        Kinds.answering = staticmethod(page)
        Kinds.as_page = cherrypy.tools.answering.handler()
    if kind := tool_kind("HandlerWrapperTool"):
        cherrypy.tools.around = kind(around)
        page = public(lambda *args, **kwargs: f"page {args!r} {sorted(kwargs.items())!r}")
        page._cp_config = {"tools.around.on": True}
        Kinds.around = staticmethod(page)
    if kind := tool_kind("ErrorTool"):
        cherrypy.tools.on_error = kind(on_error)
        page = public(lambda *args, **kwargs: cherrypy.request.params["none"])
        page._cp_config = {"tools.on_error.on": True, "tools.on_error.text": "by config"}
        Kinds.on_error = staticmethod(page)
    return Kinds()


def own_toolbox(application):
    """A toolbox under a namespace of its own, where the framework has the class."""
    kind = tool_kind("Toolbox")
    if kind is None:
        return
    box = kind("mine")
    box.note = cherrypy.Tool("before_handler", note)
    application.toolboxes["mine"] = box
    application.merge({"/boxed": {"mine.note.on": True, "mine.note.text": "of my own"}})


class Boxed:
    """A page under a tool of that box."""

    _cp_config = {"hooks.on_start_resource": start, "hooks.on_end_request.end": end}

    @cherrypy.expose
    def index(self):
        record.append("handler")
        return "boxed"
