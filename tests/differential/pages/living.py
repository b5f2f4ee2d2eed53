"""A site that changes while it runs, and dispatchers of the application's own that ask the usual one first."""
# ruff: noqa: N802 - HTTP methods are named as they are

from __future__ import annotations

from tests.differential.pages.face import cherrypy, has, public


class Node:
    """A node with a name."""

    def __init__(self, name):
        self.name = name

    @cherrypy.expose
    def index(self):
        return f"index of {self.name}"

    @cherrypy.expose
    def page(self, *args):
        return f"page of {self.name} {args!r}"


class Living:
    """`/living/put?name=a`, then `/living/child/page`, and so on."""

    child = None
    count = 0
    late = {}  # noqa: RUF012 - one for all, as in many an application

    @cherrypy.expose
    def put(self, name):
        self.child = Node(name)
        return "put"

    @cherrypy.expose
    def drop(self):
        del self.child
        return "dropped"

    @property
    def made(self):
        Living.count += 1
        return Node(f"number {self.count}")

    def __getattr__(self, name):
        if name not in Living.late:
            raise AttributeError(name)
        return Living.late[name]

    @cherrypy.expose
    def put_late(self, name):
        Living.late["later"] = Node(name)
        return "put"

    @cherrypy.expose
    def shown(self):
        return "shown"

    @cherrypy.expose
    def show(self, so):
        Living.shown.exposed = so == "yes"
        return f"shown: {so}"

    def _cp_dispatch(self, vpath):
        if vpath[0] != "popped":
            return None
        vpath.pop(0)
        Living.count += 1
        return Node(f"popped {self.count}")

    @cherrypy.expose
    def mount(self):
        cherrypy.tree.mount(Node("mounted"), "/mounted/late")
        return "mounted"

    @cherrypy.expose
    def unmount(self):
        del cherrypy.tree.apps["/mounted/late"]
        return "gone"

    @cherrypy.expose
    def replace_section(self, value):
        cherrypy.request.app.config["/living/configured"] = {"our.a": value, "response.headers.X-Own": value}
        return "replaced"

    @cherrypy.expose
    def configured(self):
        return cherrypy.request.config.get("our.a", "-")


class Set:
    """What a dispatcher has put into config."""

    index = public(lambda self: cherrypy.request.config.get("our.dispatched", "-"))
    page = public(lambda self, *args: f"page {args!r}")


def own_dispatchers():
    """Each for the path it is mounted at."""

    class Finding(cherrypy.dispatch.Dispatcher):
        def find_handler(self, path):
            return super().find_handler(path.replace("another", "page"))

    class Setting(cherrypy.dispatch.Dispatcher):
        def __call__(self, path_info):
            super().__call__(path_info)
            cherrypy.request.config["our.dispatched"] = "set"

    class Hooking(cherrypy.dispatch.Dispatcher):
        def __call__(self, path_info):
            super().__call__(path_info)
            cherrypy.request.hooks.attach("before_finalize", hooked)

    class Wrapping(cherrypy.dispatch.Dispatcher):
        def __call__(self, path_info):
            super().__call__(path_info)
            inner = cherrypy.request.handler
            cherrypy.request.handler = lambda: f"wrapped {inner()}"

    class Overriding(cherrypy.dispatch.MethodDispatcher):
        def __call__(self, path_info):
            headers = cherrypy.request.headers
            cherrypy.request.method = headers.get("X-HTTP-Method-Override", cherrypy.request.method)
            return super().__call__(path_info)

    kinds = {"finding": Finding, "setting": Setting, "hooking": Hooking, "wrapping": Wrapping, "overriding": Overriding}
    return {name: kind() for name, kind in kinds.items()}


def hooked():
    """A hook that a dispatcher has attached."""
    cherrypy.response.headers["X-Dispatched"] = "yes"


class Resource:
    """What is asked by methods."""

    exposed = True

    def POST(self, *args, **kwargs):
        return f"POST {args!r} {sorted(kwargs.items())!r}"

    def PUT(self, *args, **kwargs):
        return f"PUT {args!r} {sorted(kwargs.items())!r}"


def mount_living():
    """Mount what those dispatchers find."""
    if has("dispatch.MethodDispatcher"):
        for name, dispatcher in own_dispatchers().items():
            root = Resource() if name == "overriding" else Set()
            cherrypy.tree.mount(root, f"/dispatched/{name}", {"/": {"request.dispatch": dispatcher}})
