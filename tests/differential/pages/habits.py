"""What applications have done for years with the objects they are handed: habits that must go on working."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

from tests.differential.pages.face import cherrypy, has, public
from tests.differential.pages.points import end, hooked, record, start


class JsonError(cherrypy.HTTPError):
    """An error that makes its answer itself."""

    def set_response(self):
        super().set_response()
        cherrypy.response.headers["Content-Type"] = "application/json"
        cherrypy.response.body = b'{"words": "said in JSON"}'
        cherrypy.response.headers.pop("Content-Length", None)


class PageError(cherrypy.HTTPError):
    """An error that makes its page itself."""

    def get_error_page(self, *args, **kwargs):
        return b"said by get_error_page " + kwargs["status" if "status" in kwargs else "message"].encode()[:3]


class Teapot(cherrypy.HTTPError):
    """An error with a status of its own."""

    def __init__(self, message="said by a teapot"):
        super().__init__(418, message)


class Elsewhere(cherrypy.HTTPRedirect):
    """A redirect with a target of its own."""

    def __init__(self):
        super().__init__("/walk/", 307)


def error_response():
    """Makes the usual page, and changes it."""
    cherrypy.HTTPError(500, "said by hand").set_response()
    cherrypy.response.headers["X-Made"] = "yes"


def redirect_response():
    """Answers with a redirect."""
    cherrypy.HTTPRedirect("/walk/").set_response()


class Raised:
    """Errors of the application's own classes."""

    teapot = public(lambda self: Teapot()())
    elsewhere = public(lambda self: Elsewhere()())
    json = public(lambda self: JsonError(403, "words")())
    page = public(lambda self: PageError(403, "words")())
    by_hand = public(lambda self: cherrypy.request.params["none"])
    by_redirect = public(lambda self: cherrypy.request.params["none"])
    by_hand._cp_config = {"request.error_response": error_response}
    by_redirect._cp_config = {"request.error_response": redirect_response}

    @cherrypy.expose
    def urls(self):
        try:
            raise cherrypy.HTTPRedirect("other")
        except cherrypy.HTTPRedirect as redirect:
            return redirect.urls[0]

    @cherrypy.expose
    def traced(self):
        raise ValueError("said in a traceback")

    traced._cp_config = {"request.show_tracebacks": True}

    @cherrypy.expose
    def traced_error(self):
        raise cherrypy.HTTPError(500, "said with tracebacks on")

    traced_error._cp_config = {"request.show_tracebacks": True}

    @cherrypy.expose
    def own_page(self):
        cherrypy.request.error_page[403] = lambda **_: "said by a page that was set on the request"
        raise cherrypy.HTTPError(403, "words")

    @cherrypy.expose
    def own_page_later(self):
        raise cherrypy.HTTPError(403, "said as ever")

    @cherrypy.expose
    def shown(self):
        cherrypy.request.error_page = {"default": lambda **_: "said by a new set of pages"}
        raise cherrypy.HTTPError(410, "words")


def add_lines():
    """Repeated lines, which a map of headers cannot hold."""
    cherrypy.response.header_list.append((b"X-Line", b"one"))
    cherrypy.response.header_list.append((b"X-Line", b"two"))


def join_body():
    """The body as bytes."""
    cherrypy.response.body = b"".join(cherrypy.response.body).upper()


def each_piece():
    """The body piece by piece."""
    record.extend(piece.decode() for piece in cherrypy.response.body)


def collapse():
    """The body as bytes, by the method for it."""
    record.append(repr(cherrypy.response.collapse_body()))


def note_response():
    """What a log of one's own wants to know in the end."""
    response = cherrypy.response
    record.append(f"{response.status!r} {response.output_status!r}")


def note_length():
    """How long the answer is."""
    record.append(str(cherrypy.response.headers.get("Content-Length")))


def note_lines():
    """The lines as they leave."""
    names = sorted(name.lower() for name, _ in cherrypy.response.header_list)
    record.append(repr([name for name in names if name not in (b"date", b"server")]))


