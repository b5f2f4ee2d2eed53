from __future__ import annotations

import ast
import tokenize
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kirsch
from kirsch.migration.edits import applied
from kirsch.migration.python import migrated_python

FACE = {*dir(kirsch), *kirsch.__all__}

LINES = [
    ("import cherrypy", "import kirsch"),
    ("import os, cherrypy  # both", "import os, kirsch  # both"),
    ("import cherrypy as cp; cp.threadData", "import kirsch as cp; cp.thread_data"),
    ("import cherrypy.lib.static", "import kirsch.lib.static"),
    ("import cherrypy.lib.static as s", "import kirsch.lib.static as s"),
    ("import cherrypy.process.plugins", "import kirsch.process.plugins"),
    ("from cherrypy import expose, HTTPError as E", "from kirsch import expose, HTTPError as E"),
    ("from cherrypy import threadData", "from kirsch import thread_data as threadData"),
    ("from cherrypy import *", "from kirsch import *"),
    ("from cherrypy.lib import static, sessions", "from kirsch.lib import static, sessions"),
    ("from cherrypy.lib import static, file_generator", "from kirsch.lib import static, file_generator"),
    ("from cherrypy.lib.static import serve_file", "from kirsch.lib.static import serve_file"),
    ("from  cherrypy.process import (plugins,\n  servers)", "from  kirsch.process import (plugins,\n  servers)"),
    ("from cherrypy._cperror import HTTPRedirect, NotFound", "from kirsch import HTTPRedirect, NotFound"),
    ("from cherrypy._cpdispatch import Dispatcher", "from kirsch.dispatch import Dispatcher"),
    ("from cherrypy import CherryPyException", "from kirsch import KirschError as CherryPyException"),
    ("from .cherrypy import thing", "from .cherrypy import thing"),
]
USES = [
    ("@cherrypy.expose\ndef f(): pass", "@kirsch.expose\ndef f(): pass"),
    ("cherrypy.request.remote_addr", "kirsch.request.remote.ip"),
    ("cherrypy.request.headerMap['X'].lower()", "kirsch.request.headers['X'].lower()"),
    ("r = cherrypy.response\nr.simple_cookie['a']", "r = kirsch.response\nr.cookie['a']"),
    ("f'é {cherrypy.request.remoteAddr!r:>{cherrypy.x}}'", "f'é {kirsch.request.remote.ip!r:>{kirsch.x}}'"),
    ("cherrypy._cptools.Tool", "kirsch.Tool"),
    ("cherrypy._cpdispatch.Dispatcher()", "kirsch.dispatch.Dispatcher()"),
    ("cherrypy.lib.static.serve_file('/x')", "kirsch.lib.static.serve_file('/x')"),
    ("cherrypy.root = Root()  # here", "kirsch.tree.mount(Root())  # here"),
    ("cherrypy.engine.on_stop_thread_list.append(f)", 'kirsch.engine.subscribe("stop_thread", f)'),
    ("cherrypy.Tool('before_main', f)", "kirsch.Tool('before_handler', f)"),
    ('cherrypy.request.hooks.attach("before_main", f)', 'kirsch.request.hooks.attach("before_handler", f)'),
    ("getLogger('cherrypy.access.1')", "getLogger('kirsch.access.1')"),
    ("cherrypy.config['server.log_file']", "kirsch.config['log.error_file']"),
    ("cherrypy.config.get('autoreload.on')", "kirsch.config.get('engine.autoreload.on')"),
    ("{u'gzip_filter.on': 1, 'x': 2}", "{u'tools.gzip.on': 1, 'x': 2}"),
    ("{'static_filter.on': 1, 'static_filter.file': 2}", "{'tools.staticfile.on': 1, 'tools.staticfile.filename': 2}"),
    ("class A:\n    _cp_config = {'stream_response': True}", "class A:\n    _cp_config = {'response.stream': True}"),
    ("{'/': {'stream_response': True}}", "{'/': {'response.stream': True}}"),
    ("{'stream_response': True}", "{'stream_response': True}"),  # who knows what that is
    ("'cherrypy.request'", "'cherrypy.request'"),
]  # fmt: skip
DECIDED = [
    ("import cherrypy.wsgiserver", "wsgiserver"),
    ("from cherrypy import _cpserver", "_cpserver"),
    ("from cherrypy.process import wspbus", "wspbus"),
    ("cherrypy.engine.start(blocking=False)", "blocking"),
    ("cherrypy.config.update(file='x')", "file"),
    ("cherrypy.request.browser_url", "browser_url"),
    ("cherrypy.request.execute_main = False", "execute_main"),
    ("class A:\n    _cp_filters = []", "_cp_filters"),
    ("cherrypy.lib.safemime.Parser", "safemime"),
    ("(cherrypy\n.request).remote_addr", "remote_addr"),
    ("{'static_filter.root': '/'}", "static_filter.root"),
    ("{'xmlrpc_filter.on': True}", "xmlrpc_filter.on"),
    ("{'tools.sessions.storage_type': 'ram'}", "storage_type"),
    ("patch('cherrypy.lib.sessions')", "cherrypy.lib.sessions"),
    ("{'tools.' 'x': 1, 'server.' 'log_file': 1}", "server.log_file"),
]


