"""From what a page made, or raised, to bytes on their way: error pages, redirects, and sending.

The one place where an exception becomes an answer.
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.debugaccess import may_see
from kirsch.app.errorpage import HTML, PLAIN, ErrorPageFailed, Problem, custom_page, html_page, redirect_body, render
from kirsch.app.errors import HTTPError, HTTPRedirect, InternalRedirect, NotFound, stale_headers
from kirsch.app.hooks import run_hooks
from kirsch.app.links import url
from kirsch.exchange import ClientGone, Exchange, Field, FileBody
from kirsch.http.cachecontrol import without_lifetime
from kirsch.http.headers import Headers
from kirsch.http.urls import join

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kirsch.app.request import Request
    from kirsch.app.response import Response

_TRACEBACKS: Final = "tools.log_tracebacks"
"""The tool by whose name config says how failures are told: they are told by us, as no tool acts on all of them."""

_TEXT: Field = (b"Content-Type", b"text/plain;charset=utf-8")

_log = logging.getLogger("kirsch.error")


def bare(exchange: Exchange, status: int, message: str, fields: Sequence[Field] = ()) -> None:
    """Answer in one line of text, without any application."""
    exchange.reply(status, [_TEXT, *fields], f"{message}\n".encode())


def show(request: Request, response: Response, instead: HTTPError | HTTPRedirect) -> None:
    """Put an error page or a redirect in place of the page, and finalize it. `before_finalize` runs if it has not."""
    if type(instead).set_response in (HTTPError.set_response, HTTPRedirect.set_response):
        put(request, response, instead)
    else:
        instead.set_response()
    points = request.points
    if points.before_finalize and request.stage not in ("before_finalize", "on_end_resource"):
        request.stage = "before_finalize"
        run_hooks(points.before_finalize, request, response)
    response.finalize()


def put(request: Request, response: Response, instead: HTTPError | HTTPRedirect) -> None:
    """Put an error page or a redirect in place of the page."""
    if isinstance(instead, HTTPRedirect):
        _put_redirect(request, response, instead)
    else:
        _put_error(request, response, instead)


def usual_page(request: Request, error: HTTPError, words: Mapping[str, Any]) -> bytes:
    """The page for people, for an error. words: message and traceback, if others than the error's own."""
    message = str(words.get("message") or _message(request, error))
    trace = str(words.get("traceback") or "")
    return html_page(Problem(error.code, error.reason, message, trace, request.unique_id))


def tell(request: Request, error: BaseException, severity: int | None = None) -> None:
    """Write an unexpected error to the log, with the id that stands on its page. severity: if not as config says.

    Its traceback comes with it, unless `tools.log_tracebacks` is off for this path.
    """
    config = request.config
    level = config.get(f"{_TRACEBACKS}.severity", logging.ERROR) if severity is None else severity
    if severity is not None or config.get(f"{_TRACEBACKS}.on", True):
        _log.log(level, "%s failed [%s]", request.request_line, request.unique_id, exc_info=error)
    else:
        summary = traceback.format_exception_only(error)[-1].strip()
        _log.log(level, "%s failed [%s]: %s", request.request_line, request.unique_id, summary)


def fail(request: Request, response: Response, error: BaseException) -> None:
    """An unexpected error: log it, and have it answered as config says. Only InternalRedirect comes out of here."""
    tell(request, error)
    points = request.points
    try:
        if points.before_error_response:
            request.stage = "before_error_response"
            run_hooks(points.before_error_response, request, response)
        if request.error_response is not None:
            request.error_response()
        else:
            _put_error(request, response, HTTPError(500), error)
        if points.after_error_response:
            request.stage = "after_error_response"
            run_hooks(points.after_error_response, request, response)
        response.finalize()
    except HTTPRedirect as redirect:
        try:
            _put_redirect(request, response, redirect)
            response.finalize()
        except Exception:
            _give_up(request, response)
    except InternalRedirect:
        raise
    except Exception:
        _give_up(request, response)


def _give_up(request: Request, response: Response) -> None:
    """The last resort: nothing of the application is asked for it."""
    _log.exception("the answer to that failure failed, too [%s]", request.unique_id)
    _close(response)
    response.status, response.stream, response.source, response.length = 500, False, None, None
    response.headers = Headers([("Content-Type", "text/plain")])
    response.cookie.clear()
    response.body = f"500 Internal Server Error\n{request.unique_id}\n"
    response.finalize()