def behind_proxy():
    """An own proxy tool."""
    cherrypy.request.remote.ip = cherrypy.request.headers.get("X-Real-Ip", "")
    cherrypy.request.base = "https://proxied.test"


def more_charsets():
    """Another charset to try."""
    cherrypy.request.body.attempt_charsets.insert(0, "iso-8859-1")


def own_processor():
    """What reads a type of one's own."""

    def read(entity):
        entity.params["own"] = entity.fp.read().decode()
        cherrypy.request.own = "read"

    cherrypy.request.body.processors["application/x-own"] = read


def no_other_types():
    """Nothing but forms."""
    cherrypy.request.body.default_proc = cherrypy.HTTPError(415, "said of a type")


def new_query():
    """Another query string."""
    cherrypy.request.query_string = "b=2"


def new_params():
    """Other parameters altogether."""
    cherrypy.request.params = {"c": "3"}


def new_callable():
    """Another function in the same handler."""
    cherrypy.request.handler.callable = lambda *args, **kwargs: f"another {args!r} {sorted(kwargs.items())!r}"


def item_of_kwargs():
    """One more argument, in a dict that is a copy."""
    cherrypy.request.handler.kwargs["z"] = "26"


def page(body=None, **hooks):
    """A page that returns this body, under these hooks."""
    made = hooked(on_start_resource=start, **hooks)
    config = made._cp_config

    def returned(self, *args, **kwargs):
        return body() if callable(body) else f"{args!r} {sorted(kwargs.items())!r}" if body is None else body

    returned.exposed = True
    returned._cp_config = config
    return returned


class Habits:
    """Pages under hooks that reach into the answer and the request."""

    raised = Raised()
    lines = page("lines", on_end_resource=add_lines)
    lines_later = page("lines later", on_end_resource=lambda: None)
    join_text = page("text ä", before_finalize=join_body)
    join_data = page(b"data", before_finalize=join_body)
    join_list = page(["a", "b"], before_finalize=join_body)
    join_pieces = page(lambda: (piece for piece in ("a", "b")), before_finalize=join_body)
    join_none = page(lambda: None, before_finalize=join_body)
    each_text = page("text", before_finalize=each_piece)
    each_list = page(["a", "b"], before_finalize=each_piece)
    collapsed = page(["a", "b"], before_finalize=collapse)
    collapsed_text = page("text", before_finalize=collapse)
    after = page("after", on_end_resource=note_response, on_end_request=note_response)
    after_length = page("after", on_end_resource=note_length, on_end_request=note_length)
    after_lines = page("after", on_end_resource=note_lines)
    proxied = page(
        lambda: f"{cherrypy.request.remote.ip} {cherrypy.url('/x')} {cherrypy.request.base}",
        before_request_body=behind_proxy,
    )
    charsets = page(before_request_body=more_charsets)
    processed = page(before_request_body=own_processor)
    only_forms = page(before_request_body=no_other_types)
    other_params = page(before_handler=new_params)
    other_callable = page(before_handler=new_callable)
    one_more = page(before_handler=item_of_kwargs)
    queried = page(on_start_resource__2=new_query)

    @cherrypy.expose
    def led(self):
        cherrypy.request.base = "https://proxied.test"
        raise cherrypy.HTTPRedirect("/walk/")

    @cherrypy.expose
    def joined(self):
        cherrypy.response.body = b"assigned"
        return b"".join(cherrypy.response.body)

    @cherrypy.expose
    def data_value(self):
        cherrypy.response.headers["X-Data"] = b"data"
        return "data"

    @cherrypy.expose
    def cookie_line(self):
        cherrypy.response.headers["Set-Cookie"] = "by=hand"
        return "cookie"

    @cherrypy.expose
    def fp(self):
        return cherrypy.request.body.fp.read()

    @cherrypy.expose
    def number_of_parts(self, **kwargs):
        return str(len(cherrypy.request.body.parts))

    @cherrypy.expose
    def upload_lines(self, file):
        file.file.seek(2)
        return repr([list(file.file), file.headers["content-type"], file.name])

    @cherrypy.expose
    def upload_value(self, file):
        return repr(file.value)

    @cherrypy.expose
    def same(self):
        return repr(
            [cherrypy.serving.request.path_info, cherrypy.serving.response.status, cherrypy.request.app is not None]
        )


