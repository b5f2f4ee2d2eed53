"""Pages that answer by raising: errors, redirects, and what the config says about both."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

import os

from tests.differential.pages.bodies import FILE
from tests.differential.pages.face import cherrypy, public


def raising(make):
    """A page that raises what is made."""

    def page(self, *args, **kwargs):
        raise make()

    page.exposed = True
    return page


class Errors:
    """HTTPError in all forms, and exceptions that are none."""

    forbidden = raising(lambda: cherrypy.HTTPError(403))
    with_message = raising(lambda: cherrypy.HTTPError(403, "said plainly"))
    by_name = raising(lambda: cherrypy.HTTPError(status=409, message="said by name"))
    as_text = raising(lambda: cherrypy.HTTPError("410"))
    with_reason = raising(lambda: cherrypy.HTTPError("403 Not You", "said with a reason"))
    bare = raising(cherrypy.HTTPError)
    unavailable = raising(lambda: cherrypy.HTTPError(503, "said later"))
    teapot = raising(lambda: cherrypy.HTTPError(418))
    unknown = raising(lambda: cherrypy.HTTPError(499, "said in an unknown status"))
    escaped = raising(lambda: cherrypy.HTTPError(400, 'said <b>&amp; "so"'))
    unicode = raising(lambda: cherrypy.HTTPError(400, "said schön Ж"))
    success = raising(lambda: cherrypy.HTTPError(200))
    nonsense = raising(lambda: cherrypy.HTTPError("foo"))
    too_high = raising(lambda: cherrypy.HTTPError(600))
    missing = raising(cherrypy.NotFound)
    missing_path = raising(lambda: cherrypy.NotFound("said/elsewhere"))
    value = raising(lambda: ValueError("a value"))
    key = raising(lambda: KeyError("a key"))
    type = raising(lambda: TypeError("a type"))
    unicode_error = raising(lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no text"))
    assertion = raising(AssertionError)
    stop = raising(StopIteration)
    os_error = raising(lambda: FileNotFoundError("no file"))
    group = raising(lambda: ExceptionGroup("several", [ValueError("one")]))

    @cherrypy.expose
    def handled(self, number):
        with cherrypy.HTTPError.handle(ValueError, 400, "said for a ValueError"):
            return f"handled {int(number)}"

    @cherrypy.expose
    def explained(self, number):
        with cherrypy.HTTPError.handle(ValueError, 422):
            return f"explained {int(number)}"

    @cherrypy.expose
    def attributes(self):
        error = cherrypy.HTTPError("403 Not You", "words")
        return repr([error.code, error.reason, error._message, isinstance(error, Exception), error.status])

    @cherrypy.expose
    def of_not_found(self):
        error = cherrypy.NotFound("/x")
        return repr([error.code, isinstance(error, cherrypy.HTTPError)])

    @cherrypy.expose
    def headers(self):
        names = ("ETag", "Vary", "Last-Modified", "Content-Language", "X-Own", "Cache-Control", "Content-Location")
        for name in (*names, "Expires", "Age", "Content-Encoding", "WWW-Authenticate", "Accept-Ranges", "Allow"):
            cherrypy.response.headers[name] = "x"
        raise cherrypy.HTTPError(403, "said with headers")

    @cherrypy.expose
    def retry(self):
        cherrypy.response.headers["Retry-After"] = "120"
        raise cherrypy.HTTPError(503, "said for now")

    @cherrypy.expose
    def as_json(self):
        cherrypy.response.headers["Content-Type"] = "application/json"
        raise cherrypy.HTTPError(403, "said after JSON")

    @cherrypy.expose
    def after_status(self):
        cherrypy.response.status = 201
        raise ValueError("after a status")

    @cherrypy.expose
    def called(self):
        cherrypy.HTTPError(403, "said by a call")()


def page(status, message, traceback, version):
    """An error page."""
    return f"said by a page: {status} | {message} | {traceback == ''}"


def page_of_pieces(**kwargs):
    """An error page that is a generator."""
    yield "said in "
    yield f"pieces: {kwargs['status']}"


def page_with_more(**kwargs):
    """An error page that changes all that it can."""
    cherrypy.response.status = 202
    cherrypy.response.headers["X-Page"] = "yes"
    cherrypy.response.headers["Content-Type"] = "application/json"
    cherrypy.response.cookie["page"] = "yes"
    return b'{"said": "json"}'


def page_that_leads(**kwargs):
    """An error page that leads elsewhere."""
    raise cherrypy.HTTPRedirect("/walk/")


def page_that_fails(**kwargs):
    """An error page that is none."""
    raise ValueError("in the page")


def own_response():
    """Instead of the page for unexpected errors."""
    cherrypy.response.status = 500
    cherrypy.response.headers["Content-Type"] = "text/plain"
    cherrypy.response.body = b"said by error_response"


def response_that_leads():
    """The same, but it leads elsewhere."""
    raise cherrypy.HTTPRedirect("/walk/")


def response_that_fails():
    """The same, but it fails."""
    raise KeyError("in error_response")


class Paged:
    """Errors with a page of their own; the config of each is below."""

    in_file = raising(lambda: cherrypy.HTTPError(403, "words <i>"))
    made = raising(lambda: cherrypy.HTTPError(403, "words <i>"))
    data = raising(lambda: cherrypy.HTTPError(403, "words"))
    in_pieces = raising(lambda: cherrypy.HTTPError(403, "words"))
    more = raising(lambda: cherrypy.HTTPError(403, "words"))
    leading = raising(lambda: cherrypy.HTTPError(403, "words"))
    failing = raising(lambda: cherrypy.HTTPError(403, "said anyhow"))
    no_file = raising(lambda: cherrypy.HTTPError(403, "said anyhow"))
    by_default = raising(lambda: cherrypy.HTTPError(410, "words"))
    unexpected = raising(lambda: ValueError("words"))
    other_code = raising(lambda: cherrypy.HTTPError(404, "said without a page"))
    own = raising(lambda: ValueError("words"))
    own_leads = raising(lambda: ValueError("words"))
    own_fails = raising(lambda: ValueError("words"))
    own_not_for_errors = raising(lambda: cherrypy.HTTPError(403, "said as usual"))
    thrown = raising(lambda: ValueError("words"))

    in_file._cp_config = {"error_page.403": str(FILE)}
    made._cp_config = {"error_page.403": page}
    data._cp_config = {"error_page.403": lambda **_: b"said in data"}
    in_pieces._cp_config = {"error_page.403": page_of_pieces}
    more._cp_config = {"error_page.403": page_with_more}
    leading._cp_config = {"error_page.403": page_that_leads}
    failing._cp_config = {"error_page.403": page_that_fails}
    no_file._cp_config = {"error_page.403": os.devnull + "/none"}
    by_default._cp_config = {"error_page.default": page}
    unexpected._cp_config = {"error_page.500": page}
    other_code._cp_config = {"error_page.403": page}
    own._cp_config = {"request.error_response": own_response}
    own_leads._cp_config = {"request.error_response": response_that_leads}
    own_fails._cp_config = {"request.error_response": response_that_fails}
    own_not_for_errors._cp_config = {"request.error_response": own_response}
    thrown._cp_config = {"request.throw_errors": True}

    @cherrypy.expose
    def index(self):
        return "index"

    @cherrypy.expose
    def json(self):
        cherrypy.response.headers["Content-Type"] = "application/json"
        raise cherrypy.HTTPError(403, "words")

    json._cp_config = {"error_page.403": page}


class Redirects:
    """Where to, and how."""

    relative = raising(lambda: cherrypy.HTTPRedirect("other"))
    up = raising(lambda: cherrypy.HTTPRedirect("../walk/"))
    rooted = raising(lambda: cherrypy.HTTPRedirect("/walk/"))
    absolute = raising(lambda: cherrypy.HTTPRedirect("http://elsewhere.test/x"))
    secure = raising(lambda: cherrypy.HTTPRedirect("https://elsewhere.test/x?y=z"))
    network = raising(lambda: cherrypy.HTTPRedirect("//elsewhere.test/x"))
    query = raising(lambda: cherrypy.HTTPRedirect("other?a=1&b=2"))
    only_query = raising(lambda: cherrypy.HTTPRedirect("?a=1"))
    fragment = raising(lambda: cherrypy.HTTPRedirect("other#part"))
    empty = raising(lambda: cherrypy.HTTPRedirect(""))
    unicode = raising(lambda: cherrypy.HTTPRedirect("/schön"))
    quoted = raising(lambda: cherrypy.HTTPRedirect("/sch%C3%B6n"))
    spaced = raising(lambda: cherrypy.HTTPRedirect("/a b"))
    markup = raising(lambda: cherrypy.HTTPRedirect("/\"'<b>"))
    data = raising(lambda: cherrypy.HTTPRedirect(b"/walk/"))
    several = raising(lambda: cherrypy.HTTPRedirect(["/walk/", "other"], 300))
    none = raising(lambda: cherrypy.HTTPRedirect([], 304))
    as_number = raising(lambda: cherrypy.HTTPRedirect("/walk/", 200))
    by_url = raising(lambda: cherrypy.HTTPRedirect(cherrypy.url("/walk/", qs={"a": "1"})))
    mail = raising(lambda: cherrypy.HTTPRedirect("mailto:a@site.test"))

    @cherrypy.expose
    def index(self):
        raise cherrypy.HTTPRedirect("other")

    @cherrypy.expose
    def status(self, number):
        raise cherrypy.HTTPRedirect("/walk/", int(number))

    @cherrypy.expose
    def headers(self):
        for name in ("ETag", "X-Own", "Vary", "Content-Language", "Allow", "Expires", "Last-Modified"):
            cherrypy.response.headers[name] = "x"
        raise cherrypy.HTTPRedirect("/walk/")

    @cherrypy.expose
    def unchanged(self):
        for name in ("ETag", "X-Own", "Vary", "Content-Language", "Allow", "Expires", "Last-Modified"):
            cherrypy.response.headers[name] = "x"
        raise cherrypy.HTTPRedirect([], 304)

    @cherrypy.expose
    def attributes(self):
        redirect = cherrypy.HTTPRedirect(["/a", "b"], 307)
        return repr([redirect.status, redirect.urls, isinstance(redirect, Exception)])


class Inside:
    """Redirects that the client does not see."""

    rooted = raising(lambda: cherrypy.InternalRedirect("/inside/shown"))
    relative = raising(lambda: cherrypy.InternalRedirect("shown"))
    query = raising(lambda: cherrypy.InternalRedirect("/inside/shown?a=1&b=2"))
    second = raising(lambda: cherrypy.InternalRedirect("/inside/shown", "c=3"))
    chain = raising(lambda: cherrypy.InternalRedirect("/inside/rooted"))
    circle = raising(lambda: cherrypy.InternalRedirect("/inside/circle"))
    missing = raising(lambda: cherrypy.InternalRedirect("/inside/nowhere"))
    error = raising(lambda: cherrypy.InternalRedirect("/errors/with_message"))
    redirect = raising(lambda: cherrypy.InternalRedirect("/redirects/rooted"))
    streamed = raising(lambda: cherrypy.InternalRedirect("/streams/generator"))

    @cherrypy.expose
    def shown(self, *args, **kwargs):
        request = cherrypy.request
        before = request.prev.path_info if request.prev is not None else None
        return (
            f"{request.method} {request.path_info} {request.query_string} {args!r} {sorted(kwargs.items())!r} {before}"
        )

    @cherrypy.expose
    def with_headers(self):
        cherrypy.response.headers["X-Before"] = "yes"
        cherrypy.response.cookie["before"] = "yes"
        cherrypy.response.status = 202
        raise cherrypy.InternalRedirect("/inside/shown")

    from_stream = public(raising(lambda: cherrypy.InternalRedirect("/inside/shown")))
    from_stream._cp_config = {"response.stream": True}
