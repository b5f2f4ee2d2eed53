"""`cherrypy.lib` as applications know it: a few functions, and the modules below it, each loaded when it is asked for.

`import kirsch as cherrypy` makes `cherrypy.lib.static.serve_file(…)` work by this.
"""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any, Final, Self

from kirsch.app.response import blocks, close
from kirsch.http.vary import add_vary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import IO

MODULES: Final = (
    "auth_basic", "auth_digest", "caching", "covercp", "cpstats", "cptools", "encoding", "gctools", "headers",
    "httputil", "jsontools", "locking", "profiler", "reprconf", "sessions", "static", "xmlrpcutil",
)  # fmt: skip
"""What there is below `cherrypy.lib`."""

BLOCK: Final = 65536


def __getattr__(name: str) -> ModuleType:
    if name not in MODULES:
        raise AttributeError(f"there is no kirsch.lib.{name}; there are {', '.join(MODULES)}")
    return importlib.import_module(f"kirsch.lib.{name}")


def is_iterator(obj: Any) -> bool:
    """Whether this gives its items once only: a generator, or what is its own iterator."""
    return hasattr(type(obj), "__iter__") and iter(obj) is obj


def is_closable_iterator(obj: Any) -> bool:
    """Whether it is one that can be closed, by `close()` without arguments."""
    if not is_iterator(obj):
        return False
    if inspect.isgenerator(obj):
        return True
    method = getattr(obj, "close", None)
    if not callable(method):
        return False
    try:
        inspect.signature(method).bind()
    except (TypeError, ValueError):
        return False
    return True


class file_generator:
    """A file in blocks, closed at its end."""

    def __init__(self, input: IO[bytes], chunkSize: int = BLOCK) -> None:
        self.input = input
        self.chunkSize = chunkSize
        self._blocks = blocks(input, chunkSize)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        for block in self._blocks:
            return bytes(block)
        self.close()
        raise StopIteration

    next = __next__

    def close(self) -> None:
        """Close the file."""
        close(self.input)


def file_generator_limited(fileobj: IO[bytes], count: int, chunk_size: int = BLOCK) -> Iterator[bytes]:
    """`count` bytes of a file in blocks, fewer only at its end; who has opened it closes it."""
    while count > 0 and (block := fileobj.read(min(chunk_size, count))):
        count -= len(block)
        yield block


def set_vary_header(response: Any, header_name: str) -> None:
    """Say that the answer depends on this header of the request, too."""
    add_vary(response.headers, header_name)
