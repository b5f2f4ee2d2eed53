"""The bodies of requests: the charsets that forms may be written in, and the content codings that are undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from kirsch.app.errors import HTTPError
from kirsch.http.codings import IDENTITY, READABLE, coding_name, need
from kirsch.http.media import charset_name
from kirsch.options import Check, Option, Options, between
from kirsch.toolbox.prepared import PreparedTool, listed

if TYPE_CHECKING:
    from kirsch.app.request import Request


CHARSETS = Check(
    "of charsets that Python knows",
    lambda value: all(isinstance(name, str) and charset_name(name) is not None for name in listed(value)),
)
CODINGS = Check(
    f"of {', '.join(READABLE)}",
    lambda value: all(isinstance(name, str) and coding_name(name) in READABLE for name in listed(value)),
)
_NAMES = (str, list, tuple)


class DecodeSettings(Options):
    """What config says of the tool."""

    encoding: Option[Any] = Option(None, "Charsets to try, whatever the client says.", _NAMES, CHARSETS)
    default_encoding: Option[Any] = Option("utf-8", "Charsets to try after those of the client.", _NAMES, CHARSETS)
    codings: Option[Any] = Option((), "Content codings that are undone; 415 for others.", _NAMES, CODINGS)
    maxbytes = Option(16 * 1024 * 1024, "Bytes that may come out of one; 413 beyond.", check=between(1))
    debug = Option(False, "Say in the log what is tried and undone.")


class Plan(NamedTuple):
    """As DecodeSettings, in lists."""

    encoding: list[str]
    default_encoding: list[str]
    codings: list[str]
    maxbytes: int
    debug: bool


class Decode(PreparedTool):
    """Sets `request.body.attempt_charsets`, and has the body decompressed as it is read."""

    choices: ClassVar = DecodeSettings

    def prepare(self, settings: DecodeSettings) -> Plan:
        """The plan. ValueError for a coding that needs a package which is not there."""
        codings = [coding_name(name) for name in listed(settings.codings)]
        for name in codings:
            need(name)
        encoding, default_encoding = listed(settings.encoding), listed(settings.default_encoding)
        return Plan(encoding, default_encoding, codings, settings.maxbytes, settings.debug)

    def before_request_body(self, request: Request, response: Any, plan: Plan) -> None:
        """Prepare the reading. HTTPError 415 for a coding that is not read here."""
        if request.method not in request.methods_with_bodies:
            return
        body = request.body
        if plan.encoding:
            body.charset, body.attempt_charsets = None, list(plan.encoding)
        else:
            body.attempt_charsets = [*body.attempt_charsets, *plan.default_encoding]
        coding = body.coding
        if plan.codings and coding != IDENTITY:
            if coding not in plan.codings:
                accepted = {"Accept-Encoding": ", ".join(plan.codings)}
                raise HTTPError(415, f"a body in {coding} is not read here", headers=accepted)
            body.decode(plan.maxbytes)
            request.headers.pop("Content-Encoding", None)
        if plan.debug and request.log is not None:
            request.log(f"charsets {body.attempt_charsets}, coding {coding}", "TOOLS.DECODE")
