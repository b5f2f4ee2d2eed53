"""A site with a page of every kind, for servers of others to run. What it notices of its life goes to $NOTICED."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import threading

import kirsch

OURS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)


def other(environ, start_response):
    """An application of somebody else's."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['SCRIPT_NAME']} {environ['PATH_INFO']} ".encode(), environ["wsgi.input"].read()]


class Site:
    """The pages."""

    @kirsch.expose
    def index(self):
        return "hello"

    @kirsch.expose
    def form(self, name, **more):
        return json.dumps([name, more])

    @kirsch.expose
    def upload(self, file):
        return f"{file.filename} {hashlib.sha256(file.file.read()).hexdigest()}"

    @kirsch.expose
    @kirsch.tools.json_in()
    def told(self):
        return json.dumps(kirsch.request.json)

    @kirsch.expose
    def stream(self, pieces="3", size="5"):
        kirsch.response.stream = True
        kirsch.response.headers["Content-Type"] = "text/plain"
        return (str(number) * int(size) for number in range(int(pieces)))

    @kirsch.expose
    def endless(self):
        """Until the client leaves."""
        kirsch.response.stream = True
        return self.pieces()

    def pieces(self):
        try:
            while True:
                yield b"x" * 65536
        finally:
            notice("left")

    @kirsch.expose
    def breaking(self):
        kirsch.response.stream = True
        return self.some()

    def some(self):
        yield b"x" * 100_000
        raise ValueError("in the middle")

    @kirsch.expose
    @kirsch.tools.sessions()
    def visits(self):
        kirsch.session["visits"] = kirsch.session.get("visits", 0) + 1
        return str(kirsch.session["visits"])

    @kirsch.expose
    def broken(self):
        raise ValueError("not to be shown")

    @kirsch.expose
    def moved(self):
        raise kirsch.HTTPRedirect("/form?name=x")

    @kirsch.expose
    def nothing(self):
        kirsch.response.status = 204

    @kirsch.expose
    @kirsch.tools.etags(autotags=True)
    def tagged(self):
        return "tagged"

    @kirsch.expose
    def place(self, *rest, **more):
        request = kirsch.request
        return json.dumps([request.method, request.path_info, request.query_string, rest, more, kirsch.url()])

    @kirsch.expose
    def signals(self):
        """Which signals are ours."""
        ours = kirsch.engine.signal_handler
        return " ".join(each.name for each in OURS if getattr(signal.getsignal(each), "__self__", None) is ours)

    @kirsch.expose
    def together(self):
        """Waits for three others."""
        return str(self.meeting.wait(5) in range(4))

    meeting = threading.Barrier(4)

    @kirsch.expose
    def slowly(self):
        """A piece, and another one after /hurry."""
        kirsch.response.stream = True
        return self.piece_by_piece()

    hurried = threading.Event()

    def piece_by_piece(self):
        yield b"first"
        yield b"second" if self.hurried.wait(5) else b"too late"

    @kirsch.expose
    def hurry(self):
        self.hurried.set()
        return ""


def notice(what):
    """Keep a line for the test."""
    if path := os.environ.get("NOTICED"):
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"{what}\n")


def noticing():
    """Whatever happens in the life of the process."""
    for channel in ("start", "exit"):
        kirsch.engine.subscribe(channel, lambda channel=channel: notice(channel))
    for channel in ("start_thread", "stop_thread"):
        kirsch.engine.subscribe(channel, lambda number, channel=channel: notice(f"{channel} {number}"))


def mounted():
    """The site of the process, filled."""
    noticing()
    static = {"tools.staticfile.on": True, "tools.staticfile.filename": os.path.abspath(__file__)}
    kirsch.tree.mount(Site(), "", {"/file": static})
    kirsch.tree.graft(other, "/other")
    return kirsch.tree
