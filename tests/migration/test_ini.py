from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.migration.edits import applied
from kirsch.migration.ini import migrated_ini

LINES = [
    ("server.log_file = 'x'", "log.error_file = 'x'"),
    ("server.log_file:'x'  ; why", "log.error_file:'x'  ; why"),
    ("autoreload.on=False", "engine.autoreload.on=False"),
    ("tools.gzip.on = True", "tools.gzip.on = True"),
    ("# server.log_file = 'x'", "# server.log_file = 'x'"),
    ("x = 'a'\n  server.log_file = 'x'", "x = 'a'\n  server.log_file = 'x'"),
    ("static_filter.on = 1\nstatic_filter.file = ''", "tools.staticfile.on = 1\ntools.staticfile.filename = ''"),
    ("static_filter.root = '/'\nstatic_filter.dir = ''", "tools.staticdir.root = '/'\ntools.staticdir.dir = ''"),
    ("static_filter.root = 1\nstatic_filter.file = ''", "tools.staticfile.root = 1\ntools.staticfile.filename = ''"),
    ("static_filter.on = 1\n[a]\nstatic_filter.file = 1", "tools.staticdir.on = 1\n[a]\ntools.staticfile.filename = 1"),
]  # fmt: skip


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("before", "after"), LINES)
def test_keys(before, after, newline):
    """Old keys get those of today, by section; what stands around them stays."""
    text = f"[global]\n{before}\n".replace("\n", newline)
    assert applied(text, migrated_ini(text).edits) == f"[global]\n{after}\n".replace("\n", newline)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("request.dispatch = cherrypy.dispatch.MethodDispatcher()", "request.dispatch"),
        ("error_page.404 = my.page", "error_page.404"),
        ("xmlrpc_filter.on = True", "xmlrpc_filter.on"),
        ("virtual_host_filter.a.example = '/a'", "virtual_host_filter.a.example"),
        ("base_url_filter.use_x_forwarded_host = True", "base_url_filter.use_x_forwarded_host"),
    ],
)
def test_what_a_person_must_decide(line, named):
    """Code in values, and keys that have become more than a key, with the line."""
    outcome = migrated_ini(f"[global]\n{line}")
    assert not outcome.edits
    assert [(each.line, named in each.what) for each in outcome.decisions] == [(2, True)]


@given(st.lists(st.sampled_from([before for before, _ in LINES] + ["[/a b]", "", "junk", "é = 'é'", "\f"])))
def test_any_file(lines):
    """A second time changes nothing, and there are as many lines as before."""
    text = "\n".join(lines)
    after = applied(text, migrated_ini(text).edits)
    assert not migrated_ini(after).edits
    assert after.count("\n") == text.count("\n")