def migrated(text):
    """The text as it is to be."""
    return applied(text, migrated_python(text, FACE).edits)


@pytest.mark.parametrize(("before", "after"), LINES)
def test_imports(before, after):
    """Each name is had from where it is now; what only looks alike stays."""
    assert migrated(before) == after


@pytest.mark.parametrize(("before", "after"), USES)
def test_uses(before, after):
    """Names, and old names, get those of today; all else of a line stays."""
    assert migrated(f"import cherrypy\n{before}\n") == f"import kirsch\n{after}\n"


@pytest.mark.parametrize(("text", "named"), DECIDED)
def test_what_a_person_must_decide(text, named):
    """It is left as it is, but for the package, and named with its line and a page to read."""
    outcome = migrated_python(f"import cherrypy\n{text}", FACE)
    assert [named in each.what for each in outcome.decisions] == [True]
    assert outcome.decisions[0].line >= 2
    assert named.rpartition(".")[2] in applied(text, [])


@pytest.mark.parametrize(
    "use",
    ["def f(cherrypy): return cherrypy", "kirsch = 1", "def kirsch(): pass", "from other import cherrypy",
     "def f():\n    global cherrypy", "for kirsch in (): pass"],
)  # fmt: skip
def test_a_name_that_stands_for_something_else_too(use):
    """Then `cherrypy` stays the name in this file, for Kirsch."""
    text = f"import cherrypy\n{use}\ncherrypy.request.remote_addr"
    assert migrated(text) == f"import kirsch as cherrypy\n{use}\ncherrypy.request.remote.ip"


def test_a_program_of_others_is_left_alone():
    """Without CherryPy, no key and no text is touched."""
    assert migrated("x = {'server.log_file': 1}\ngetLogger('cherrypy.access')") == (
        "x = {'server.log_file': 1}\ngetLogger('cherrypy.access')"
    )


PIECES = [before for before, _ in (*LINES, *USES)] + [text for text, _ in DECIDED]
SPACE = st.sampled_from(
    ["", "\n", "# cherrypy.root = 1 \u2028 é\n", "'''cherrypy\n\f'''\n", "x = 'é'; ", "\t\n", "if 1: "]
)


@given(st.lists(st.tuples(SPACE, st.sampled_from(PIECES)), max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_any_program(parts, newline):
    """What comes out is Python, a second time changes nothing, and lines without a change are the same."""
    text = "import cherrypy\n" + "\n".join(space + piece for space, piece in parts) + "\n"
    try:
        ast.parse(text := text.replace("\n", newline))
    except SyntaxError:
        return
    outcome = migrated_python(text, FACE)
    after = applied(text, outcome.edits)
    ast.parse(after)
    assert migrated(after) == after
    assert _comments(after) == _comments(text)
    touched = {text.count("\n", 0, edit.start) for edit in outcome.edits}
    lines = zip(text.split("\n"), after.split("\n"), strict=True)
    assert all(one == other for number, (one, other) in enumerate(lines) if number not in touched)


def _comments(text):
    tokens = tokenize.generate_tokens(StringIO(text, newline="").readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]
