"""The greeting with and without an access log in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers import WrongAnswerError
from wrk import Wrk

from loads.hello import PATH
from loads.hello import check as check_hello
from loads.load import Bar, Entry, Load

if TYPE_CHECKING:
    from servers import Server

    from loads.load import Effort, Reading

_WRK = Wrk(PATH)
LEAST = 0.99
"""Share of the requests that must be found in the log: a rival may hold the last lines back, not more."""


def measure(server: Server, effort: Effort) -> Reading:
    """Measure the greeting, then make sure that the log was really written."""
    reading = _WRK(server, effort)
    if server.task.access_log:
        lines = count_lines(server)
        if lines < LEAST * reading["rps"] * effort.seconds:
            message = f"access log has {lines} lines"
            raise WrongAnswerError(message)
    return reading


def count_lines(server: Server) -> int:
    """Lines in the access log; Granian has no file of its own and writes to what it prints."""
    files = [server.scratch / "access.log", server.scratch / "output.txt"]
    return max(file.read_bytes().count(b"/hello/") for file in files if file.exists())


LOG = Load(
    name="log",
    title="The same with the access log to a file (+log), and without",
    entries=tuple(
        Entry(name, access_log=log)
        for name in ("kirsch", "cherrypy", "falcon-granian", "flask-gunicorn", "nginx")
        for log in (False, True)
    ),
    check=check_hello,
    measure=measure,
    bars=(
        Bar("must", "cpu_us", at_most=1.25, of="kirsch", ours="kirsch+log"),
        Bar("aim", "cpu_us", at_most=1.15, of="kirsch", ours="kirsch+log"),
    ),
    quick=("kirsch", "kirsch+log"),
)
