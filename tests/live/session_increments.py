"""One session incremented by many clients at once, through several processes that share a store.

    python -m tests.live.session_increments 100000 [redis]

prints how many increments were lost or doubled; by default the store is SQLite.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field

from tests.live.process import program
from tests.server.wire import Client
from tests.servers.fixtures import redis

SITE = """
class Site:
    @kirsch.expose
    def index(self):
        return "up"

    @kirsch.expose
    def add(self):
        n = kirsch.session["n"] = kirsch.session.get("n", 0) + 1
        return str(n)

    @kirsch.expose
    def total(self):
        return str(kirsch.session.get("n", 0))

settings = {{"on": True, "timeout": 600, "clean_freq": 0, {settings}}}
kirsch.quickstart(Site(), "/", {{"/": {{f"tools.sessions.{{name}}": value for name, value in settings.items()}}}})
"""


def site(**settings):
    """The program of a site whose sessions are kept as these settings say."""
    return SITE.format(settings=", ".join(f"{name!r}: {value!r}" for name, value in settings.items()))


def ask(client, path, cookie=b""):
    """Ask, with the session's cookie."""
    line = b"Cookie: %b\r\n" % cookie if cookie else b""
    return client.send(b"GET %b HTTP/1.1\r\nHost: a\r\n%b\r\n" % (path, line)).reply()


def begin(port):
    """A new session, that has been counted once: its cookie."""
    with Client(("127.0.0.1", port)) as client:
        return ask(client, b"/add").fields[b"set-cookie"].partition(b";")[0]


def total(port, cookie):
    """What the session says."""
    with Client(("127.0.0.1", port)) as client:
        return int(ask(client, b"/total", cookie).body)


@dataclass
class Tally:
    """What came of it. numbers: of the answers, each the count at that moment. failures: other answers, or none."""

    numbers: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def doubled(self):
        """Answers that another one had given, too."""
        return len(self.numbers) - len(set(self.numbers))


def increments(ports, cookie, count, clients=16):
    """Have the session incremented so often, by clients that take turns with the servers."""
    tally, began = Tally(), time.monotonic()

    def run(number, share):
        with Client(("127.0.0.1", ports[number % len(ports)])) as client:
            for _ in range(share):
                reply = ask(client, b"/add", cookie)
                if reply is not None and reply.status == 200:
                    tally.numbers.append(int(reply.body))
                else:
                    tally.failures.append(f"{reply}")
                    if reply is None:
                        return

    threads = [
        threading.Thread(target=run, args=(each, count // clients + (each < count % clients)))
        for each in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.seconds = time.monotonic() - began
    return tally


@contextlib.contextmanager
def servers(count, **settings):
    """So many servers of the same site, each a process: their ports."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(program(site(**settings)))[1] for _ in range(count)]


def main(count, kind):
    """Do it, and print the sums."""
    with contextlib.ExitStack() as stack:
        if kind == "redis":
            daemon = redis()
            stack.callback(daemon.remove)
            daemon.start()
            store = daemon.url
        else:
            store = f"sqlite:{os.path.join(stack.enter_context(tempfile.TemporaryDirectory()), 'sessions.db')}"
        ports = stack.enter_context(servers(4, store=store))
        cookie = begin(ports[0])
        tally = increments(ports, cookie, count)
        sum_up = total(ports[-1], cookie)
    lost = len(tally.numbers) + 1 - sum_up
    print(
        f"{kind}: {count} increments by 4 processes in {tally.seconds:.1f} s ({count / tally.seconds:.0f}/s): ", end=""
    )
    print(f"lost {lost}, doubled {tally.doubled}, refused {len(tally.failures)} {tally.failures[:1]}")
    return 1 if lost or tally.doubled or tally.failures else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "sqlite"))
