"""HTTP Digest (RFC 7616): the password is never sent, and what is sent opens one page once."""

from __future__ import annotations

import inspect
import os
import time
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple
from weakref import WeakKeyDictionary

from kirsch.app.body import RequestBody
from kirsch.app.context import present
from kirsch.app.errors import HTTPError
from kirsch.http.counts import Counts, take_in_store
from kirsch.http.credentials import CredentialsError, challenge, parse_authorization
from kirsch.http.urls import quote_path, split_target
from kirsch.options import FUNCTION, Check, Option, Options, between
from kirsch.stores.store import Store, StoreError
from kirsch.toolbox.auth_basic import CHARSET, KEY, REALM, checked, keys_of
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from kirsch.app.hooks import Hook
    from kirsch.app.request import Request
    from kirsch.app.response import Response
    from kirsch.http.digest import Digest

BARE: Final = ("algorithm", "stale", "userhash", "charset")
BOTH: Final = ("SHA-256", "MD5")
MD5_ONLY: Final = ("MD5",)
KEY_SIZE: Final = 32

_INT: Final = "auth-int"
_NAMES: Final = Check("of algorithms, and not empty", bool)
_QOP: Final = Check("'auth', 'auth-int' or both with a comma", lambda qop: set(_listed(qop)) <= {"auth", _INT} and qop)


class DigestSettings(Options):
    """What config says of the tool."""

    realm: Option[Any] = Option(None, "What browsers show beside the question for the password.", str, REALM)
    get_ha1: Option[Any] = Option(
        None, "Called with realm and user, and the algorithm if it takes that: HA1, or None.", object, FUNCTION
    )
    key: Option[Any] = Option(
        None,
        "A secret for nonces, or several, the first for new ones; None: one that ends with the process.",
        object,
        KEY,
    )
    debug = Option(False, "Say in the log who was not let in, and why.")
    accept_charset = Option("utf-8", "The charset that clients are asked to write in.", check=CHARSET)
    algorithms: Option[Any] = Option(
        None, "Algorithms on offer, the best first; None: what get_ha1 has.", (tuple, list), _NAMES
    )
    qop = Option("auth", "What is protected: 'auth', or 'auth,auth-int' for the body, too.", check=_QOP)
    lifetime = Option(600.0, "Seconds that a nonce is good for.", check=between(1, 86400 * 7))
    userhash: Option[Any] = Option(
        None, "Finds the user for realm, hash and algorithm; with it, names may be sent as hashes.", object, FUNCTION
    )
    store: Option[Any] = Option(
        None, "The address of a store where several processes count together; workers do so anyway.", (str, Store)
    )


class Plan(NamedTuple):
    """What is known before the request. settings: as given. offered: algorithms. qops: on offer. store: or None."""

    settings: Any
    offered: tuple[str, ...]
    qops: tuple[str, ...]
    nonces: Any
    takes_algorithm: bool
    store: Store | None


class Refused(Exception):
    """The client is asked (again). why: for the log. stale: it knows the password, and only needs another nonce."""

    def __init__(self, why: str, stale: bool = False) -> None:
        super().__init__(why)
        self.stale = stale


class AuthDigest(PreparedTool):
    """Lets in who knows the password: 401 without, 400 for what is not by the rules. `request.login` is the user."""

    priority = 1
    choices: ClassVar = DigestSettings
    required: ClassVar = ("realm", "get_ha1")

    def __init__(self) -> None:
        super().__init__()
        self.callable = digest_auth
        self._lock = Lock()
        self._key = os.urandom(KEY_SIZE)
        self._counts: WeakKeyDictionary[Any, Counts] = WeakKeyDictionary()

    def prepare(self, settings: DigestSettings) -> Plan:
        """Algorithms, and what makes nonces. ValueError for algorithms that nobody has, or that get_ha1 has not."""
        from kirsch.http.digest import Nonces, algorithm_named
        from kirsch.stores.opening import open_store, shared_key, shared_store

        takes = takes_algorithm(settings.get_ha1)
        offered = settings.algorithms or getattr(settings.get_ha1, "algorithms", BOTH if takes else MD5_ONLY)
        names = tuple(map(algorithm_named, offered))
        if settings.get_ha1 is not None and not takes and {name.removesuffix("-sess") for name in names} != {"MD5"}:
            raise ValueError("algorithms: get_ha1 gives HA1 for MD5 alone, unless it takes a third argument, algorithm")
        keys = keys_of(settings.key) or [shared_key("digest-key") or self._key]
        nonces = Nonces(keys, settings.realm) if settings.realm else None
        store = shared_store() if settings.store is None else open_store(settings.store)
        return Plan(settings, names, _listed(settings.qop), nonces, takes, store)

    def hooks(self, settings: Mapping[str, Any]) -> Iterator[tuple[str, Hook]]:
        """Its hooks; the one that reads the body for its hash is there only if that is on offer."""
        for point, hook in super().hooks(settings):
            if point == "before_handler" or _INT in hook.kwargs["plan"].qops:
                yield point, hook

    def before_request_body(self, request: Request, response: Response, plan: Plan) -> None:
        """Keep the whole body where the client has signed it, before anybody makes parameters of it."""
        try:
            said = _said(request, plan)
        except (Refused, CredentialsError):
            return  # before_handler says so
        if said.qop == _INT:
            request.body = SignedBody(request.body, request)

    def before_handler(self, request: Request, response: Response, plan: Plan) -> None:
        """Raise HTTPError 401 or 400 unless the client knows the password of the user that it names."""
        counts = self._counts_of(request)
        try:
            request.login = _user(request, plan, counts)
        except Refused as refused:
            settings = plan.settings
            if settings.debug and request.log is not None:
                request.log(str(refused), "TOOLS.AUTH_DIGEST")
            for line in challenges(plan, plan.nonces.make(), refused.stale):
                response.headers.add("WWW-Authenticate", line)
            raise HTTPError(401) from None
        except CredentialsError as error:
            raise HTTPError(400, f"The field Authorization is wrong: {error}.") from None
        except StoreError as error:
            raise HTTPError(503, "Nobody can be let in now.", headers={"Retry-After": "5"}) from error

    def _counts_of(self, request: Request) -> Counts:
        """Those of the application that is asked."""
        counts = self._counts.get(request.app)
        if counts is None:
            with self._lock:
                counts = self._counts.setdefault(request.app, Counts(time.time()))
        return counts


