"""One session incremented by many clients at once, through several processes that share a store.

    python -m tests.live.session_increments 100000                   each kind of store, one after another
    python -m tests.live.session_increments 100000 redis postgres    these; each is started, and removed afterwards
    python -m tests.live.session_increments 100000 redis://host/0    what stands at an address
    python -m tests.live.session_increments 100000 sqlite --kill     with kill -9 in the middle, again and again

Prints a row of a table for each: how many increments were acknowledged, lost, doubled. Each answer says the number that
its increment has made, so none that is lost can hide behind one that is counted twice. --kill kills the four processes
of the site in turn, and the store's own server where it was started for this and keeps what it has; each is started
again. A client that is not answered asks another process. What got no answer 200 may have been counted or not.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field

from tests.live.process import program
from tests.server.wire import Client
from tests.servers import fixtures

CLIENTS = 16
PROCESSES = 4
SERVERS = ("redis", "memcached", "postgres")
KINDS = ("files", "sqlite", *SERVERS)
FORGETS = "memcached"
KILLS = 8
"""Of processes of the site, with --kill; the store's server is killed half as often."""

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

    @kirsch.expose
    def end(self, how):
        getattr(kirsch.session, how)()
        return how

settings = {{"on": True, "timeout": 600, "clean_freq": 0, {settings}}}
kirsch.config.update({{"engine.autoreload.on": False}})  # it may take minutes, and sources change meanwhile
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
    """What came of it.

    numbers: of the answers, each the count at that moment. failures: other answers, or none: counted, or not.
    """

    numbers: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    killed: int = 0

    @property
    def doubled(self):
        """Answers that another one had given, too."""
        return len(self.numbers) - len(set(self.numbers))

    def lost(self, total):
        """Increments that were acknowledged, and are not in the sum; the session has begun with one."""
        return max(0, len(self.numbers) + 1 - total, max(self.numbers, default=0) - total)

    def surplus(self, total):
        """Those in the sum that nobody has asked for."""
        return max(0, total - len(self.numbers) - len(self.failures) - 1)


class Visitor:
    """A client of several servers, that goes on to the next one when one does not answer."""

    def __init__(self, ports, number, cookie):
        self._ports = itertools.cycle([*ports[number % len(ports) :], *ports[: number % len(ports)]])
        self._cookie = cookie
        self._client = None

    def add(self):
        """The reply; None if there was none. OSError if nobody could be asked."""
        if self._client is None:
            self._client = Client(("127.0.0.1", next(self._ports)))
        try:
            reply = ask(self._client, b"/add", self._cookie)
        except OSError:
            reply = None
        if reply is None or not reply.complete:
            self.close()
            return None
        return reply

    def close(self):
        """Leave."""
        if self._client is not None:
            self._client.__exit__()
            self._client = None


def increments(ports, cookie, count, tally=None):
    """Have the session incremented so often, by clients that take turns with the servers."""
    tally, began = tally or Tally(), time.monotonic()

    def run(number, share):
        visitor = Visitor(ports, number, cookie)
        while share:
            try:
                reply = visitor.add()
            except ConnectionRefusedError:  # it is just being started again
                time.sleep(0.02)
                continue
            share -= 1
            if reply is not None and reply.status == 200:
                tally.numbers.append(int(reply.body))
            else:
                tally.failures.append(f"{reply}")
                time.sleep(0.02)
        visitor.close()

    shares = [count // CLIENTS + (each < count % CLIENTS) for each in range(CLIENTS)]
    threads = [threading.Thread(target=run, args=share) for share in enumerate(shares)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.seconds = time.monotonic() - began
    return tally


class Servers:
    """So many servers of the same site, each a process at a port of its own, that may be killed and started again."""

    def __init__(self, stack, settings, count):
        self._stack = stack
        self._settings = settings
        self._running = []
        self.ports = []
        for _ in range(count):
            process, port = self._started(0)
            self._running.append(process)
            self.ports.append(port)

    def _started(self, port):
        return self._stack.enter_context(program(site(**self._settings), port))

    def restart(self, number):
        """Kill one as `kill -9` does, and start it again at its port."""
        self._running[number].kill()
        self._running[number].wait()
        self._running[number], _ = self._started(self.ports[number])


@contextlib.contextmanager
def servers(count, **settings):
    """So many servers of the same site, each a process: their ports."""
    with contextlib.ExitStack() as stack:
        yield Servers(stack, settings, count).ports


def kill(tally, count, site_of, daemon):
    """Kill one of the servers after another while clients count; also that of the store, if there is one."""
    for number in range(KILLS):
        wanted = count * (number + 1) // (KILLS + 1)
        while len(tally.numbers) + len(tally.failures) < wanted:
            time.sleep(0.005)
        if daemon is not None and number % 2:
            daemon.restart()
            tally.killed += 1
        site_of.restart(number % PROCESSES)
        tally.killed += 1


def durable(name):
    """The server of such a store. Redis writes down each change before it says so."""
    daemon = getattr(fixtures, name)()
    if name == "redis":
        daemon.command += ["--appendonly", "yes"]
    return daemon


@contextlib.contextmanager
def placed(place):
    """The address of a store of that kind, or at that address; and its server, if it was started for this."""
    if place in SERVERS:
        daemon = durable(place)
        try:
            daemon.start()
            yield daemon.url, daemon
        finally:
            daemon.remove()
    elif place in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            yield f"{place}:{folder}/sessions", None
    else:
        yield place, None


def row(place, count, *, killing):
    """Do it: a row of the table, and whether all is as it should be."""
    tally = Tally()
    with placed(place) as (store, daemon), contextlib.ExitStack() as stack:
        site_of = Servers(stack, {"store": store}, PROCESSES)
        cookie = begin(site_of.ports[0])
        if killing:
            more = daemon if place != FORGETS else None
            killer = threading.Thread(target=kill, args=(tally, count, site_of, more), daemon=True)
            killer.start()
        increments(site_of.ports, cookie, count, tally)
        if killing:
            killer.join()
        sum_up = total(site_of.ports[-1], cookie)
    lost, doubled = tally.lost(sum_up), tally.doubled + tally.surplus(sum_up)
    cells = (f"{len(tally.numbers):,}", lost, doubled, len(tally.failures), tally.killed)
    rate = len(tally.numbers) / tally.seconds
    print("| ", " | ".join(map(str, (place.partition(":")[0], *cells, f"{rate:,.0f}"))), " |", sep="", flush=True)
    return not (lost or doubled or (tally.failures and not killing))


def main(count, *rest):
    """Do it with each, and print the table."""
    places = [each for each in rest if each != "--kill"] or KINDS
    print("| store | acknowledged | lost | doubled | not answered by 200 | killed | increments/s |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    results = [row(place, int(count), killing="--kill" in rest) for place in places]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
