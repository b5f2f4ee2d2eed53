"""What a scanner of others says of our TLS."""

from __future__ import annotations

import re
import subprocess

import pytest
import trustme

from tests.server.wire import echo, serving
from tests.servers.daemon import program


@pytest.fixture
def scanned(tmp_path):
    """The report of sslscan about a server with its defaults."""
    sslscan = program("sslscan")
    certificate = tmp_path / "site.pem"
    trustme.CA().issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    with serving(echo, ssl_certificate=str(certificate)) as server:
        command = [sslscan, "--no-colour", f"127.0.0.1:{server.port}"]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def test_no_weak_protocol_or_cipher(scanned):
    """TLS 1.2 and 1.3 alone, with authenticated encryption alone, no renegotiation, no compression."""
    enabled = set(re.findall(r"^(\S+) +enabled$", scanned, re.MULTILINE))
    ciphers = re.findall(r"^(?:Preferred|Accepted) +\S+ +(\d+) bits +(\S+)", scanned, re.MULTILINE)

    assert enabled == {"TLSv1.2", "TLSv1.3"}
    assert ciphers
    assert all(int(bits) >= 128 and re.search("GCM|CHACHA20", name) for bits, name in ciphers)
    assert "Session renegotiation not supported" in scanned
    assert scanned.count("not vulnerable to heartbleed") == 2
