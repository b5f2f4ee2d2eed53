"""The application that the trials are made with: a greeting, a session, and a page that takes its time."""

from __future__ import annotations

import os
import time

import kirsch


class Root:
    """Each page says which process has answered."""

    @kirsch.expose
    def index(self):
        return str(os.getpid())

    @kirsch.expose
    def slow(self):
        time.sleep(0.5)
        return str(os.getpid())

    @kirsch.expose
    @kirsch.tools.sessions()
    def count(self, fill=0):
        number = kirsch.session["number"] = kirsch.session.get("number", 0) + 1
        kirsch.session["filling"] = "x" * int(fill)
        return str(number)

    @kirsch.expose
    @kirsch.tools.sessions()
    def number(self):
        return str(kirsch.session.get("number", 0))


kirsch.quickstart(Root())
