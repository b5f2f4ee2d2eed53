"""`cherrypy.tutorial`: ten small sites, each of which shows one thing more than the one before.

`python -m kirsch.compat -m cherrypy.tutorial.tut01_helloworld` serves the first, on port 8080 of this machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kirsch.compat.alias import child_of

if TYPE_CHECKING:
    from types import ModuleType

__path__: list[str] = []

CONFIG: Final[dict[str, dict[str, Any]]] = {
    "global": {"server.socket_host": "127.0.0.1", "server.socket_port": 8080, "server.thread_pool": 10}
}
"""What all of them are served with."""


def __getattr__(name: str) -> ModuleType:
    return child_of("cherrypy.tutorial", name)
