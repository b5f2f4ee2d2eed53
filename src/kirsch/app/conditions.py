"""Whether a client's copy is still good, or its change still wanted: conditional requests (RFC 9110 §13).

The If-* fields of a request are held against ETag and Last-Modified of the response that is being made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from kirsch.app.errors import HTTPError, HTTPRedirect
from kirsch.http.codes import parse_status
from kirsch.http.conditional import Current, decide, tag_of_304
from kirsch.http.dates import parse_http_date

if TYPE_CHECKING:
    from kirsch.app.request import Request
    from kirsch.app.response import Response

READING: Final = ("GET", "HEAD")


def judge(request: Request, response: Response) -> Literal[304, 412] | None:
    """What to answer instead of the page; None to go on. With 304, ETag names the copy that is good.

    There is something that `*` can mean if a page is read, or the response has a validator. An answer that is no
    success has no conditions.
    """
    headers = response.headers
    etag, date = headers.get("ETag"), headers.get("Last-Modified")
    if not 200 <= parse_status(response.status)[0] <= 299:
        return None
    modified = parse_http_date(date) if date is not None else None
    exists = request.method in READING or etag is not None or modified is not None
    verdict = decide(request.method, request.headers, Current(etag, modified, exists))
    if verdict == 304 and etag is not None:
        headers["ETag"] = tag_of_304(request.headers, etag)
    return verdict


def validate(request: Request, response: Response) -> None:
    """Raise HTTPRedirect 304 or HTTPError 412 if that is to be answered; to be called before anything is changed."""
    verdict = judge(request, response)
    if verdict == 412:
        raise HTTPError(412, "A condition of your request does not hold.")
    if verdict == 304:
        raise HTTPRedirect([], 304)


def settle(request: Request, response: Response) -> None:
    """As validate(), for a page that is there already: a 304 takes its place, and the hooks behind still see it."""
    try:
        validate(request, response)
    except HTTPRedirect as unchanged:
        unchanged.set_response()
