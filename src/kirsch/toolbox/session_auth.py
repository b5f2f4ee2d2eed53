"""Log in by a form, and be known by the session from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kirsch.app.context import present
from kirsch.app.errors import HTTPError, HTTPRedirect
from kirsch.app.forgery import comes_from_here
from kirsch.app.hooks import Hook
from kirsch.app.links import url, without_host
from kirsch.app.params import Plan
from kirsch.app.place import ConfigError
from kirsch.http.accept import best_match
from kirsch.http.addresses import household
from kirsch.http.credentials import challenge
from kirsch.http.origins import local_target
from kirsch.http.rates import parse_rate
from kirsch.http.urls import join
from kirsch.options import is_function
from kirsch.toolbox.auth_basic import checked
from kirsch.toolbox.csrf import FOREIGN, refuse
from kirsch.toolbox.kinds import HandlerTool
from kirsch.toolbox.loginpage import LoginForm, allow_style, login_page
from kirsch.toolbox.rate_limit import Limit, RateLimitSettings, Registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kirsch.app.request import Request

SCREEN: Final = "login_screen"
LOGIN: Final = "do_login"
LOGOUT: Final = "do_logout"
CSP: Final = "Content-Security-Policy"
CHECKER: Final = "check_username_and_password"
KIND: Final = "auth_class"
ATTEMPTS: Final = "attempts"

WRONG: Final = "There is no such user with this password."


class SessionAuth:
    """What the tool does; override what shall be otherwise, and name the class as `tools.session_auth.auth_class`.

    The addresses `…/login_screen`, `…/do_login` and `…/do_logout` below the tool are its own. session_key: where the
    session keeps the user. attempts: how often one address may try to log in, such as `10/minute`; "" for no limit.
    debug: say in the log what was decided.
    """

    session_key = "username"
    attempts = ""
    debug = False

    def check_username_and_password(self, username: str, password: str) -> Any:
        """Nothing if they belong together, else a text for people that says what is wrong. Must be given."""
        raise NotImplementedError(f"tools.session_auth.{CHECKER} must be given, or overridden")

    def anonymous(self) -> Any:
        """The user that somebody is who has not logged in; None if they must."""
        return

    def on_login(self, username: Any) -> None:
        """Somebody has logged in."""

    def on_logout(self, username: Any) -> None:
        """Somebody has logged out."""

    def on_check(self, username: Any) -> None:
        """A page is shown to somebody who has logged in."""

    def login_screen(
        self, from_page: str = "..", username: str = "", error_msg: str = "", **kwargs: Any
    ) -> bytes | str:
        """The page with the form, whole."""
        request = present()
        tokens = request.belongings.get("csrf")
        hidden = {tokens.field: tokens.token()} if tokens is not None else {}
        fields = request.response.headers
        if CSP in fields:
            fields[CSP] = allow_style(fields[CSP])
        return login_page(LoginForm(_action(request, LOGIN), from_page, username, error_msg, hidden))

    def do_login(self, username: str, password: str, from_page: str = "..", **kwargs: Any) -> bool:
        """Let somebody in: the session gets another id, so that nobody can have planted it."""
        present().exchange.step_aside()  # hashing takes its time, and a hook has no pace that would tell
        error = checked(self.check_username_and_password, username, password)
        if error:
            self._say(f"{username!r} was not let in")
            return self._ask(from_page, username, error if isinstance(error, str) else WRONG)
        session = _session()
        session.regenerate()
        present().login = session[self.session_key] = username
        self._say(f"{username!r} has logged in")
        self.on_login(username)
        raise HTTPRedirect(_target(from_page))

    def do_logout(self, from_page: str = "..", **kwargs: Any) -> bool:
        """Forget all that the session holds, under a new id."""
        session = _session()
        username = session.get(self.session_key)
        session.clear()
        session.regenerate()
        request = present()
        request.login = None
        if username:
            self._say(f"{username!r} has logged out")
            self.on_logout(username)
        raise HTTPRedirect(_target(from_page))

    def do_check(self) -> bool:
        """False if somebody is known who may see the page; else the form is the page."""
        request, session = present(), _session()
        username = session.get(self.session_key)
        if not username:
            username = self.anonymous()
            if username:
                session[self.session_key] = username
        if not username:
            self._say("nobody has logged in")
            return self._ask(_here(request))
        request.login = username
        self.on_check(username)
        return False

    def run(self) -> bool:
        """Do what the address says. Whether that has made the page."""
        request = present()
        name = request.path_info.rpartition("/")[2]
        if name == SCREEN:
            self._show(**{key: value for key, value in request.params.items() if key in ("from_page", "username")})
            return True
        if name not in (LOGIN, LOGOUT):
            return self.do_check()
        if request.method != "POST":
            raise HTTPError(405, headers={"Allow": "POST"})
        if comes_from_here(request) is False:
            refuse(request, FOREIGN, "set tools.proxy if a proxy before this has another host")
        act = self.do_login if name == LOGIN else self.do_logout
        return bool(act(**_arguments(act, request.params)))

    # -- steps of it ---------------------------------------------------------------------------------------------

    def _ask(self, from_page: str, username: str = "", problem: str = "") -> bool:
        """Ask for the password, with 401: by the form, or a program in a few words."""
        request = present()
        headers = {"WWW-Authenticate": challenge("Cookie", [("form-action", _action(request, LOGIN))])}
        wanted = best_match(
            ("text/html", "application/json", "application/problem+json"), request.headers.get("Accept")
        )
        if wanted is not None and wanted != "text/html":
            raise HTTPError(401, problem or "Log in first.", headers=headers)
        request.response.status = 401
        request.response.headers.update(headers)
        self._show(from_page=from_page, username=username, error_msg=problem)
        return True

    def _show(self, **words: Any) -> None:
        response = present().response
        response.headers["Content-Type"] = "text/html"
        response.headers["Cache-Control"] = "no-store"
        response.body = self.login_screen(**{key: word for key, word in words.items() if isinstance(word, str)})

    def _say(self, message: str) -> None:
        request = present()
        if self.debug and request.log is not None:
            request.log(message, "TOOLS.SESSION_AUTH")


def _session() -> Any:
    session = present().belonging("session")
    if session is None:
        raise RuntimeError("tools.session_auth needs a session: set tools.sessions.on for the same pages")
    return session


def _arguments(act: Any, params: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form as arguments. HTTPError 400 for what does not fit, or is no text."""
    arguments = {name: value for name, value in params.items() if isinstance(value, str)}
    if not Plan(act).fits(0, arguments):
        raise HTTPError(400, "The form does not have the fields that are expected, once each.")
    return arguments