class Changing:
    """What is changed while the site runs, and what the next request sees of it."""

    @cherrypy.expose
    def both(self, value=""):
        before = cherrypy.request.config.get("our.leak", "none")
        cherrypy.request.config["our.leak"] = value
        return before

    @cherrypy.expose
    def update_global(self, value):
        cherrypy.config.update({"our.changed": value})
        return "updated"

    @cherrypy.expose
    def set_global(self, value):
        cherrypy.config["our.changed"] = value
        return "set"

    @cherrypy.expose
    def merge(self, value):
        cherrypy.request.app.merge({"/changing/told": {"our.changed": value}})
        return "merged"

    @cherrypy.expose
    def set_section(self, value):
        cherrypy.request.app.config["/changing/told"]["our.changed"] = value
        return "set"

    @cherrypy.expose
    def set_node(self, value):
        type(self).told._cp_config = {"our.node": value}
        return "set"

    @cherrypy.expose
    def told(self):
        config = cherrypy.request.config
        return f"{config.get('our.changed', '-')} {config.get('our.node', '-')}"

    @cherrypy.expose
    def add_page(self):
        type(self).added = public(lambda self: "a page that came later")
        return "added"


class Timed(cherrypy.Tool):
    """A tool that attaches a second hook when it is set up, as the manual shows it."""

    def __init__(self):
        cherrypy.Tool.__init__(self, "before_handler", self.begin, priority=95)

    def _setup(self):
        cherrypy.Tool._setup(self)
        cherrypy.request.hooks.attach("before_finalize", self.finish, priority=5)

    def begin(self, text="begun"):
        record.append(text)

    def finish(self):
        record.append("finished")


if hasattr(cherrypy.Tool, "_setup"):
    cherrypy.tools.timed = Timed()


class TimedPages:
    """A page under it."""

    timed = hooked(on_start_resource=start)
    timed._cp_config |= {"tools.timed.on": hasattr(cherrypy.tools, "timed"), "hooks.on_end_request.end": end}


class Encoded:
    """Pages under the tool for charsets, which CherryPy has on by default."""

    latin = public(lambda self: "täxt")
    off = public(lambda self: b"bytes")
    other = public(lambda self: setattr(cherrypy.response, "stream", True) or ("t", "ä"))
    all_types = public(lambda self: '{"a": "ä"}')

    if has("tools.encode"):
        latin._cp_config = {"tools.encode.encoding": "iso-8859-1"}
        off._cp_config = {"tools.encode.on": False}
        other._cp_config = {"tools.encode.on": True, "tools.encode.default_encoding": "iso-8859-1"}
        all_types._cp_config = {"tools.encode.text_only": False, "response.headers.Content-Type": "application/json"}


def lower_case_dispatcher():
    """A dispatcher that finds pages whatever the case."""

    class LowerCase(cherrypy.dispatch.Dispatcher):
        def __call__(self, path_info):
            return super().__call__(path_info.lower())

    return LowerCase()


def bare_dispatcher(path_info):
    """A dispatcher that is a function."""
    cherrypy.request.config = cherrypy.config.copy()
    cherrypy.request.handler = lambda *args, **kwargs: f"bare {path_info} {sorted(cherrypy.request.params.items())!r}"


class Plain:
    """A page for the dispatchers to find."""

    @cherrypy.expose
    def page(self, *args):
        return f"page {args!r}"


def mount_own():
    """Mount what is found by dispatchers of the application's own."""
    if has("dispatch.Dispatcher"):
        cherrypy.tree.mount(Plain(), "/lower", {"/": {"request.dispatch": lower_case_dispatcher()}})
        cherrypy.tree.mount(None, "/bare", {"/": {"request.dispatch": bare_dispatcher}})
