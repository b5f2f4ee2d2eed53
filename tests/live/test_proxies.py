"""Behind real proxies: what pages, links and cookies are told of the client."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
import trustme

import kirsch
from tests.app.pages import LonelyApplication
from tests.house import ROOT
from tests.live.installed import found, running
from tests.server.wire import Client, serving
from tests.servers.ports import free_port, free_ports
from tests.test_docs import blocks

HAPROXY_DEFAULTS = """
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
"""
HAPROXY = """
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
APACHE = """
ServerRoot {folder}
PidFile {folder}/pid
ErrorLog {folder}/error.log
DefaultRuntimeDir {folder}
Listen 127.0.0.1:{port}
Include /etc/apache2/mods-available/mpm_event.load
Include /etc/apache2/mods-available/authz_core.load
Include /etc/apache2/mods-available/proxy.load
Include /etc/apache2/mods-available/proxy_http.load
Include /etc/apache2/mods-available/headers.load
{shown}
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
        path.write_text((HAPROXY_DEFAULTS + HAPROXY).format(*ports, announced.port, told.port))
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


def test_apache_as_the_manual_shows_it(tmp_path):
    """It adds to what the client has made up, and says the host that was asked for."""
    port = free_port()
    (site,) = (code for _, name, _, code in blocks(ROOT / "docs/how-to/deployment.md") if name == "site.conf")
    with serving(application(on=True).handle) as server:
        site = site.replace("*:80", f"*:{port}").replace(":8080", f":{server.port}")
        (tmp_path / "apache.conf").write_text(APACHE.format(port=port, folder=tmp_path, shown=site))
        command = [found("apache2"), "-DFOREGROUND", "-f", str(tmp_path / "apache.conf")]
        with running(command, port), asking(port) as client:
            lie = LIE.replace(b"Forwarded:", b"X-Forwarded-Host: evil.test\r\nX-Forwarded-Proto: https\r\nForwarded:")
            assert json.loads(client.send(lie).reply().body) == [CLIENT, 0, "http://site.test/x"]


@pytest.mark.parametrize(("name", "flags"), [("nginx", ["-t", "-q", "-c"]), ("haproxy", ["-c", "-q", "-f"])])
def test_what_the_manual_shows_is_understood(tmp_path, name, flags):
    """By the program that it is for, when the rest of its config is there."""
    (shown,) = (code for kind, _, _, code in blocks(ROOT / "docs/how-to/behind-a-proxy.md") if kind == name)
    issued = trustme.CA().issue_cert("example.org")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "example.org.pem")
    issued.private_key_pem.write_to_path(tmp_path / "example.org.key")
    around = {"nginx": "pid %s/pid; error_log stderr; events {}\nhttp {\naccess_log off;\n%s}", "haproxy": "%s%s"}[name]
    before = {"nginx": tmp_path, "haproxy": HAPROXY_DEFAULTS + "listen some\n    bind 127.0.0.1:1\n"}[name]
    (tmp_path / "config").write_text(around % (before, shown.replace("/etc/ssl", str(tmp_path))))
    done = subprocess.run([found(name), *flags, str(tmp_path / "config")], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
