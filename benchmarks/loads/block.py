"""A handler that blocks for 10 ms, 100 connections on 100 threads: what a thread pool is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrk import Wrk

from loads.load import Bar, Load, expect, rows

if TYPE_CHECKING:
    from servers import Server

PATH = "/wait?ms=10"
CONNECTIONS = 100


def check(server: Server) -> None:
    """It waits, then says so."""
    expect(server.get(PATH), b"waited")


BLOCK = Load(
    name="block",
    title="A handler that blocks 10 ms: 100 connections, 100 threads",
    entries=rows(
        *("kirsch", "kirsch-raw", "granian-wsgi", "waitress", "gunicorn", "cheroot"),
        *("cherrypy", "falcon-granian", "flask-waitress", "fastapi-uvicorn", "robyn"),
    ),
    check=check,
    measure=Wrk(PATH, connections=CONNECTIONS),
    bars=(
        Bar("must", "cpu_us", at_most=1 / 2, of="waitress"),
        Bar("must", "rps", at_least=0.9, of="granian-wsgi"),
        Bar("aim", "cpu_us", at_most=1.0, of="granian-wsgi"),
    ),
    threads=CONNECTIONS,
    note="10,000 requests/s is the most that 100 connections can ask for",
)
