"""The site as a program: `FACE=kirsch python -m tests.differential.pages.site PORT`. It ends with its input."""

from __future__ import annotations

import sys

from tests.differential.pages.answers import Cookies, Fields, Statuses
from tests.differential.pages.bodies import Bodies, Streams, Switched
from tests.differential.pages.cached import Cached, Varying
from tests.differential.pages.compressing import Compressing
from tests.differential.pages.configured import EVERYWHERE, Configured
from tests.differential.pages.configured import SECTIONS as CONFIGURED
from tests.differential.pages.converted import Converted
from tests.differential.pages.details import Details, Read, listen
from tests.differential.pages.dispatchers import graft_all, mount_all
from tests.differential.pages.errors import Errors, Inside, Paged, Redirects
from tests.differential.pages.errors import page as error_page
from tests.differential.pages.face import cherrypy, has, tool_kind
from tests.differential.pages.habits import Changing, Encoded, Habits, TimedPages, mount_own
from tests.differential.pages.living import Living, mount_living
from tests.differential.pages.logged import Log, Logged
from tests.differential.pages.logged import listen as listen_to_log
from tests.differential.pages.logins import Logins
from tests.differential.pages.params import Sent, Signatures
from tests.differential.pages.points import Hooked, Noted, Record
from tests.differential.pages.popping import Popping
from tests.differential.pages.proxied import Proxied
from tests.differential.pages.small import Called, Small, Spoken
from tests.differential.pages.static import SECTIONS as FILES
from tests.differential.pages.static import Static
from tests.differential.pages.told import Innermost, Mounted, Places, Told
from tests.differential.pages.tools import SECTIONS as TOOLED
from tests.differential.pages.tools import Boxed, Slashes, Tooled, Under, kinds, own_toolbox
from tests.differential.pages.visits import AllVisits
from tests.differential.pages.walk import Walk

PARTS = (
    "dispatch.Dispatcher",
    "dispatch.MethodDispatcher",
    "dispatch.VirtualHost",
    "dispatch.XMLRPCDispatcher",
    "Tool._setup",
    "tools.encode",
)
KINDS = ("HandlerTool", "HandlerWrapperTool", "ErrorTool", "Toolbox", "XMLRPCController")
"""What the framework may lack; the requests for it say by `needs` which of these they are about."""


class Root:
    """All pages of the application at the root."""

    walk = Walk()
    popping = Popping()
    signatures = Signatures()
    sent = Sent()
    returned = Bodies()
    streams = Streams()
    switched = Switched()
    statuses = Statuses()
    fields = Fields()
    cookies = Cookies()
    errors = Errors()
    paged = Paged()
    redirects = Redirects()
    inside = Inside()
    points = Noted()
    hooked = Hooked()
    record = Record()
    told = Told()
    places = Places()
    configured = Configured()
    tooled = Tooled()
    under = Under()
    boxed = Boxed()
    slashes = Slashes()
    habits = Habits()
    changing = Changing()
    timed = TimedPages()
    encoded = Encoded()
    living = Living()
    details = Details()
    small = Small()
    converted = Converted()
    spoken = Spoken()
    called = Called()
    read = Read()
    proxied = Proxied()
    compressing = Compressing()
    cached = Cached()
    varying = Varying()
    logins = Logins()
    logged = Logged()
    log = Log()
    visits = AllVisits()
    static = Static()

    @cherrypy.expose
    def index(self, **kwargs):
        return f"root {sorted(kwargs)}"

    @cherrypy.expose
    def parts(self):
        return " ".join([name for name in PARTS if has(name)] + [name for name in KINDS if tool_kind(name)])


def main(port):
    """Mount everything, and serve until the test is done."""
    cherrypy.config.update(
        {
            "server.socket_port": port,
            "server.thread_pool": 4,
            "engine.autoreload.on": False,
            "checker.on": False,
            "log.screen": False,
            "request.show_tracebacks": False,
            "request.show_mismatched_params": True,
            **EVERYWHERE,
        }
    )
    Root.kinds = kinds()
    root = cherrypy.tree.mount(Root(), "", {**CONFIGURED, **TOOLED, **FILES})
    own_toolbox(root)
    cherrypy.tree.mount(Mounted(), "/app", {"/": {"told.here": "mounted", "error_page.404": error_page}})
    cherrypy.tree.mount(Innermost(), "/app/inner")
    mount_all()
    mount_own()
    mount_living()
    listen()
    listen_to_log()
    graft_all()
    cherrypy.engine.start()
    print("ready", flush=True)
    sys.stdin.read()
    cherrypy.engine.exit()


if __name__ == "__main__":
    main(int(sys.argv[1]))
