"""`cherrypy.test.helper`: tests that start the site, and ask it; and the site in a process of its own.

New tests use `kirsch.testing`, which needs no server.
"""

from __future__ import annotations

import logging
import re
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from email.utils import parsedate_to_datetime
from html import escape
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from kirsch.compat.cherrypy_test_webtest import WebCase
from kirsch.lib.gctools import GCRoot
from kirsch.run.defaults import config, engine, server, tree

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["CPProcess", "CPWebCase", "log", "log_to_stderr", "setup_client"]

log = logging.getLogger("kirsch.test")
PORT: Final = 54583
"""Where the site is to be found in a test."""
SECONDS: Final = 20.0
"""How long a process may take to answer."""


def log_to_stderr(msg: str, _: int = 0) -> None:
    """A listener of the channel `log`."""
    sys.stderr.write(f"{msg}\n")


def setup_client() -> None:
    """Have tests ask where the server listens."""
    WebCase.PORT = server.socket_port
    WebCase.HOST = server.socket_host
    WebCase.HTTP_CONN = HTTPSConnection if server.secure else HTTPConnection


class CPWebCase(WebCase):
    """See the module. What the method setup_server() of the class mounts is served while its tests run.

    script_name: where it is mounted. date_tolerance: seconds by which times may differ and be equal.
    """

    script_name = ""
    scheme = "http"
    date_tolerance = 2
    do_gc_test = False
    _serving = False

    @classmethod
    def setUpClass(cls) -> None:
        """For unittest: pytest calls setup_class() by itself, and a subclass's must not be called twice."""
        super().setUpClass()
        if not _by_pytest():
            cls.setup_class()

    @classmethod
    def tearDownClass(cls) -> None:
        """For unittest."""
        if not _by_pytest():
            cls.teardown_class()
        super().tearDownClass()

    @classmethod
    def setup_class(cls) -> None:
        """Mount what the class says, on an empty tree, and start."""
        if cls._serving or not hasattr(cls, "setup_server"):
            return
        config.reset()
        config.update({
            "environment": "test_suite", "server.socket_host": "127.0.0.1", "server.socket_port": PORT,
            "server.thread_pool": 10,
        })  # fmt: skip
        tree.apps.clear()
        cls.setup_server()
        tree.mount(GCRoot(), "/gc")
        cls._serving = cls.do_gc_test = True
        engine.start()
        setup_client()

    @classmethod
    def teardown_class(cls) -> None:
        """Stop, and forget what was mounted."""
        if cls._serving:
            cls._serving = False
            engine.exit()
            tree.apps.clear()

    def prefix(self) -> str:
        """Where it is mounted, without a slash at the end."""
        return self.script_name.rstrip("/")

    def base(self) -> str:
        """Scheme, host, port where it is not the usual one, and prefix."""
        usual = 443 if self.scheme == "https" else 80
        port = "" if usual == self.PORT else f":{self.PORT}"
        return f"{self.scheme}://{self.HOST}{port}{self.prefix()}"

    def getPage(self, url: str, *args: Any, **kwargs: Any) -> Any:
        """Ask for a page below the prefix; more arguments as of WebCase."""
        return super().getPage(f"{self.prefix()}{url}", *args, **kwargs)

    def exit(self) -> NoReturn:
        """End the process."""
        raise SystemExit

    def skip(self, msg: str = "skipped") -> NoReturn:
        """Leave this test out."""
        raise unittest.SkipTest(msg)

    def test_gc(self) -> None:
        """No request and no response outlives its answer."""
        if self.do_gc_test:
            super().getPage("/gc/stats")
            self.assertBody("Statistics:")

    def assertErrorPage(self, status: int | str, message: str | None = None, pattern: str | bytes | None = "") -> None:
        """The page is that of an error. pattern: what is to be found in its traceback; None, if there is to be none."""
        self.assertStatus(status)
        if message is not None:
            kind = self.assertHeader("Content-Type")
            self.assertInBody(escape(message) if kind.startswith("text/html") else message)
        shown = b"Traceback" in self.body
        if pattern is None and shown:
            self._fail(None, "There is a traceback in the page")
        elif pattern and re.search(self._as_bytes(pattern), self.body) is None:
            self._fail(None, f"Nothing in the page matches {pattern!r}")

    def assertEqualDates(self, dt1: Any, dt2: Any, seconds: float | None = None) -> None:
        """They lie at most so many seconds apart."""
        limit = self.date_tolerance if seconds is None else seconds
        apart = abs((_time_of(dt1) - _time_of(dt2)).total_seconds())
        if apart > limit:
            raise self.failureException(f"{dt1!r} and {dt2!r} lie {apart:g} seconds apart")


