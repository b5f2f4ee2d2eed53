"""The application that the trials are made with: a greeting, a session, a page that sleeps and one that works."""

from __future__ import annotations

import os
import time
from importlib.util import find_spec

import kirsch

with_session = kirsch.tools.sessions() if find_spec("msgspec") else lambda handler: handler  # 3.13t has none


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
    def burn(self):
        number = 0
        for each in range(20_000):
            number += each
        return str(number)

    @kirsch.expose
    @with_session
    def count(self, fill=0):
        number = kirsch.session["number"] = kirsch.session.get("number", 0) + 1
        kirsch.session["filling"] = "x" * int(fill)
        return str(number)

    @kirsch.expose
    @with_session
    def number(self):
        return str(kirsch.session.get("number", 0))


kirsch.quickstart(Root())
