"""A site that offers attackers what sites do: files, forms, JSON, logins, redirects, fields made of what is sent."""

from __future__ import annotations

import kirsch
from kirsch.toolbox.xmlrpc import XMLRPCController
from tests.app.pages import LonelyApplication

MIB = 1024 * 1024


class Folder:
    """Has an index, so that its path wants a slash."""

    @kirsch.expose
    def index(self):
        return "folder"


class Service(XMLRPCController):
    """Remote calls."""

    @kirsch.expose
    def add(self, a, b):
        return a + b


class Root:
    """Pages that do with parameters what pages should not."""

    def __init__(self, folder):
        self.file = folder / "static" / "a.txt"
        self.calls = Service()
        self.folder = Folder()

    @kirsch.expose
    def index(self, **parameters):
        return f"{len(parameters)} parameters, {len(kirsch.request.cookie)} cookies"

    @kirsch.expose
    def who(self):
        return f"{kirsch.request.remote.ip} {kirsch.url('/x')}"

    @kirsch.expose
    def value(self, text=""):
        kirsch.response.headers["X-Value"] = text
        return "value"

    @kirsch.expose
    def name(self, text=""):
        kirsch.response.headers[text] = "1"
        return "name"

    @kirsch.expose
    def kind(self, text=""):
        kirsch.response.headers["Content-Type"] = text
        return "kind"

    @kirsch.expose
    def reason(self, text=""):
        kirsch.response.status = f"200 {text}"
        return "reason"

    @kirsch.expose
    def error(self, text=""):
        raise kirsch.HTTPError(f"404 {text}", text)

    @kirsch.expose
    def cookie(self, text=""):
        kirsch.response.cookie["own"] = text
        return "cookie"

    @kirsch.expose
    def cookie_path(self, text=""):
        kirsch.response.cookie["own"] = "1"
        kirsch.response.cookie["own"]["path"] = text
        return "cookie"

    @kirsch.expose
    def cookie_name(self, text=""):
        kirsch.response.cookie[text] = "1"
        return "cookie"

    @kirsch.expose
    def save(self, text=""):
        return kirsch.serve_download(self.file, text)

    @kirsch.expose
    def kept(self, fails=""):
        kirsch.response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return "kept" if not fails else int(fails)

    @kirsch.expose
    def go(self, text=""):
        raise kirsch.HTTPRedirect(text)

    @kirsch.expose
    def inside(self, text=""):
        raise kirsch.InternalRedirect(text)

    @kirsch.expose
    def json(self):
        return repr(kirsch.request.json)[:20]

    @kirsch.expose
    def packed(self):
        return f"{len(kirsch.request.body.read())} bytes"

    @kirsch.expose
    def login(self):
        kirsch.session["user"] = "ada"
        return kirsch.session.id


def attacked(folder):
    """The application. folder: of its files, in `static`."""
    config = {
        "/files": {
            "tools.staticdir.on": True,
            "tools.staticdir.dir": str(folder / "static"),
            "tools.staticdir.cache_control": "public, max-age=31536000",
        },
        "/kept": {"tools.etags.on": True, "tools.etags.autotags": True, "tools.compress.on": True},
        "/json": {"tools.json_in.on": True, "tools.decode.on": True, "tools.decode.codings": "gzip"},
        "/packed": {"tools.decode.on": True, "tools.decode.codings": "gzip", "tools.decode.maxbytes": MIB},
        "/login": {"tools.sessions.on": True},
        "/who": {"tools.proxy.on": True, "tools.proxy.forwarded": False, "request.trusted_proxies": ["10.0.0.1"]},
        "/guarded": {"tools.allowed_hosts.on": True, "tools.allowed_hosts.hosts": ["site.example"]},
    }
    return LonelyApplication(Root(folder), "", config)
