"""A real browser on a page of one origin asks another one."""

from __future__ import annotations

import json

import pytest

import kirsch
from tests.app.pages import LonelyApplication
from tests.live.installed import browsed
from tests.server.wire import serving

pytestmark = pytest.mark.slow

PAGE = """<!DOCTYPE html><pre id="out">waiting</pre><script>
const ask = async (path, init) => {{
  try {{ const a = await fetch("http://127.0.0.1:{port}" + path, init); return [a.status, await a.text()]; }}
  catch (error) {{ return ["refused"]; }}
}};
(async () => {{
  const json = {{method: "PUT", body: "1", headers: {{"Content-Type": "application/json"}}}};
  document.getElementById("out").textContent = JSON.stringify([
    await ask("/open/page"), await ask("/open/fails"), await ask("/open/page", json), await ask("/closed/page"),
    await ask("/closed/page", json), await ask("/open/page", {{credentials: "include"}}),
  ]);
}})();
</script>"""


class Branch:
    """Two pages."""

    @kirsch.expose
    def page(self):
        return kirsch.request.method

    @kirsch.expose
    def fails(self):
        raise kirsch.HTTPError(409, "no")


class Root:
    """The same twice."""

    open = Branch()
    closed = Branch()


class Page:
    """The page that asks."""

    def __init__(self, port):
        self.port = port

    @kirsch.expose
    def index(self):
        return PAGE.format(port=self.port)


def test_what_a_browser_lets_a_page_see(tmp_path):
    """Answers and errors of what is open to it, after asking beforehand; nothing of the rest."""
    opened = {"tools.cors.on": True, "tools.cors.methods": ["GET", "PUT"], "tools.cors.headers": ["Content-Type"]}
    other = LonelyApplication(Root(), "", {"/open": opened})
    with serving(other.handle) as asked, serving(LonelyApplication(Page(asked.port)).handle) as server:
        other.merge({"/open": {"tools.cors.origins": [f"http://localhost:{server.port}"]}})
        shown = browsed(f"http://localhost:{server.port}/", tmp_path)

    seen = json.loads(shown.partition('<pre id="out">')[2].partition("</pre>")[0])
    assert [each[0] for each in seen] == [200, 409, 200, "refused", "refused", "refused"]
    assert (seen[0][1], seen[2][1]) == ("GET", "PUT")