MOST_SIGNED: Final = 4 * 1024 * 1024
"""Bytes of a body under auth-int, which has to be held in memory as a whole."""


class SignedBody(RequestBody):
    """A body that was read as a whole, for its hash, and can be read as if it had not been."""

    def __init__(self, body: RequestBody, request: Request) -> None:
        super().__init__(request.exchange, request.resource.on_body if request.resource is not None else {})
        self.whole = self._ahead = body.read(MOST_SIGNED + 1)
        if len(self.whole) > MOST_SIGNED:
            raise HTTPError(413, f"a body that is signed (auth-int) has {MOST_SIGNED} bytes at most")


def _said(request: Request, plan: Plan) -> Digest:
    """What the client says. Raises Refused or CredentialsError."""
    from kirsch.http.digest import parse_digest

    value = request.headers.get("Authorization")
    if value is None or value.partition(" ")[0].lower() != "digest":
        raise Refused("no digest was sent")
    return parse_digest(parse_authorization(value), plan.settings.accept_charset)


def _user(request: Request, plan: Plan, counts: Counts) -> str:
    """The user whose password the client knows. Raises Refused or CredentialsError."""
    from kirsch.http.digest import base_of

    settings, nonces = plan.settings, plan.nonces
    said = _said(request, plan)
    if not said.qop:
        raise CredentialsError("Digest needs a qop")
    if said.algorithm not in plan.offered or said.qop not in plan.qops or (said.userhash and not settings.userhash):
        raise Refused("it uses what is not on offer")  # it may have been, before config was changed
    if said.realm != settings.realm or said.opaque not in (None, nonces.opaque):
        raise Refused("it is for another realm")
    if not _same_target(said.uri, request):
        raise CredentialsError("its uri is not the one that is asked for")
    user = said.username
    if said.userhash:
        user = settings.userhash(said.realm, said.username, base_of(said.algorithm)) or ""
    if not _knows_password(user, said, request, plan):
        raise Refused("there is no such user and password")
    # From here on the client has shown that it knows the password: if the nonce is no good, nobody need be asked.
    made = nonces.made(said.nonce)
    if made is None:
        raise Refused("the nonce is none of ours", stale=True)
    if time.time() - made > settings.lifetime:
        raise Refused("the nonce is too old", stale=True)
    if not _first_time(said, made, plan, counts):
        raise Refused("its count has been there before", stale=True)
    return user


def _knows_password(user: str, said: Digest, request: Request, plan: Plan) -> bool:
    """Whether the sum is right. It is computed for users that do not exist, too: that takes as long."""
    from kirsch.http.digest import base_of, hashed

    algorithm = base_of(said.algorithm)
    arguments = (said.realm, user, algorithm) if plan.takes_algorithm else (said.realm, user)
    known = checked(plan.settings.get_ha1, *arguments)
    nobody = hashed(algorithm, said.nonce)
    body = ""
    if said.qop == _INT:
        body = hashed(algorithm, request.body.whole) if isinstance(request.body, SignedBody) else nobody
    fits = said.fits(known or nobody, request.method, body)
    return fits and bool(known)


def _first_time(said: Digest, made: float, plan: Plan, counts: Counts) -> bool:
    if plan.store is None:
        return counts.take(said.nonce, said.number, made)
    return take_in_store(plan.store, f"digest:{said.nonce}", said.number, plan.settings.lifetime)


