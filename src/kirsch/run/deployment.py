"""What a site should change before the world can reach it: `kirsch check --deploy`.

Each method whose name begins with `check_` looks for one kind of thing and gives its findings. What is right for a site
all the same is silenced by its id: `checker.silenced = ["csp"]` in the config of the process.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.app.config import merged
from kirsch.dispatch.tree import Dispatcher
from kirsch.options import did_you_mean
from kirsch.run.routes import routes_of
from kirsch.toolbox.prepared import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from kirsch.app.application import Application
    from kirsch.app.config import GlobalConfig
    from kirsch.server.settings import Settings

ERROR: Final = "error"
WARNING: Final = "warning"
HINT: Final = "hint"
SEVERITIES: Final = (ERROR, WARNING, HINT)

LARGEST_BODY: Final = 100 * 1024 * 1024
_SHOWN: Final = 3
_WORLD: Final = ("0.0.0.0/0", "::/0")
_PROXIES: Final = "request.trusted_proxies = [the addresses of your proxies]"
_BY_BROWSER: Final = ("sessions", "session_auth", "auth_basic", "auth_digest")
"""Tools by which a browser says who its user is, whoever has made it ask."""

_ASKED: Final = ("auth_basic", "auth_digest")
"""Those of them that a browser answers by itself."""

_SENT: Final = ("auth_basic", "session_auth")
"""Those of them that a password is sent to as it is."""

_STORES: Final = ("store", "storage_class", "storage_type", "storage_path", "servers")
_LAX_COOKIES: Final[dict[str, Callable[[Any], bool]]] = {
    "secure": lambda value: value is False,
    "httponly": lambda value: not value,
    "samesite": lambda value: str(value).lower() == "none",
}


class Finding(NamedTuple):
    """What was found. id: of its kind. what: is wrong, and why. where: it is said, or holds. write: instead."""

    severity: str
    id: str
    what: str
    where: str
    write: str


class Page(NamedTuple):
    """A page and all config that holds for it."""

    path: str
    config: Mapping[str, Any]

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default where it has none."""
        return self.config.get(key) or default

    def on(self, tool: str) -> bool:
        """Whether a tool acts on it."""
        return bool(self.config.get(f"tools.{tool}.on"))


