"""The face: which names `import kirsch` gives, and what it costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

import kirsch
from tests.house import ROOT, modules

CHERRYPY = {
    "Application",
    "CherryPyException",
    "HTTPError",
    "HTTPRedirect",
    "InternalRedirect",
    "NotFound",
    "Tool",
    "config",
    "dispatch",
    "engine",
    "expose",
    "lib",
    "log",
    "popargs",
    "process",
    "quickstart",
    "request",
    "response",
    "server",
    "servers",
    "serving",
    "session",
    "thread_data",
    "tools",
    "tree",
    "url",
    "wsgi",
}
"""What `import kirsch as cherrypy` has to give to an application written for CherryPy."""

OURS = {
    "Event",
    "asgi",
    "csrf_token",
    "passwords",
    "ErrorTool",
    "HandlerTool",
    "HandlerWrapperTool",
    "Toolbox",
    "XMLRPCController",
    "KirschError",
    "blocking",
    "quick",
    "serve_download",
    "serve_file",
    "serve_fileobj",
}
"""What is ours alone. A name that is added here goes into the reference, and is never taken away again."""

COMING = {
    "CherryPyException": "with the old names; until then KirschError",
    "process": "with the plugins",
    "wsgi": "with the pipeline of an application",
}
"""Names that we still owe, and what they come with. Lines only ever leave this table."""

NAMES = (CHERRYPY | OURS) - COMING.keys()
"""What we promise today."""

COSTLY = {
    "asyncio",
    "configparser",
    "email",
    "h2",
    "http.server",
    "jinja2",
    "sqlite3",
    "ssl",
    "tomllib",
    "websockets",
    "xmlrpc",
}
"""Modules that `import kirsch` must not bring along: whoever needs one imports it when it is needed."""


def in_new_process(script: str) -> Any:
    """What the script prints, as JSON, run by a Python that has imported nothing of ours."""
    environ = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_all_lists_the_promised_names() -> None:
    """`__all__` is the list that we promise: nothing is missing, nothing slipped in."""
    given = set(kirsch.__all__)

    assert not NAMES - given, f"the face must hand these on, too: {sorted(NAMES - given)}"
    assert not given - NAMES, f"promise these (OURS, COMING), or take them off __all__: {sorted(given - NAMES)}"


@pytest.mark.parametrize("name", sorted(NAMES | {"__version__"}))
def test_each_name_is_there(name: str) -> None:
    """Each name of the face can be had as `kirsch.<name>`."""
    assert hasattr(kirsch, name)


def test_names_outlive_the_import_of_every_room() -> None:
    """Python sets `kirsch.server` to the room of that name when it is imported; the face's own object must win."""
    script = f"""if True:
        import contextlib, importlib, json, kirsch
        before = {{name: id(getattr(kirsch, name)) for name in kirsch.__all__}}
        for name in {[name for name in modules() if not name.endswith("__main__")]}:
            with contextlib.suppress(ImportError, UserWarning):  # an optional dependency; a module of an old name
                importlib.import_module(name)
        print(json.dumps([name for name, was in before.items() if id(getattr(kirsch, name)) != was]))
    """

    assert in_new_process(script) == []


def test_import_brings_nothing_costly_along() -> None:
    """`import kirsch` is quick: what it does not need at once is imported when it is needed."""
    script = (
        "import json, sys; old = set(sys.modules); import kirsch; print(json.dumps(sorted(set(sys.modules) - old)))"
    )
    brought = set(in_new_process(script))

    assert not brought & COSTLY, f"import these where they are needed, or not at all: {sorted(brought & COSTLY)}"


def test_the_library_of_old_is_loaded_when_it_is_asked_for() -> None:
    """`kirsch.lib` is there, and costs nothing as long as nobody asks for it."""
    script = """if True:
        import json, sys, kirsch
        before = [name for name in sys.modules if name.startswith("kirsch.lib")]
        print(json.dumps([before, kirsch.lib.httputil.HTTPDate(0)]))
    """

    assert in_new_process(script) == [[], "Thu, 01 Jan 1970 00:00:00 GMT"]


def test_import_starts_nothing() -> None:
    """`import kirsch` makes no thread, and opens no file or socket."""
    script = """if True:
        import json, os, sys, threading, httptools, msgspec, multipart
        descriptors = "/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"
        before = len(os.listdir(descriptors))
        import kirsch
        print(json.dumps([threading.active_count(), len(os.listdir(descriptors)) - before]))
    """

    assert in_new_process(script) == [1, 0]
