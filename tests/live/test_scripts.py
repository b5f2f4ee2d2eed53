"""A real browser under a Content-Security-Policy with a nonce."""

from __future__ import annotations

import pytest

import kirsch
from tests.app.pages import LonelyApplication
from tests.live.installed import browsed
from tests.server.wire import serving

pytestmark = pytest.mark.slow

PAGE = """<!DOCTYPE html><p id="good"></p><p id="evil"></p>
<script nonce="{0}">document.getElementById("good").textContent = "it ran";</script>
<script>document.getElementById("evil").textContent = "it ran";</script>
<img src="x" onerror="document.getElementById('evil').textContent = 'it ran'">"""


class Root:
    """A page with a script of its own, and what somebody has put into it."""

    @kirsch.expose
    def index(self):
        return PAGE.format(getattr(kirsch.request, "csp_nonce", ""))


@pytest.mark.parametrize(("on", "evil"), [(True, ""), (False, "it ran")])
def test_scripts_without_the_nonce_do_not_run(tmp_path, on, evil):
    """The page's own script runs; others run only where the tool is off."""
    config = {"tools.security_headers.on": on, "tools.security_headers.csp": "script-src 'nonce'"}
    with serving(LonelyApplication(Root(), "", {"/": config}).handle) as server:
        shown = browsed(f"http://localhost:{server.port}/", tmp_path)

    assert '<p id="good">it ran</p>' in shown
    assert f'<p id="evil">{evil}</p>' in shown


def test_the_page_for_errors_has_its_style(tmp_path):
    """Its hash is in the policy, and the browser agrees."""

    class Failing:
        @kirsch.expose
        def index(self):
            raise kirsch.HTTPError(404)

    config = {"tools.security_headers.on": True, "tools.security_headers.csp": "default-src 'none'"}
    with serving(LonelyApplication(Failing(), "", {"/": config}).handle) as server:
        shown = browsed(f"http://localhost:{server.port}/", tmp_path, "--enable-logging=stderr")

    assert '<p class="code">404</p>' in shown
    assert "Content Security Policy" not in (tmp_path / "said").read_text()