def _put_redirect(request: Request, response: Response, redirect: HTTPRedirect) -> None:
    response.status = redirect.status_for(request.protocol)
    _clear(response, redirect.status)
    response.body = b""
    page = url(request, "", "", None, None)
    locations = redirect.locations(lambda path: join(page, path))
    if redirect.status != 304 and locations:
        response.headers["Location"] = locations[0]
    if not redirect.bodiless:
        response.headers["Content-Type"] = HTML
        response.body = redirect_body(locations, redirect.status)


def _put_error(request: Request, response: Response, error: HTTPError, cause: BaseException | None = None) -> None:
    response.status = error.status
    _clear(response, error.code)
    message = _message(request, error)
    shown = cause if request.show_tracebacks and _may_see(request) else None
    trace = "".join(traceback.format_exception(shown)) if shown is not None else ""
    problem = Problem(error.code, error.reason, message, trace, request.unique_id)
    response.headers.update(error.headers)
    pages = request.error_page
    page = pages.get(error.code, pages.get("default")) if pages else None
    if type(error).get_error_page is not HTTPError.get_error_page:
        response.headers["Content-Type"] = HTML
        response.page = error.get_error_page(error.status, traceback=trace, message=message)
        return
    if page is None or not _put_custom(response, page, problem):
        accept = request.exchange.head.get(b"accept")
        kind, response.body = render(problem, accept.decode("latin-1") if accept else None, request.error_type)
        response.headers["Content-Type"] = kind
        if shown is not None:
            _put_development(request, response, kind, shown)


def _may_see(request: Request) -> bool:
    """Whether this client may see what developers see: only one on this very machine."""
    fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.exchange.head.fields]
    return may_see(request.exchange.client[0], fields)


def _put_development(request: Request, response: Response, kind: str, error: BaseException) -> None:
    """Put all that can be said of an accident in place of its page, for people; the log has its traceback anyway."""
    from kirsch.app.debugfacts import facts_of

    facts = facts_of(request, request.failed_at)
    if kind == HTML:
        from kirsch.app.debugpage import debug_page
        from kirsch.app.debugstyle import HEADERS

        response.headers.update(HEADERS)
        response.body = debug_page(error, facts)
    elif kind == PLAIN:
        from kirsch.app.debugtext import debug_text

        response.body = debug_text(error, facts)


def _message(request: Request, error: HTTPError) -> str:
    if isinstance(error, NotFound):
        return error.message_for(request.script_name + request.path_info)
    return error.message


def _put_custom(response: Response, page: Any, problem: Problem) -> bool:
    """Put the application's own page for an error; False if that fails, too."""
    response.headers["Content-Type"] = HTML
    status = f"{problem.code} {problem.reason}"
    try:
        response.body = custom_page(page, status, problem.message, problem.traceback or "", "")
    except ErrorPageFailed as failure:
        _log.error("%s [%s]", failure, problem.request_id, exc_info=failure.__cause__)
        return False
    return True


def _clear(response: Response, status: int) -> None:
    """Of the page that was to be, nothing stays but what holds for any answer."""
    response.stream = False
    _close(response)
    headers = response.headers
    for name in stale_headers(status):
        headers.pop(name, None)
    said = headers.pop("Cache-Control", None) if status >= 400 else None
    if said is not None and (left := without_lifetime(said)):  # caches would give the error in place of the page
        headers["Cache-Control"] = left


def _close(response: Response) -> None:
    """What a body does at its end must not stand in the way of what comes instead, or after."""
    try:
        response.discard()
    except Exception:
        _log.exception("a body could not be closed")


def send(request: Request, response: Response) -> None:
    """Send a finalized response. A body in pieces is closed in any case, also when the client has gone."""
    exchange = request.exchange
    body = response.page
    try:
        if type(body) is list:  # a hook has looked at it
            body = b"".join(body)
        if type(body) is bytes:
            exchange.reply(response.code, response.fields, body, response.phrase)
            return
        if type(body) is FileBody:
            response.page = None  # from now on it is for the exchange to close
            exchange.deliver(response.code, response.fields, body, response.phrase)
            return
        exchange.start(response.code, response.fields, response.length, response.phrase)
        if not exchange.bodiless:
            for piece in body:
                if piece:
                    exchange.write(piece)
        exchange.finish()
    except ClientGone as gone:
        _log.debug("%s: %s", request.request_line, gone)
        exchange.abort()
    except Exception:
        _log.exception("%s failed while its answer was being sent [%s]", request.request_line, request.unique_id)
        exchange.abort()
    finally:
        if response.source is not None:
            _close(response)
