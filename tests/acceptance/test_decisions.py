"""Section 19 of the acceptance list: where old notes and the code disagreed, and what was decided."""

from __future__ import annotations

import pytest

import kirsch as cherrypy
from tests.acceptance.rows import ROWS
from tests.acceptance.sites import Users


class Root(Users):
    @cherrypy.expose
    def session(self):
        cherrypy.session["word"] = "secret"

    @cherrypy.expose
    def cookie(self):
        cherrypy.response.cookie["n"] = "x"
        cherrypy.response.cookie["n"]["expires"] = 0

    @cherrypy.expose
    def upload(self, file):
        return f"{file.name} {file.filename!r} {file.value}"

    @cherrypy.expose
    def inside(self, **_):
        raise cherrypy.InternalRedirect("/users/a?x=1")

    @cherrypy.expose
    def text(self):
        return "é"


FORM = {"files": {"file": ("", b"", "text/plain")}}
CASES = [
    ("D-12", "GET", "/users/foo/index", {}, 200, "", "('foo', 'index'), {}"),
    ("Q-04", "GET", "/need", {}, 404, "", None),
    ("Q-04", "POST", "/need", {"data": {"a": "1", "b": "2"}}, 400, "", None),
    ("S-02", "GET", "/session", {}, 200, "Set-Cookie: session_id=", ""),
    ("D-17", "GET", "/sub", {}, 301, "Location: http://localhost/sub/", None),
    ("U-06", "POST", "/upload", FORM, 200, "", "file '' b''"),
    ("C-05", "GET", "/cookie", {}, 200, "Max-Age=0", ""),
    ("T-02", "GET", "/text", {}, 200, "charset=utf-8", "é"),
    ("N-04", "POST", "/inside", {"data": {"y": "2"}}, 200, "", "('a',), {'x': '1'}"),
]
"""Row, method, path, what is sent beside; status, a part of the head, and the body, where it matters."""


@pytest.mark.parametrize(
    ("row", "method", "path", "sent", "status", "head", "body"), CASES, ids=[f"{case[0]} {case[2]}" for case in CASES]
)
def test_decided(client, row, method, path, sent, status, head, body):
    """The facts of today hold, not what the notes said. T-07, T-11, L-02, L-04: see the tests of these rows."""
    cherrypy.tree.mount(Root(), "", {"/session": {"tools.sessions.on": True}})
    answer = client.request(method, path, **sent)

    assert row in ROWS
    assert answer.status == status
    assert head in "\n".join(f"{name}: {value}" for name, value in answer.headers.lines())
    assert body in (None, answer.text)
    assert "secret" not in str(answer.headers.lines())
