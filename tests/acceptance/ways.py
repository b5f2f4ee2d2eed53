"""The three ways to ask the site of the process: over our own server, in memory, and as WSGI under another server.

A test goes all three, unless it is marked with `only` and the reason. The servers are started at most once for all
tests: they serve whatever is mounted at the moment.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager, suppress

import pytest
import waitress

import kirsch as cherrypy
from kirsch.testing.client import Client
from kirsch.testing.live import live_server
from kirsch.testing.wire import WireCourier

OWN, MEMORY, WSGI = WAYS = ("our server", "in memory", "waitress")


def only(*ways, why):
    """A mark: this test goes these ways alone."""
    return pytest.mark.only(*ways, why=why)


def ways_of(function, module=None):
    """The ways that a test goes, and why not the others. module: that it stands in."""
    marks = [*getattr(function, "pytestmark", ()), *getattr(module, "pytestmark", ())]
    mark = next((mark for mark in marks if mark.name == "only"), None)
    return (WAYS, "") if mark is None else (mark.args, mark.kwargs["why"])


class Busy:
    """Counts the requests that are being answered."""

    def __init__(self):
        self.changed = threading.Condition()
        self.count = 0

    def __enter__(self):
        with self.changed:
            self.count += 1

    def __exit__(self, *_):
        with self.changed:
            self.count -= 1
            self.changed.notify_all()

    def until_done(self, exchange):
        """It is busy until then, too: an answer that goes out by and by ends after its handler."""
        then = exchange.when_done
        if then is not None:
            self.__enter__()
            exchange.when_done = lambda _: (then(exchange), self.__exit__())

    def wait(self):
        """Until there are none."""
        with self.changed:
            assert self.changed.wait_for(lambda: not self.count, 10)


class Settled(WireCourier):
    """Brings an answer when the server, too, is through with it: the hooks of its end have been called."""

    def __init__(self, address, busy):
        super().__init__(address, cherrypy.tree.handle)
        self.busy = busy

    def ask(self, question):
        """See the class."""
        answer = super().ask(question)
        self.busy.wait()
        return answer


@contextmanager
def own_server(busy):
    """The address of our server."""

    def handle(exchange):
        with busy:
            cherrypy.tree.handle(exchange)
            busy.until_done(exchange)

    with live_server(handle) as server:
        yield "127.0.0.1", server.port


@contextmanager
def other_server(busy):
    """The address of a server of others, which knows of us by WSGI alone."""

    def application(environ, start_response):
        with busy:
            answer = cherrypy.tree(environ, start_response)
            try:
                yield from answer
            finally:
                getattr(answer, "close", bool)()

    server = waitress.create_server(
        application, host="127.0.0.1", port=0, ident=None, threads=4, clear_untrusted_proxy_headers=False
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield "127.0.0.1", server.effective_port
    finally:
        with suppress(OSError):  # it is awake already, and has closed what would wake it
            server.trigger.pull_trigger(server.close)  # in its own thread
        thread.join(10)
        server.task_dispatcher.shutdown()


SERVERS = {OWN: own_server, WSGI: other_server}


class Ways:
    """chosen: the way of the test that runs. couriers: by way, of the servers that have been started."""

    def __init__(self):
        self.chosen = MEMORY
        self.couriers = {}
        self.started = ExitStack()

    def client(self):
        """Another client, which has no cookies yet."""
        return Client(cherrypy.tree if self.chosen == MEMORY else self.courier(), "http://localhost")

    def stop(self):
        """No server runs any more."""
        self.couriers.clear()
        self.started.close()

    def courier(self):
        """To the server of the chosen way."""
        if self.chosen not in self.couriers:
            busy = Busy()
            address = self.started.enter_context(SERVERS[self.chosen](busy))
            self.couriers[self.chosen] = Settled(address, busy)
        return self.couriers[self.chosen]


WAYS_TAKEN = Ways()
new_client = WAYS_TAKEN.client
