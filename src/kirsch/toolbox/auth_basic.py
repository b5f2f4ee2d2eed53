"""HTTP Basic (RFC 7617): user and password with each request, so over TLS only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from kirsch.app.context import present
from kirsch.app.errors import HTTPError
from kirsch.http.credentials import CredentialsError, challenge, is_realm, parse_authorization, parse_basic
from kirsch.http.media import charset_name
from kirsch.http.passwords import Busy
from kirsch.options import FUNCTION, Check, Option, Options
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kirsch.app.request import Request
    from kirsch.app.response import Response

REALM: Final = Check("without quotes, backslashes and control characters", is_realm)
CHARSET: Final = Check("that Python knows", lambda name: charset_name(name) is not None)
KEY: Final = Check("of text or bytes, or several in a list, and not empty", lambda key: bool(keys_of(key)))


def keys_of(key: Any) -> list[Any]:
    """One key or several, as a list; empty for what is none."""
    keys = [key] if isinstance(key, (str, bytes)) else list(key) if isinstance(key, (list, tuple)) else []
    return keys if all(isinstance(each, (str, bytes)) and each for each in keys) else []


class BasicSettings(Options):
    """What config says of the tool."""

    realm: Option[Any] = Option(None, "What browsers show beside the question for the password.", str, REALM)
    checkpassword: Option[Any] = Option(
        None, "Called with realm, user and password: whether they belong together.", object, FUNCTION
    )
    debug = Option(False, "Say in the log who was not let in.")
    accept_charset = Option("utf-8", "The charset that clients are asked to write in.", check=CHARSET)


class AuthBasic(PreparedTool):
    """Lets in who has the password: 401 without it, 400 for what is not by the rules. `request.login` is the user."""

    priority = 1
    choices: ClassVar = BasicSettings
    required: ClassVar = ("realm", "checkpassword")

    def __init__(self) -> None:
        super().__init__()
        self.callable = basic_auth

    def before_handler(self, request: Request, response: Response, plan: BasicSettings) -> None:
        """Raise HTTPError 401 or 400 unless user and password are right."""
        user = _user(request, plan)
        if user is not None:
            request.login = user
            return
        if plan.debug and request.log is not None:
            request.log("there is no such user and password, or none was sent", "TOOLS.AUTH_BASIC")
        params = [("realm", plan.realm)]
        charset = plan.accept_charset.upper()
        if charset != "ISO-8859-1":
            params.append(("charset", charset))
        raise HTTPError(401, headers={"WWW-Authenticate": challenge("Basic", params)})


def _user(request: Request, plan: BasicSettings) -> str | None:
    """The user, if the request names one and the password is right."""
    value = request.headers.get("Authorization")
    if value is None or value.partition(" ")[0].lower() != "basic":
        return None
    try:
        user, password = parse_basic(parse_authorization(value), plan.accept_charset)
    except CredentialsError as error:
        raise HTTPError(400, f"The field Authorization is wrong: {error}.") from None
    return user if checked(plan.checkpassword, plan.realm, user, password) else None


def checked(check: Callable[..., Any], *credentials: str) -> Any:
    """What a function for passwords says. What it raises is not the client's fault; HTTPError 503 if it is busy."""
    try:
        answer = check(*credentials)
    except Busy as busy:
        raise HTTPError(503, str(busy), headers={"Retry-After": "2"}) from busy
    if hasattr(answer, "__await__"):  # which is true, and would let everybody in
        raise TypeError(f"{check!r} is to say whether a password is right, and has given {type(answer).__name__}")
    return answer


def basic_auth(
    realm: str, checkpassword: Callable[[str, str, str], Any], debug: bool = False, accept_charset: str = "utf-8"
) -> None:
    """As the tool, for the request that is being answered. ValueError for a realm that does not fit between quotes."""
    request = present()
    settings = BasicSettings(realm=realm, checkpassword=checkpassword, debug=debug, accept_charset=accept_charset)
    AuthBasic().before_handler(request, request.response, settings)


def checkpassword_dict(user_password_dict: Mapping[str, str]) -> Callable[[str, str, str], bool]:
    """A `checkpassword` for passwords as they are, by user: for tests and toys. An empty one is never right."""
    from hashlib import sha256
    from hmac import compare_digest

    def hashed(text: str) -> bytes:
        return sha256(text.encode("utf-8", "surrogatepass")).digest()

    def checkpassword(_: str, user: str, password: str) -> bool:
        known = user_password_dict.get(user, "")
        same = compare_digest(hashed(password), hashed(known))  # hashed, as lengths would tell something, too
        return same and bool(known)

    return checkpassword
