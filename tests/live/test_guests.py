"""Packages of others that build on CherryPy or Cheroot run on ours, as they are."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from websockets.sync.client import connect

from tests.environment import NotMade
from tests.guests.guests import ENVIRONMENT, guest
from tests.live.installed import found

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def environment():
    """Their environment; without it there is nothing to try."""
    try:
        ENVIRONMENT.python()
    except NotMade as error:
        pytest.skip(str(error))


def test_ws4py(tmp_path):
    """Its tool takes the connection over; pages are answered beside it."""
    with guest(tmp_path, "echo.py", "PORT") as it:
        with connect(f"ws://127.0.0.1:{it.port}/echo", compression=None) as one, \
             connect(f"ws://127.0.0.1:{it.port}/echo", compression=None) as other:  # fmt: skip
            for message in ("text", b"bytes", "x" * 100_000):
                one.send(message)
                other.send(message)
                assert it.ask("GET", "/")[2] == b"a page"
                assert (one.recv(5), other.recv(5)) == (message, message)
        assert it.ask("GET", "/echo")[0] == 500  # as ever: there is nothing to switch to


def test_wsgidav(tmp_path):
    """Started by its own command; litmus, which knows WebDAV, finds nothing."""
    (tmp_path / "shared").mkdir()
    litmus = found("litmus")
    config = tmp_path / "config.yaml"
    config.write_text(
        f'host: 127.0.0.1\nprovider_mapping: {{"/": "{tmp_path / "shared"}"}}\nproperty_manager: true\n'
        'lock_storage: true\nsimple_dc: {user_mapping: {"*": true}}\n'
    )
    with guest(tmp_path, "-m", "wsgidav.server.server_cli", "--config", config, "--port", "PORT") as it:
        done = subprocess.run(
            [litmus, "-k", f"http://127.0.0.1:{it.port}/"], cwd=tmp_path, capture_output=True, timeout=60, check=False
        )
        said = done.stdout.decode("latin-1")
        assert (done.returncode, re.findall(r"([0-9]+) passed, ([0-9]+) failed", said)) == (
            0, [("16", "0"), ("13", "0"), ("30", "0"), ("41", "0"), ("4", "0")],
        ), said  # fmt: skip
        assert "Cheroot/11.1.2" in it.ask("GET", "/")[1]["server"]


def test_cherrypy_cors(tmp_path):
    """An origin may read, and is told what it may do."""
    with guest(tmp_path, "other_origins.py", "PORT") as it:
        status, fields, body = it.ask("GET", "/", Origin="http://a")
        assert (status, fields["access-control-allow-origin"], body) == (200, "http://a", b'{"a":1}')
        asked = {"Origin": "http://a", "Access_Control_Request_Method": "PUT"}
        status, fields, _ = it.ask("OPTIONS", "/", **asked)
        assert (status, fields["access-control-allow-methods"]) == (200, "GET, PUT")


def test_routes(tmp_path):
    """Addresses lead to methods, by name and kind of request."""
    with guest(tmp_path, "routed.py", "PORT") as it:
        assert it.ask("GET", "/")[2] == b"index"
        assert it.ask("GET", "/blog/7?a=1")[2] == b"7 {'a': '1'}"
        assert [it.ask(*asked)[0] for asked in (("GET", "/blog/x"), ("DELETE", "/blog/7"))] == [404, 404]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Spyne itself runs up to Python 3.11")
def test_spyne(tmp_path):
    """A service is grafted twice, and answers each in its own way."""
    envelope = (
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:h="hello"><e:Body>'
        b"<h:hello><h:name>x</h:name><h:times>2</h:times></h:hello></e:Body></e:Envelope>"
    )
    with guest(tmp_path, "soap.py", "PORT") as it:
        assert it.ask("GET", "/json/hello?name=x&times=2")[2] == b'["Hello x", "Hello x"]'
        assert b"wsdl:definitions" in it.ask("GET", "/soap/?wsdl")[2]
        assert it.ask("POST", "/soap/", envelope, Content_Type="text/xml")[2].count(b"Hello x") == 2


def test_web_py(tmp_path):
    """Its own server is Cheroot's, and so ours."""
    with guest(tmp_path, "webpy.py", "PORT") as it:
        status, fields, body = it.ask("GET", "/")
        assert (status, fields["set-cookie"], body) == (200, "a=b; Path=/", b"index")
        assert it.ask("GET", "/you?q=1")[2] == b"Hello you 1"
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        assert it.ask("POST", "/x", b"a=1&b=2", **form)[2] == b"[('a', '1'), ('b', '2')]"


def test_pypiserver(tmp_path):
    """With `--server cherrypy`, which Bottle takes for `cherrypy.wsgiserver`: real CherryPy has it no more."""
    upload = (
        b'--b\r\nContent-Disposition: form-data; name=":action"\r\n\r\nfile_upload\r\n--b\r\nContent-Disposition: '
        b'form-data; name="content"; filename="foo-1.0.tar.gz"\r\n\r\n' + bytes(range(256)) * 400 + b"\r\n--b--\r\n"
    )
    command = ("run", "--server", "cherrypy", "-i", "127.0.0.1", "-p", "PORT", "-P", ".", "-a", ".", tmp_path)
    with guest(tmp_path, "-m", "pypiserver", *command) as it:
        assert it.ask("POST", "/", upload, Content_Type="multipart/form-data; boundary=b")[0] == 200
        assert b"foo-1.0.tar.gz" in it.ask("GET", "/simple/foo/")[2]
        assert it.ask("GET", "/packages/foo-1.0.tar.gz")[2] == bytes(range(256)) * 400
        assert "cherrypy.wsgiserver is an old name" in it.said()
