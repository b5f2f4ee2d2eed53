from __future__ import annotations

import socket
import urllib.request

import pytest

from tests.servers.daemon import asked, program

NGINX = """
events {}
http {
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy;
    fastcgi_temp_path fast; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    server { listen 127.0.0.1:{port}; location / { return 200 "nginx"; } }
}
"""
HAPROXY = """
defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 5s
frontend front
    bind 127.0.0.1:{port}
    http-request return status 200 content-type text/plain string haproxy
"""


@pytest.mark.parametrize("name", ["redis_server", "memcached_server", "postgres_server"])
def test_a_server_comes_back(request, name):
    """It serves, hangs, goes on, dies and starts again on the same port."""
    server = request.getfixturevalue(name)
    assert server.ready()
    server.pause()
    with socket.create_connection(("127.0.0.1", server.port), 0.02) as connection:
        connection.sendall(b"PING\r\nversion\r\n" if server.url[0] in "rm" else b"\0\0\0\x08\x04\xd2\x16\x2f")
        with pytest.raises(TimeoutError):
            connection.recv(1)
    server.resume()
    assert server.ready()
    server.kill()
    assert not asked(server.port, b"", b"")
    server.start()
    assert server.ready()


@pytest.mark.parametrize("name", ["nginx", "haproxy"])
def test_a_front_is_started_with_a_config(request, name):
    """For servers that stand before ours."""
    front = request.getfixturevalue(name)(NGINX if name == "nginx" else HAPROXY)

    with urllib.request.urlopen(front.url, timeout=5) as answer:
        assert answer.read().decode() == name


def test_what_is_missing_is_named(monkeypatch):
    """The test is skipped with the reason at a desk, and fails in CI."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-server is not installed"):
        program("no-such-server")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-server is not installed"):
        program("no-such-server")
