"""The certificate for one's desk."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import pytest

from kirsch.app.place import ConfigError
from kirsch.run import devcert
from kirsch.run.devcert import dev_certificate
from kirsch.server.certificate import shown_by


def test_made_once(tmp_path):
    """It is for this machine, readable by us alone, and used again as long as it lasts."""
    path = dev_certificate({"XDG_CACHE_HOME": str(tmp_path)})
    first = Path(path).read_bytes()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    names = {value for _, value in shown_by(context, path)["subjectAltName"]}

    assert {"localhost", "127.0.0.1"} <= names
    assert Path(path).stat().st_mode & 0o777 == 0o600
    assert Path(dev_certificate({"XDG_CACHE_HOME": str(tmp_path)})).read_bytes() == first


@pytest.mark.parametrize("what", ["old", "broken"])
def test_made_anew(tmp_path, monkeypatch, what):
    """One that is near its end, or none at all, is replaced."""
    path = Path(dev_certificate({"XDG_CACHE_HOME": str(tmp_path)}))
    first = path.read_bytes()
    if what == "old":
        later = dt.datetime.now(dt.UTC) + dt.timedelta(days=devcert.DAYS - 3)
        monkeypatch.setattr(devcert, "_now", lambda: later)
    else:
        path.write_text("broken")
    dev_certificate({"XDG_CACHE_HOME": str(tmp_path)})
    assert path.read_bytes() not in (first, b"broken")


def test_without_the_extra(tmp_path, monkeypatch):
    """Without the library it says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "cryptography", None)
    with pytest.raises(ConfigError, match=r"pip install 'kirsch\[tls\]"):
        dev_certificate({"XDG_CACHE_HOME": str(tmp_path)})
