"""Servers alone: the smallest WSGI (or ASGI) application, with a browser's headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrk import Wrk

from loads.load import Bar, Load, expect, rows

if TYPE_CHECKING:
    from servers import Server

PATH = "/"


def check(server: Server) -> None:
    """The one answer there is."""
    expect(server.get(PATH), b"Hello, world!")


RAW = Load(
    name="raw",
    title="Server alone: a raw WSGI or ASGI application with a browser's headers",
    entries=rows(
        *("kirsch-raw", "cheroot", "waitress", "gunicorn", "granian-wsgi", "granian-asgi", "uvicorn", "bjoern"),
        *("nginx", "floor"),
    ),
    check=check,
    measure=Wrk(PATH),
    bars=(
        Bar("must", "cpu_us", at_most=1 / 4, of="cheroot", ours="kirsch-raw"),
        Bar("must", "cpu_us", at_most=1.2, of="granian-wsgi", ours="kirsch-raw"),
        Bar("aim", "cpu_us", at_most=1.0, of="granian-wsgi", ours="kirsch-raw"),
    ),
    quick=("kirsch-raw", "cheroot", "granian-wsgi", "floor"),
)
