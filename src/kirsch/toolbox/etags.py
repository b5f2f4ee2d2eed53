"""Tags by which clients ask whether what they have is still good, and are told 304 without a body if it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kirsch.app.conditions import READING, settle, validate
from kirsch.app.context import present
from kirsch.http.codes import parse_status
from kirsch.options import Option, Options
from kirsch.toolbox.prepared import PreparedTool

if TYPE_CHECKING:
    from kirsch.app.request import Request
    from kirsch.app.response import Response


class ETagsSettings(Options):
    """What config says of the tool."""

    autotags = Option(False, "Make a tag of the body of a page that has none.")
    debug = Option(False, "Say in the log what was answered.")


class ETags(PreparedTool):
    """Answers 304 or 412 by the page's ETag and Last-Modified where it is read; others have been changed by now."""

    priority = 75
    choices: ClassVar = ETagsSettings

    def __init__(self) -> None:
        super().__init__()
        self.callable = validate_etags

    def before_finalize(self, request: Request, response: Response, plan: ETagsSettings) -> None:
        """Tag the page if that is wanted, and have the conditions of the request decide."""
        if request.method not in READING or getattr(request, "cached", False):
            return
        if plan.autotags:
            tag(response)
        settle(request, response)
        if plan.debug and request.log is not None:
            request.log(f"{response.status or 200}, ETag {response.headers.get('ETag')}", "TOOLS.ETAGS")


def tag(response: Response) -> None:
    """Give a whole page a tag that follows from its body. A stream stays one: its end is not waited for."""
    import hashlib

    if "ETag" in response.headers or response.stream or parse_status(response.status)[0] != 200:
        return
    response.headers["ETag"] = f'"{hashlib.blake2b(response.collapse_body(), digest_size=16).hexdigest()}"'


def validate_etags(autotags: bool = False, debug: bool = False) -> None:
    """For a handler that has set `response.headers["ETag"]`: raise HTTPRedirect 304 or HTTPError 412 where due.

    autotags: make a tag of `response.body` first. To be called before the handler changes anything.
    """
    request = present()
    if autotags and request.method in READING:
        tag(request.response)
    validate(request, request.response)
    if debug and request.log is not None:
        request.log("go on", "TOOLS.ETAGS")


def validate_since() -> None:
    """The same, for a handler that has set `response.headers["Last-Modified"]`."""
    validate_etags()
