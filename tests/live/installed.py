"""Programs of the system that some tests need: others' proxies, and a browser.

On a machine of a user's a test without its program is skipped, with the reason; where CI is set, it fails.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess

import pytest

from tests.server.wire import eventually


def found(name):
    """The path of a program."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not installed")
    return path


def _answers(port):
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def running(command, *ports):
    """A program that listens on these ports, while it is needed."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        up = eventually(lambda: process.poll() is not None or all(_answers(port) for port in ports))
        assert up, command
        assert process.poll() is None, process.communicate()[0].decode()
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=10)


def browsed(url, folder, *flags):
    """The page at this address as Chromium shows it after its scripts have run, as HTML. What it says is in `said`."""
    command = [
        found("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
        f"--user-data-dir={folder}", "--virtual-time-budget=5000", "--dump-dom", *flags, url,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    (folder / "said").write_bytes(done.stderr)
    return done.stdout.decode()
