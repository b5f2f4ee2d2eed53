"""The verbs that serve, as somebody uses them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.house import ROOT
from tests.live.test_workers import LONG, Served

PROGRAM = """
import kirsch

class Root:
    @kirsch.expose
    def index(self):
        return "hello"
"""

WSGI = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello from " + environ["wsgi.url_scheme"].encode()]
"""


def command(folder, *arguments, **environ):
    """Run the command to its end."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **environ}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "kirsch", *arguments],
        cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


class Single(Served):
    """A program that is served by one process, for production or at a desk."""

    def __init__(self, folder, verb, text):
        super().__init__(folder, verb=verb, text=text, arguments=())

    def end(self, number=signal.SIGTERM):
        """Its status after a signal."""
        self.process.send_signal(number)
        return self.process.wait(LONG)


@pytest.fixture
def serve(tmp_path):
    """Serve a program: run or dev."""
    served = []

    def begin(verb, text):
        served.append(Single(tmp_path, verb, text))
        served[0].until(served[0].ask)
        return served[0]

    yield begin
    served[0].process.kill()
    served[0].process.wait()


def test_run(serve, tmp_path):
    """A program is served until it is told to end, with status 0; `health` says that it is well, or not."""
    served = serve("run", PROGRAM)
    assert served.ask() == "hello"
    well = command(tmp_path, "health", "--port", str(served.port))
    assert (well.returncode, well.stdout) == (0, "200 OK\n")
    assert command(tmp_path, "health", f"http://127.0.0.1:{served.port}/nothing").stdout == "404 Not Found\n"
    (tmp_path / "env").write_text(f"PORT={served.port}\n")
    assert command(tmp_path, "health", "--env-file", "env", "--json").stdout == '{"well": true, "status": 200}\n'
    assert served.end() == 0
    ill = command(tmp_path, "health", "--port", str(served.port))
    assert (ill.returncode, "refused" in ill.stderr) == (1, True)


LINKS = PROGRAM.replace('return "hello"', 'return kirsch.url("/there", base="")')


def test_root_path(tmp_path):
    """Behind a proxy that takes a path off, links lead there."""
    served = Served(tmp_path, text=LINKS, arguments=("--root-path", "/shop"))
    try:
        served.until(served.ask)
        assert served.ask() == "/shop/there"
    finally:
        served.process.kill()
        served.process.wait()


def test_run_a_wsgi_application(serve):
    """Any WSGI application is served the same way."""
    assert serve("run", WSGI).ask() == "hello from http"


def test_factory(tmp_path):
    """A function that makes a WSGI application is called: one that needs nothing by itself, any other by --factory."""
    makers = WSGI + "def create(mode=None, start_response=None): return application\n"
    served = Served(tmp_path, text=makers, arguments=("app:create", "--factory"))
    try:
        served.until(served.ask)
        assert served.ask() == "hello from http"
    finally:
        served.process.kill()
        served.process.wait()


def test_dev_runs_anew(serve):
    """At the desk a change is served soon; what is broken is told of, and waited for; whatever the environment is."""
    served = serve("dev", PROGRAM + "kirsch.config.update({'environment': 'production'})\n")
    served.program.write_text("1 / 0")
    served.until(lambda: "waiting for a change" in served.log.read_text())
    served.program.write_text(PROGRAM.replace("hello", "good morning"))
    served.until(lambda: served.ask() == "good morning")
    assert "ZeroDivisionError" in served.log.read_text()
    assert served.end() == 0


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["run", "--port", "80000"], 3, "--port: expected an int from 0 to 65535"),
        (["run", "nowhere:app"], 3, "there is no module 'nowhere'"),
        (["run"], 3, "say which application is meant: --app module:name"),
        (["run", "--limit-max-requests", "5"], 3, "needs --workers"),
        (
            ["run", "wsgiref.simple_server:demo_app", "--tls-cert", "no.pem"],
            1,
            "server.ssl_certificate: no.pem is not there",
        ),
        ([], 2, "serve at your desk"),
        (["run", "--nonsense"], 2, "unrecognized arguments: --nonsense"),
    ],
)
def test_what_is_wrong(tmp_path, arguments, status, said):
    """What is wrong on the command line is said in a line, without a traceback."""
    done = command(tmp_path, *arguments)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_asgi_is_told_apart(tmp_path):
    """An ASGI application is refused as what it is."""
    (tmp_path / "app.py").write_text("async def app(scope, receive, send): ...\n")
    done = command(tmp_path, "run")
    assert "is an ASGI application" in done.stderr
    assert done.returncode == 3


def test_version(tmp_path):
    """The version, of Python too."""
    done = command(tmp_path, "--version")
    assert done.stdout.startswith("kirsch ")
    assert sys.version.split()[0] in done.stdout


def test_shell(tmp_path):
    """Python, with the program loaded and not served."""
    (tmp_path / "app.py").write_text(PROGRAM + "\nkirsch.quickstart(Root())\n")
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "kirsch", "shell"]
    given = "print('mounted', app, kirsch.engine.state)\n"
    done = subprocess.run(
        command, input=given, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert "mounted <Application Root at '/'> states.STOPPED" in done.stdout
    assert done.returncode == 0


def test_cherryd(tmp_path):
    """The flags of CherryPy's command: modules that mount, config files for site and application, an environment."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "shop.py").write_text(PROGRAM + "\nkirsch.tree.mount(Root(), '/shop')\n")
    (tmp_path / "site.conf").write_text(
        "[global]\nserver.socket_port = 0\n[/]\nresponse.headers.X-From = 'site.conf'\n"
    )
    (tmp_path / "asks.py").write_text(
        "import urllib.request, kirsch\n"
        "def ask():\n"
        "    answer = urllib.request.urlopen(kirsch.server.base() + '/shop/')\n"
        "    print(answer.read().decode(), answer.headers['X-From'], flush=True)\n"
        "    kirsch.engine.exit()\n"
        "kirsch.engine.subscribe('started', ask)\n"
    )
    done = command(
        tmp_path, "cherryd", "-P", "pages", "-i", "shop", "-i", "asks", "-c", "site.conf", "-e", "production"
    )
    assert (done.returncode, done.stdout.split()) == (0, ["hello", "site.conf"]), done.stderr


def test_cherryd_without_cgi(tmp_path):
    """What is not spoken any more is said."""
    done = command(tmp_path, "cherryd", "-f")
    assert (done.returncode, "FastCGI is not spoken any more" in done.stderr) == (3, True)


def test_who_reads_has_seen_enough(tmp_path):
    """As with `kirsch routes | head`: the command ends, and complains to nobody."""
    (tmp_path / "app.py").write_text(PROGRAM)
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "kirsch", "routes"],
            cwd=tmp_path, env=environ, stdout=gone, stderr=subprocess.PIPE, timeout=60, check=False,
        )  # fmt: skip

    assert (done.returncode, done.stderr) == (1, b"")