def _action(request: Request, name: str) -> str:
    """An address of ours for a form: below the page that is asked for, so that the same config holds for it."""
    page = without_host(url(request, request.path_info, "", None, None)).partition("?")[0].rstrip("/")
    head, _, last = page.rpartition("/")
    return f"{head if last in (SCREEN, LOGIN, LOGOUT) else page}/{name}"


def _here(request: Request) -> str:
    """The page to come back to: this one, unless it is no page to be looked at."""
    query = f"?{request.query_string}" if request.query_string else ""
    here = without_host(url(request, "", query, None, None))
    if request.method in ("GET", "HEAD"):
        return here
    return local_target(request.headers.get("Referer", ""), request.base) or here


def _target(from_page: str) -> str:
    """Where to go after the form: from the page that it was on, and never to another host."""
    request = present()
    here = url(request, "", "", None, None)
    return local_target(join(here, from_page or "/"), request.base) or "/"


def session_auth(**settings: Any) -> bool:
    """As the tool, for the request that is being answered: whether it has made the page."""
    kind = settings.pop(KIND, SessionAuth)
    auth: SessionAuth = kind()
    for name, value in settings.items():
        setattr(auth, name, value)
    return auth.run()


def _attempts(settings: Mapping[str, Any]) -> str:
    """How often one may try, by settings or the class that they name."""
    return str(settings.get(ATTEMPTS, settings.get(KIND, SessionAuth).attempts))


def _who_tries(request: Request) -> str | None:
    """Whom to count: by address, who sends a password. The form is taken at every address that ends so."""
    return household(request.remote.ip) if request.path_info.rpartition("/")[2] == LOGIN else None


class SessionAuthTool(HandlerTool):
    """Shows pages to those who have logged in, and to others a form to do so. See SessionAuth.

    Any member of SessionAuth is a setting: a function takes the place of the method, and gets no `self`.
    """

    after = ("sessions",)

    def __init__(self) -> None:
        super().__init__(session_auth)
        self._registry = Registry()

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """As of any tool; and what counts the attempts, behind the proxy tool (30), before the form is read."""
        if rate := _attempts(settings):
            limit = Limit(RateLimitSettings(rate=rate, name=LOGIN, methods=("POST",), key=_who_tries), self._registry)
            yield "before_request_body", self.named(Hook(limit.meet, priority=40))
        yield from super().hooks(settings)

    @property
    def settings(self) -> frozenset[str]:
        """The public members of SessionAuth, and which class it is."""
        return frozenset(name for name in dir(SessionAuth) if not name.startswith("_")) | {KIND}

    def check(self, settings: Mapping[str, Any], where: str) -> None:
        """As of any tool; what takes the place of a method must be a function."""
        super().check(settings, where)
        kind = settings.get(KIND, SessionAuth)
        if not (isinstance(kind, type) and issubclass(kind, SessionAuth)):
            raise ConfigError(f"{where}: {KIND} must be a class made of SessionAuth")
        for name in self.settings:
            value = settings.get(name, getattr(kind, name, None))
            if callable(getattr(SessionAuth, name, None)) and not is_function(value):
                raise ConfigError(f"{where}: {name} must be a function, and not `async def`")
        try:
            parse_rate(_attempts(settings) or "1/second")
        except ValueError as error:
            raise ConfigError(f"{where}: {error}") from None

    def check_whole(self, settings: Mapping[str, Any], where: str) -> None:
        """Raise ConfigError if nothing tells who may come in."""
        kind = settings.get(KIND, SessionAuth)
        same = getattr(kind, CHECKER, None) is SessionAuth.check_username_and_password
        if same and CHECKER not in settings:
            raise ConfigError(
                f"{where}.on needs {self.namespace}.{self.name}.{CHECKER}, a function of user and password"
            )
