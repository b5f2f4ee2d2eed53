"""Clients of others: curl speaks Digest, and a real browser sends forms of other sites and shows the one to log in."""

from __future__ import annotations

import subprocess

import pytest

import kirsch
from kirsch.toolbox.auth_basic import checkpassword_dict
from kirsch.toolbox.auth_digest import get_ha1_dict_plain
from tests.app.pages import LonelyApplication
from tests.live.installed import browsed, found
from tests.server.wire import serving

pytestmark = pytest.mark.slow

USERS = {"ada": "löve lace"}
SENDING = """<!DOCTYPE html><form method="post" action="{action}"><input name="a" value="1"></form>
<script>document.forms[0].submit()</script>"""


class Root:
    """Who asks; and a form that a browser sends at once."""

    @kirsch.expose
    def default(self, *args, **params):
        return f"<p>done {kirsch.request.login} {kirsch.request.method} {sorted(params.items())}"

    @kirsch.expose
    def sending(self, action):
        return SENDING.format(action=action)


def server(**settings):
    """A server of these pages, all with these settings."""
    config = {"/": {f"tools.{name}": value for name, value in settings.items()}}
    return serving(LonelyApplication(Root(), "", config).handle)


def curl(*options):
    """What it is answered: the body, and a line with the status."""
    command = [found("curl"), "--silent", "--max-time", "20", "--write-out", "\n%{http_code}", *options]
    return subprocess.run(command, capture_output=True, timeout=30, check=False).stdout.decode()


@pytest.mark.parametrize("algorithms", [["MD5"], ["SHA-256"], ["SHA-256-sess"], ["SHA-256", "MD5"]])
@pytest.mark.parametrize(("password", "status"), [("löve lace", 200), ("love lace", 401)])
def test_curl_speaks_digest(algorithms, password, status):
    """By each algorithm that it knows (versions before 8.8 take SHA-256 for SHA-512-256), with queries and forms."""
    digest = {"realm": "A realm", "get_ha1": get_ha1_dict_plain(USERS), "key": "a key", "algorithms": algorithms}
    settings = {"auth_digest.on": True} | {f"auth_digest.{name}": value for name, value in digest.items()}
    with server(**settings) as running:
        url = f"http://127.0.0.1:{running.port}/x/a%20b?y=%2F"
        told = [curl("--digest", "--user", f"ada:{password}", *more, url) for more in ([], ["--data", "z=1"])]

    assert [text.rpartition("\n")[2] for text in told] == [str(status)] * 2
    assert ("done ada POST" in told[1]) is (status == 200)


def test_curl_speaks_basic():
    """With letters of any language."""
    basic = {"auth_basic.on": True, "auth_basic.realm": "A", "auth_basic.checkpassword": checkpassword_dict(USERS)}
    with server(**basic) as running:
        told = curl("--user", "ada:löve lace", f"http://127.0.0.1:{running.port}/")

    assert told == "<p>done ada GET []\n200"


@pytest.mark.parametrize(("host", "expected"), [("localhost", "done None POST"), ("127.0.0.1", "403 Forbidden")])
def test_a_browser_sends_the_form_of_another_site(host, expected, tmp_path):
    """A page of this origin may send it, and one of another may not, whatever cookies the browser has."""
    with server(**{"csrf.on": True}) as running:
        action = f"http://localhost:{running.port}/x"
        shown = browsed(f"http://{host}:{running.port}/sending?action={action}", tmp_path)

    assert expected in shown


def test_a_browser_shows_the_form_to_log_in(tmp_path):
    """Though the answer is a 401: it is of a scheme that browsers leave to the page."""
    auth = {"session_auth.on": True, "session_auth.check_username_and_password": lambda user, password: "no"}
    with server(**{"sessions.on": True}, **auth) as running:
        shown = browsed(f"http://localhost:{running.port}/x", tmp_path)

    assert "<h1>Log in</h1>" in shown
