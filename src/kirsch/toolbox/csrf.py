"""Refuses what a page of another site has a visitor's browser send, with the visitor's cookies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, NoReturn

from kirsch.app.errors import HTTPError
from kirsch.app.forgery import FIELD, HEADER, Tokens, carries_nothing, comes_from_here
from kirsch.http.origins import SAFE_METHODS, Origin, parse_origin
from kirsch.options import FUNCTION, Check, Option, Options
from kirsch.toolbox.auth_basic import KEY, keys_of
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kirsch.app.hooks import Hook
    from kirsch.app.request import Request
    from kirsch.app.response import Response

_ORIGINS: Final = Check(
    "of origins such as 'https://example.com'",
    lambda given: all(isinstance(each, str) and parse_origin(each) for each in given),
)
_METHODS: Final = Check(
    f"of methods in capitals, other than {', '.join(SAFE_METHODS)}",
    lambda given: all(isinstance(each, str) and each == each.upper() and each not in SAFE_METHODS for each in given),
)

HEAD_PRIORITY: Final = 40

FOREIGN: Final = "This was sent from a page of another site, so it was not done."
NO_TOKEN: Final = "Your browser does not say whose page sent this, and the page had no valid token. Load it again."


class Settings(Options):
    """What config says of the tool."""

    trusted_origins: Option[Any] = Option((), "Other origins whose pages may send forms.", (tuple, list), _ORIGINS)
    methods: Option[Any] = Option(
        None, "Methods that are looked at; None: all but GET, HEAD and OPTIONS.", (tuple, list, set), _METHODS
    )
    bypass: Option[Any] = Option(None, "Called with the request: whether it need not be looked at.", object, FUNCTION)
    key: Option[Any] = Option(
        None, "A secret for tokens, or several; None: one that ends with the process.", object, KEY
    )
    field = Option(FIELD, "The form field that brings the token.")
    header = Option(HEADER, "The header field that may bring it instead.")


class Plan(NamedTuple):
    """What is known before the request."""

    settings: Settings
    trusted: frozenset[Origin]
    keys: Sequence[Any]


class CSRF(PreparedTool):
    """403 for a request that changes something and comes from a page of another site. See app/forgery.py."""

    priority = 2
    choices: ClassVar = Settings

    def prepare(self, settings: Settings) -> Plan:
        """Origins and keys, read. ValueError for keys that are none."""
        from kirsch.http.signing import Signer

        keys = keys_of(settings.key) or _common_keys()
        if keys:
            Signer(keys, "csrf")  # which says what is wrong with them
        return Plan(settings, frozenset(filter(None, map(parse_origin, settings.trusted_origins))), keys)

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """Its hooks: behind the proxy tool, which knows our address, and before sessions."""
        for point, hook in super().hooks(settings):
            if point == "before_request_body" and "priority" not in settings:
                hook.priority = HEAD_PRIORITY
            yield point, hook

    def before_request_body(self, request: Request, response: Response, plan: Plan) -> None:
        """Refuse by the head, before the body is read."""
        request.give("csrf", Tokens(request, plan.keys, plan.settings.field))
        if self._unsafe(request, plan) and comes_from_here(request, plan.trusted) is False:
            refuse(request, FOREIGN, "set tools.csrf.trusted_origins, or tools.proxy behind a proxy")

    def before_handler(self, request: Request, response: Response, plan: Plan) -> None:
        """Where the client does not say where it comes from, its token must be good. The page never sees it."""
        if request.method in SAFE_METHODS:
            return
        settings = plan.settings
        looked_at = self._unsafe(request, plan)
        token = request.params.pop(settings.field, None)  # handlers do not take it: to them it is one field too many
        if not looked_at or comes_from_here(request, plan.trusted) is not None or carries_nothing(request):
            return
        token = token or request.headers.get(settings.header)
        tokens: Tokens = request.belongings["csrf"]
        if not isinstance(token, str) or not tokens.fits(token):
            how = f"send kirsch.csrf_token() as the form field {settings.field!r} or the header {settings.header}"
            refuse(request, NO_TOKEN, how)

    @staticmethod
    def _unsafe(request: Request, plan: Plan) -> bool:
        methods, bypass = plan.settings.methods, plan.settings.bypass
        if request.method in SAFE_METHODS or (methods is not None and request.method not in methods):
            return False
        return not (bypass is not None and bypass(request))


def _common_keys() -> list[bytes]:
    """In one of several worker processes, the key that all of them have for as long as there are any; else none."""
    from kirsch.stores.opening import shared_key

    key = shared_key("csrf-key")
    return [key] if key else []


def refuse(request: Request, message: str, way_out: str) -> NoReturn:
    """Raise HTTPError 403. way_out: for developers, who get it where they get tracebacks, with what was sent."""
    if request.show_tracebacks:
        head = request.exchange.head
        sent = ", ".join(
            f"{name.title()}: {(head.get(name.encode()) or b'(not sent)').decode('latin-1')}"
            for name in ("sec-fetch-site", "origin", "host")
        )
        message += f" For developers: {way_out}. Sent was {sent}; this site is {request.base}."
    raise HTTPError(403, message)