class Deployment:
    """See the module. Made of what a process would serve, and how."""

    def __init__(
        self, config: GlobalConfig, apps: Mapping[str, Application], server: Settings, silenced: Collection[str] = ()
    ) -> None:
        self.config = config
        self.server = server
        self.silenced = silenced
        self.pages = [page for prefix, each in apps.items() for page in _pages(each, prefix)]
        self.ids = sorted(name.removeprefix("check_").replace("_", "-") for name in dir(self) if name[:6] == "check_")

    def findings(self) -> list[Finding]:
        """What was found and is not silenced, the worst first."""
        checks: Iterable[Callable[[], Iterable[Finding]]] = (
            getattr(self, f"check_{name.replace('-', '_')}") for name in self.ids
        )
        found = [finding for check in checks for finding in check() if finding.id not in self.silenced]
        return sorted([*found, *self._strange()], key=lambda each: (SEVERITIES.index(each.severity), each.id))

    def _strange(self) -> Iterator[Finding]:
        for name in self.silenced:
            if name not in self.ids:
                hint = did_you_mean(name, self.ids) or f"; there are {', '.join(self.ids)}"
                yield Finding(ERROR, "silenced", f"nothing has the id {name!r}{hint}", "checker.silenced", "")

    # -- what the process says -----------------------------------------------------------------------------------

    def check_tracebacks(self) -> Iterator[Finding]:
        """Tracebacks tell strangers how a site is made."""
        yield from self._said("request.show_tracebacks", ERROR, "tracebacks", "clients on this machine see tracebacks")

    def check_parameters(self) -> Iterator[Finding]:
        """So do the names of parameters."""
        what = "error pages name the parameters of pages"
        yield from self._said("request.show_mismatched_params", WARNING, "parameters", what)

    def check_throw_errors(self) -> Iterator[Finding]:
        """An error that nobody answers."""
        what = "unexpected errors are not answered, but thrown"
        yield from self._said("request.throw_errors", ERROR, "throw-errors", what)

    def check_autoreload(self) -> Iterator[Finding]:
        """It runs whatever is written to a file, at any time."""
        if self.config.get("engine.autoreload.on"):  # without a word, `kirsch run` turns it off
            what = "the process starts anew whenever a file of the program changes"
            yield Finding(
                ERROR,
                "autoreload",
                what,
                self._place("engine.autoreload.on"),
                'environment = "production"; `kirsch run` begins with it',
            )

    def check_body_limits(self) -> Iterator[Finding]:
        """What a client may send decides what it may cost."""
        size = self.server.max_request_body_size
        if size == 0 or size > LARGEST_BODY:
            what = "bodies may be of any size" if size == 0 else f"bodies may have {size} bytes"
            where = self._place("server.max_request_body_size")
            write = "the default, and request.body.maxbytes for the pages that take more"
            yield Finding(WARNING, "body-limits", what, where, write)

    def check_head_limits(self) -> Iterator[Finding]:
        """As for bodies, and more so: heads are kept in memory."""
        for name in ("max_request_header_size", "max_request_headers", "max_target_size"):
            default, now = self.server.known[name].default, getattr(self.server, name)
            if now > 4 * default:
                what = f"server.{name} is {now}, and {default} does for browsers"
                yield Finding(WARNING, "head-limits", what, self._place(f"server.{name}"), f"server.{name} = {default}")

    def check_socket_mode(self) -> Iterator[Finding]:
        """Whoever may write to the socket is believed like a proxy."""
        if self.server.socket_file and self.server.socket_mode & 0o002:
            what = f"everybody on this machine may write to {self.server.socket_file}"
            write = "server.socket_mode = 0o660, and a group for the proxy"
            yield Finding(ERROR, "socket-mode", what, self._place("server.socket_mode"), write)

    def check_trusted_proxies(self) -> Iterator[Finding]:
        """Who is believed should be few."""
        what = "everybody is believed what they say about the client: address, host and scheme"
        finding = Finding(ERROR, "trusted-proxies", what, "", _PROXIES)
        yield from self._where_pages(lambda page: _has_world(page.get("request.trusted_proxies", ())), finding)
        if _has_world(self.server.proxy_protocol):
            key = "server.proxy_protocol"
            yield finding._replace(where=self._place(key), write=f"{key} = [the addresses of your proxies]")

    def check_proxy(self) -> Iterator[Finding]:
        """A tool that believes nobody, as the proxy is on another machine."""
        what = "the server listens to other machines, and tools.proxy believes proxies on this one alone"
        finding = Finding(WARNING, "proxy", what, "", _PROXIES)
        return self._where_pages(
            lambda page: self._public and page.on("proxy") and "request.trusted_proxies" not in page.config, finding
        )

    def check_plain_http(self) -> Iterator[Finding]:
        """What everybody on the way can read."""
        if self._public and not self._tls and not any(page.on("proxy") for page in self.pages):
            what = "the server listens to all the world, without TLS, and knows of no proxy that has it"
            write = "server.socket_host = '127.0.0.1' behind a proxy, with tools.proxy; or certificates"
            yield Finding(WARNING, "plain-http", what, self._place("server.socket_host"), write)

    # -- what holds for pages ------------------------------------------------------------------------------------

    def check_allowed_hosts(self) -> Iterator[Finding]:
        """Links and caches go by the name that a client sends."""
        what = "any host is answered, and stands in links and redirects as the client sends it"
        write = "tools.allowed_hosts.on = True, tools.allowed_hosts.hosts = [your names]"
        finding = Finding(WARNING, "allowed-hosts", what, "", write)
        return self._where_pages(lambda page: not page.on("allowed_hosts"), finding)

    def check_security_headers(self) -> Iterator[Finding]:
        """Browsers are careful if they are told to be."""
        what = "browsers are not told to be careful: to frame no page, to guess no type"
        finding = Finding(WARNING, "security-headers", what, "", "tools.security_headers.on = True")
        return self._where_pages(lambda page: not page.on("security_headers"), finding)

    def check_csp(self) -> Iterator[Finding]:
        """The best guard against scripts that somebody has smuggled in."""
        write = """tools.security_headers.csp = {"default-src": "'self'"}"""
        finding = Finding(HINT, "csp", "no Content-Security-Policy says which scripts may run", "", write)
        return self._where_pages(
            lambda page: page.on("security_headers") and not page.get("tools.security_headers.csp"), finding
        )

    def check_hsts(self) -> Iterator[Finding]:
        """Browsers come back by plain HTTP otherwise."""
        write = "tools.security_headers.hsts = 300, and more when all is well"
        finding = Finding(HINT, "hsts", "browsers are not told to come by HTTPS only", "", write)
        return self._where_pages(
            lambda page: page.on("security_headers") and not page.get("tools.security_headers.hsts"), finding
        )

    def check_cors(self) -> Iterator[Finding]:
        """Fine for what is public."""
        finding = Finding(HINT, "cors", "scripts of every site may read this", "", "tools.cors.origins = [those]")
        return self._where_pages(
            lambda page: page.on("cors") and bool({*listed(page.get("tools.cors.origins"))} & {"*", "null"}), finding
        )

    def check_csrf(self) -> Iterator[Finding]:
        """A browser sends cookies and logins along with the forms of strangers."""
        what = "pages of others may send forms in the name of your users"
        finding = Finding(ERROR, "csrf", what, "", "tools.csrf.on = True")
        return self._where_pages(lambda page: any(map(page.on, _BY_BROWSER)) and not page.on("csrf"), finding)

    def check_session_cookies(self) -> Iterator[Finding]:
        """A cookie that others can read is a login that others have."""
        for name in _LAX_COOKIES:
            key = f"tools.sessions.{name}"
            finding = Finding(ERROR, "session-cookies", f"{key} lets the cookie go too far", "", f"no {key}")
            yield from self._where_pages(partial(_lax, name, key), finding)

    def check_session_store(self) -> Iterator[Finding]:
        """Each process has a memory of its own."""
        what = "sessions are kept in memory: they end with the process"
        severity = HINT
        if self.server.reuse_port:
            severity, what = ERROR, f"{what}, and several processes do not know each other's"
        finding = Finding(severity, "session-store", what, "", "tools.sessions.store = the address of a store")
        return self._where_pages(
            lambda page: page.on("sessions") and not any(page.get(f"tools.sessions.{kind}") for kind in _STORES),
            finding,
        )

    def check_session_pickle(self) -> Iterator[Finding]:
        """Who can write to the store can run what they like."""
        what = "sessions are pickled: whoever can write to their store can run code in this process"
        finding = Finding(WARNING, "session-pickle", what, "", "no tools.sessions.serializer")
        return self._where_pages(
            lambda page: page.on("sessions") and page.get("tools.sessions.serializer") == "pickle", finding
        )

    def check_passwords(self) -> Iterator[Finding]:
        """With Basic they go over the wire with each request, with a form once."""
        what = "passwords are sent, and nothing here says that it is by TLS"
        write = "a proxy with TLS in front, and tools.proxy; or certificates"
        finding = Finding(ERROR, "passwords", what, "", write)
        return self._where_pages(
            lambda page: self._public and not self._tls and any(map(page.on, _SENT)) and not page.on("proxy"), finding
        )

    def check_guesses(self) -> Iterator[Finding]:
        """The form is taken at every address below the tool that ends in its name: a limit on one of them is none."""
        what = "passwords may be tried without a limit: a form to log in is taken at every address below"
        finding = Finding(WARNING, "guesses", what, "", "tools.session_auth.attempts = '10/minute'")
        yield from self._where_pages(_takes_guesses, finding)
        finding = Finding(
            WARNING, "guesses", "passwords may be tried without a limit", "", "tools.rate_limit.on = True"
        )
        yield from self._where_pages(lambda page: any(map(page.on, _ASKED)) and not page.on("rate_limit"), finding)

    # -- steps of it ---------------------------------------------------------------------------------------------

    @property
    def _tls(self) -> bool:
        return bool(getattr(self.server, "ssl_certificate", None))

    @property
    def _public(self) -> bool:
        """Whether other machines can reach the server."""
        return not self.server.socket_file and not self.server.socket_host.startswith(("127.", "::1", "localhost"))

    def _place(self, key: str) -> str:
        return str(self.config.place(key)) if key in self.config else f"{key}: default, or set in Python"

    def _said(self, key: str, severity: str, name: str, what: str) -> Iterator[Finding]:
        """A switch that should be off, in the process or for pages."""
        finding = Finding(severity, name, what, self._place(key), f"{key} = False")
        if self.config.get(key):
            yield finding
        else:
            yield from self._where_pages(lambda page: bool(page.get(key)), finding)

    def _where_pages(self, wrong: Callable[[Page], object], finding: Finding) -> Iterator[Finding]:
        """The finding, if there are pages for which something is wrong; and which."""
        paths = [page.path for page in self.pages if wrong(page)]
        more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
        where = "all pages" if len(paths) == len(self.pages) else f"{', '.join(paths[:_SHOWN])}{more}"
        if paths:
            yield finding._replace(where=where)


def _has_world(networks: Iterable[str]) -> bool:
    return not {*_WORLD}.isdisjoint(networks)


def _takes_guesses(page: Page) -> bool:
    tool = "tools.session_auth"
    limited = page.get(f"{tool}.attempts", getattr(page.get(f"{tool}.auth_class"), "attempts", ""))
    return page.on("session_auth") and not limited and not page.on("rate_limit")


def _lax(name: str, key: str, page: Page) -> bool:
    return page.on("sessions") and key in page.config and _LAX_COOKIES[name](page.config[key])


def _pages(application: Application, prefix: str) -> Iterator[Page]:
    for route in routes_of(application, prefix):
        path = route.path.removeprefix(prefix).replace("{", "").replace("}", "")
        found = Dispatcher().find(application.root, path)
        yield Page(route.path, merged(application.site_config, found.steps(), application.config, found.unseen))