def _by_pytest() -> bool:
    """Whether the tests are run by pytest."""
    return "_pytest.unittest" in sys.modules


def _time_of(said: str | datetime) -> datetime:
    return parsedate_to_datetime(said) if isinstance(said, str) else said


class CPProcess:
    """`cherryd` in a process of its own, with a config in a folder of its own.

    wait: for its end, in start(). ssl: a certificate and its key, by their files.
    """

    config_template = (
        "[global]\nserver.socket_host: {host!r}\nserver.socket_port: {port}\nchecker.on: False\nlog.screen: False\n"
        "log.error_file: {error!r}\nlog.access_file: {access!r}\n{ssl}{extra}\n"
    )

    def __init__(
        self,
        wait: bool = False,
        daemonize: bool = False,
        ssl: tuple[str, str] | None = None,
        socket_host: str | None = None,
        socket_port: int | None = None,
    ) -> None:
        self.wait, self.daemonize, self.ssl = wait, daemonize, ssl
        self.host, self.port = socket_host or server.socket_host, socket_port or server.socket_port
        self.folder = Path(tempfile.mkdtemp(prefix="kirsch-test-"))
        self.config_file = str(self.folder / "test.conf")
        self.pid_file = str(self.folder / "test.pid")
        self.error_log, self.access_log = str(self.folder / "error.log"), str(self.folder / "access.log")
        self.exit_code: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def write_conf(self, extra: str = "") -> None:
        """Write the config. extra: more lines of it."""
        ssl = f"server.ssl_certificate: {self.ssl[0]!r}\nserver.ssl_private_key: {self.ssl[1]!r}\n" if self.ssl else ""
        text = self.config_template.format(
            host=self.host, port=self.port, error=self.error_log, access=self.access_log, ssl=ssl, extra=extra
        )
        Path(self.config_file).write_text(text, "utf-8")

    def start(self, imports: str | list[str] | None = None) -> None:
        """Start it with these modules, and wait until it serves, or has ended."""
        names = [imports] if isinstance(imports, str) else imports or []
        words = ["-c", self.config_file, "-p", self.pid_file, *(["-d"] if self.daemonize else [])]
        words += [word for name in names for word in ("-i", name)]
        command = [sys.executable, "-m", "kirsch.compat", "-m", "cherrypy", *words]
        self._process = subprocess.Popen(command)
        if self.wait or self.daemonize:
            self.exit_code = self._process.wait()
        if not self.wait:
            self._attend()

    def _attend(self) -> None:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and (self.daemonize or self._process is None or self._process.poll() is None):
            try:
                socket.create_connection((self.host, self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return

    def get_pid(self) -> int:
        """Of the process that serves."""
        if self.daemonize:
            return int(Path(self.pid_file).read_text("ascii"))
        if self._process is None:
            raise RuntimeError("it has not been started")
        return self._process.pid

    def join(self) -> None:
        """Wait for its end."""
        if self._process is not None and not self.daemonize:
            self.exit_code = self._process.wait()
        until = time.monotonic() + SECONDS
        while Path(self.pid_file).exists() and time.monotonic() < until:
            time.sleep(0.05)
