"""Behind real proxies: what pages, links and cookies are told of the client."""

from __future__ import annotations

import json
import os

import pytest

import kirsch
from tests.app.pages import LonelyApplication
from tests.live.installed import found, running
from tests.server.wire import Client, serving
from tests.servers.ports import free_port, free_ports

HAPROXY = """
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend v1
    bind 127.0.0.1:{0}
    default_backend v1
frontend v2
    bind 127.0.0.1:{1}
    default_backend v2
frontend fields
    bind 127.0.0.1:{2}
    default_backend fields
backend v1
    server s 127.0.0.1:{3} send-proxy
backend v2
    server s 127.0.0.1:{3} send-proxy-v2
backend fields
    http-request set-header Forwarded for=%[src];host="%[req.hdr(host)]";proto=https
    server s 127.0.0.1:{4}
"""
NGINX = """
pid {folder}/pid;
error_log {folder}/error.log;
daemon off;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    server {{
        listen 127.0.0.1:{0};
        location /app/ {{
            proxy_pass http://127.0.0.1:{1}/;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto https;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Prefix /app;
        }}
    }}
}}
"""
PROXY, CLIENT = "127.0.0.1", "127.0.0.2"
LIE = b"GET /app/ HTTP/1.1\r\nHost: site.test\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n\r\n"


def asking(port):
    """A client whose address is not the proxy's."""
    return Client((PROXY, port), source=CLIENT)


class Root:
    """Says what it knows of the client."""

    @kirsch.expose
    def default(self, *_):
        remote = kirsch.request.remote
        return json.dumps([remote.ip, remote.port, kirsch.url("/x")])


def application(**settings):
    """With the tool, and these settings of it."""
    config = {f"tools.proxy.{name}": each for name, each in settings.items()}
    return LonelyApplication(Root(), "", {"/": {"request.trusted_proxies": [PROXY], **config}})


@pytest.fixture(scope="module")
def haproxy(tmp_path_factory):
    """Its three doors: PROXY protocol 1 and 2, and Forwarded."""
    path = tmp_path_factory.mktemp("haproxy") / "haproxy.cfg"
    ports = free_ports(3)
    with (
        serving(application().handle, proxy_protocol=["127.0.0.1"]) as announced,
        serving(application(on=True, forwarded=True).handle) as told,
    ):
        path.write_text(HAPROXY.format(*ports, announced.port, told.port))
        with running([found("haproxy"), "-db", "-f", str(path)], *ports):
            yield ports


@pytest.mark.parametrize("version", [1, 2])
def test_haproxy_announces_each_connection(haproxy, version):
    """The address is the client's, and so is its port, request after request."""
    with asking(haproxy[version - 1]) as client:
        port = client.sock.getsockname()[1]
        for _ in range(2):
            assert json.loads(client.send(LIE).reply().body) == [CLIENT, port, "http://site.test/x"]


def test_haproxy_says_forwarded(haproxy):
    """It replaces what the client has made up."""
    with asking(haproxy[2]) as client:
        assert json.loads(client.send(LIE).reply().body) == [CLIENT, 0, "https://site.test/x"]


def test_nginx_says_x_forwarded(tmp_path):
    """It adds to what the client has made up; the folder that it takes away comes back in links."""
    port = free_port()
    os.chmod(tmp_path, 0o777)  # its workers are somebody else
    with serving(application(on=True, prefix="X-Forwarded-Prefix").handle) as server:
        (tmp_path / "nginx.conf").write_text(NGINX.format(port, server.port, folder=tmp_path))
        with running([found("nginx"), "-c", str(tmp_path / "nginx.conf")], port), asking(port) as client:
            assert json.loads(client.send(LIE).reply().body) == [CLIENT, 0, "https://site.test/app/x"]