def _same_target(uri: str, request: Request) -> bool:
    """Whether the client has signed what it asks for (RFC 7616 §3.4.6), as it or a proxy before us may say it."""
    target = request.exchange.head.target.decode("latin-1")
    if uri == target:
        return True
    _, mark, rest = uri.partition("://")
    if mark:
        uri = "/" + rest.partition("/")[2]
    mounted = request.app.script_name if request.app is not None else None
    before = quote_path(request.script_name.removesuffix(mounted or ""))  # us: a server, or a proxy that says so
    base = ("/" + request.base.partition("://")[2].partition("/")[2]).rstrip("/")
    return any(_decoded(uri) == _decoded(prefix + target) for prefix in ("", before, base, base + before))


def _decoded(target: str) -> tuple[str, str] | None:
    """What a target means to us: a WSGI server, for one, does not say how it was escaped."""
    try:
        return split_target(target.encode("latin-1"))
    except ValueError:
        return None


def challenges(plan: Plan, nonce: str, stale: bool = False) -> list[str]:
    """One line for each algorithm, the best first: a client takes the first that it knows (RFC 7616 §3.7)."""
    settings, nonces = plan.settings, plan.nonces
    charset = settings.accept_charset.upper()
    rest = [("qop", ",".join(plan.qops))]
    if nonces is not None:
        rest.append(("opaque", nonces.opaque))
    if stale:
        rest.append(("stale", "true"))
    if settings.userhash:
        rest.append(("userhash", "true"))
    if charset != "ISO-8859-1":
        rest.append(("charset", charset))
    first = [("realm", settings.realm), ("nonce", nonce)]
    return [challenge("Digest", [*first, ("algorithm", name), *rest], BARE) for name in plan.offered]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def takes_algorithm(get_ha1: Any) -> bool:
    """Whether it can be called with a third argument, `algorithm`."""
    try:
        return "algorithm" in inspect.signature(get_ha1).parameters
    except (TypeError, ValueError):
        return False


def digest_auth(
    realm: str, get_ha1: Callable[..., str | None], key: Any, debug: bool = False, accept_charset: str = "utf-8"
) -> None:
    """As the tool, for the request that is being answered, in an application where the tool is there."""
    request = present()
    if request.app is None:
        raise RuntimeError("no request is being answered here, so nobody can be asked for a password")
    settings = {"realm": realm, "get_ha1": get_ha1, "key": key, "debug": debug, "accept_charset": accept_charset}
    tool = request.app.toolboxes["tools"].auth_digest
    tool.before_handler(request, request.response, tool.plan(settings))


def get_ha1_dict_plain(user_password_dict: Mapping[str, str]) -> Callable[..., str | None]:
    """A `get_ha1` for passwords as they are, by user: it has every algorithm."""
    from kirsch.http.digest import ha1

    def get_ha1(realm: str, username: str, algorithm: str = "MD5") -> str | None:
        password = user_password_dict.get(username)
        return ha1(algorithm, username, realm, password) if password else None

    return get_ha1


class HA1s:
    """See get_ha1_dict(). algorithms: that everybody has, as a client that is offered others would choose these."""

    def __init__(self, known: Mapping[str, str | Mapping[str, str]]) -> None:
        self._known = known
        each = [{"MD5": ha1} if isinstance(ha1, str) else ha1 for ha1 in known.values()]
        first = each[0] if each else MD5_ONLY
        self.algorithms = tuple(name for name in first if all(name in one for one in each)) or MD5_ONLY

    def __call__(self, realm: str, username: str, algorithm: str = "MD5") -> str | None:
        """The one of a user, or None."""
        known = self._known.get(username)
        if known is None or isinstance(known, str):
            return known if algorithm == "MD5" else None
        return known.get(algorithm)


def get_ha1_dict(user_ha1_dict: Mapping[str, str | Mapping[str, str]]) -> Callable[..., str | None]:
    """A `get_ha1` for HA1s by user: one for MD5, or a dict of them by algorithm, the best first."""
    return HA1s(user_ha1_dict)


def get_ha1_file_htdigest(filename: str) -> Callable[..., str | None]:
    """A `get_ha1` for a file as `htdigest` writes it, with lines `user:realm:ha1`; it is read each time."""

    def get_ha1(realm: str, username: str) -> str | None:
        with open(filename, encoding="utf-8") as file:
            for line in file:
                user, _, rest = line.rstrip("\r\n").partition(":")
                their_realm, _, known = rest.rpartition(":")
                if user == username and their_realm == realm:
                    return known
        return None

    return get_ha1


def users_by_hash(usernames: Collection[str]) -> Callable[[str, str, str], str | None]:
    """A `userhash` for these users; the collection may grow."""
    from kirsch.http.digest import hashed

    def find(realm: str, userhash: str, algorithm: str) -> str | None:
        wanted = userhash.lower()
        return next((name for name in usernames if hashed(algorithm, f"{name}:{realm}") == wanted), None)

    return find
