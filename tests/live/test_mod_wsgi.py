"""Our applications in Apache, by the file that the manual shows: as our own server answers, and started and ended."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from tests.hosted.hosts import Host, hosted
from tests.house import ROOT
from tests.live.installed import found
from tests.live.test_hosted import ASKED, main
from tests.server.wire import eventually
from tests.servers.ports import free_port
from tests.test_docs import blocks

pytestmark = pytest.mark.slow

MODULES = Path("/usr/lib/apache2/modules")
NEEDED = ("httptools", "msgspec", "multipart", "multipart.py")
APACHE = """
ServerRoot {folder}
PidFile {folder}/pid
ErrorLog {folder}/log
DefaultRuntimeDir {folder}
WSGISocketPrefix {folder}/socket
Listen 127.0.0.1:{port}
{user}
Include /etc/apache2/mods-available/mpm_event.load
Include /etc/apache2/mods-available/authz_core.load
LoadModule wsgi_module {modules}/mod_wsgi.so
{shown}
"""
LESS = {
    "escapes": "Apache answers 404 itself where a path has %2F, unless it is told otherwise",
    "no content": "Apache takes the Content-Type away, which nobody needs",
}
"""What Apache does not do, and why its answer is another one."""


def _site(folder):
    """What the process of Apache may read, which is another user: the site and all that it needs."""
    packages = Path(sysconfig.get_path("platlib"))
    shutil.copytree(ROOT / "src" / "kirsch", folder / "kirsch")
    for name in NEEDED:
        if (packages / name).exists():
            (shutil.copytree if (packages / name).is_dir() else shutil.copy)(packages / name, folder / name)
    (folder / "tests" / "hosted").mkdir(parents=True)
    shutil.copy2(ROOT / "tests/hosted/site_of_all.py", folder / "tests" / "hosted")
    shutil.copy(ROOT / "tests/hosted/wsgi.py", folder)
    folder.chmod(0o755)


@contextlib.contextmanager
def _apache(site, folder):
    """Apache with the site, until the end of the block."""
    port = free_port()
    folder.mkdir()
    folder.chmod(0o777)
    (shown,) = (code for _, name, _, code in blocks(ROOT / "docs/how-to/deployment.md") if name == "site-wsgi.conf")
    shown = shown.replace("/opt/site/.venv/lib/python3.11/site-packages", str(site)).replace("/opt/site", str(site))
    user = "User www-data\nGroup www-data" if os.getuid() == 0 else ""
    text = APACHE.format(folder=folder, port=port, user=user, modules=MODULES, shown=shown.replace("*:80", f"*:{port}"))
    (folder / "apache.conf").write_text(text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    process = subprocess.Popen(
        [found("apache2"), "-DFOREGROUND", "-f", str(folder / "apache.conf")],
        env=environment | {"NOTICED": str(folder / "noticed")}, start_new_session=True,
    )  # fmt: skip
    host = Host("apache2", port, folder, process)
    try:
        assert eventually(host.listens), host.said()
        yield host
    finally:
        host.stop()


@pytest.fixture(scope="module")
def hosts():
    """Apache and our own server."""
    found("apache2")
    if not (MODULES / f"mod_wsgi.so-{sys.version_info[0]}.{sys.version_info[1]}").exists():
        there = [path.name for path in MODULES.glob("mod_wsgi.so-*")]
        if not there and os.environ.get("CI"):
            pytest.fail("mod_wsgi is not installed")
        pytest.skip(f"mod_wsgi is for another Python: {there}")
    with tempfile.TemporaryDirectory(prefix="kirsch-apache-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _site(folder)
        (folder / "own").mkdir()
        with _apache(folder, folder / "apache") as apache, hosted(["own.py", "8080"], folder / "own") as own:
            yield apache, own


@pytest.mark.parametrize("asked", ASKED)
def test_answers_are_those_of_our_own_server(hosts, asked):
    """Status, body and main fields are the same."""
    theirs, ours = (main(host.ask(*ASKED[asked])) for host in hosts)

    assert (theirs == ours) is (asked not in LESS), (theirs, ours)


def test_signals_stay_with_apache(hosts):
    """The environment `embedded` takes none, whatever a program subscribes."""
    assert hosts[0].ask("GET", "/signals")[2] == b""


def test_the_engine_lives_with_the_process(hosts):
    """Started before the first page; it exits with Apache."""
    folder = hosts[0].folder.parent
    with _apache(folder, folder / "other") as apache:
        apache.ask("GET", "/")

    assert (apache.noticed()[0], apache.noticed().count("start")) == ("start", 1)
    assert eventually(lambda: apache.noticed()[-1] == "exit")
