"""nginx: a canned answer by `return`, and files by sendfile. One worker, in the foreground."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from settings import ACCESS_LOG, CERTIFICATE, CONNECTIONS, FILES, HOST, KEEP_ALIVE, KEY, PORT

CONF = """
daemon off;
worker_processes 1;
{user}
pid {place}/nginx.pid;
error_log stderr warn;
events {{ worker_connections {connections}; }}
http {{
    access_log {log};
    sendfile on;
    tcp_nopush on;
    open_file_cache max=100;
    keepalive_timeout {keep_alive};
    keepalive_requests 100000000;
    default_type text/plain;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    server {{
        listen {host}:{port} backlog=1024{secure};
        {certificate}
        location /static/ {{ alias {files}/; }}
        location /hello/ {{ return 200 "Hello, world! x=1"; }}
        location / {{ return 200 "Hello, world!"; }}
    }}
}}
"""

SECURE = f"""
        ssl_certificate {CERTIFICATE};
        ssl_certificate_key {KEY};
        ssl_session_cache shared:sessions:1m;
"""

if __name__ == "__main__":
    place = Path(os.environ.get("BENCH_SCRATCH") or tempfile.mkdtemp())
    conf = place / "nginx.conf"
    conf.write_text(
        CONF.format(
            user="user root;" if os.geteuid() == 0 else "",  # as another user it could not read our temporary files
            place=place,
            connections=CONNECTIONS,
            log=ACCESS_LOG or "off",
            keep_alive=KEEP_ALIVE,
            host=HOST,
            port=PORT,
            secure=" ssl" if CERTIFICATE else "",
            certificate=SECURE if CERTIFICATE else "",
            files=FILES,
        )
    )
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") or "nginx"
    os.execv(nginx, [nginx, "-p", str(place), "-c", str(conf)])
