"""Supervised workers: real processes that come, go, fail and are replaced."""

from __future__ import annotations

import os
import signal
import sys
import threading
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from kirsch.process.channels import ChannelFailures
from kirsch.process.supervisor import Supervisor
from tests.process.conftest import SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kirsch.process.bus import Bus
    from tests.process.conftest import Program

if not hasattr(os, "fork"):
    pytest.skip("listeners are handed down by fork", allow_module_level=True)

LONG = 10.0
"""Seconds that nothing takes unless it is broken."""

WORKER = """
import os, signal, sys, time
from kirsch.process.bus import Bus
from kirsch.process.link import Link
from kirsch.process.signals import SignalHandler
bus = Bus()
bus.subscribe("log", lambda line, level: None)
SignalHandler(bus).subscribe()
link = Link.of(bus, os.environ)
link.subscribe()
code = open(sys.argv[1]).read()
exec(code)
bus.start()
bus.block(0.001)
"""


class Site:
    """A supervised program that can be changed while it runs, and what the log has said of it."""

    def __init__(self, bus: Bus, code: Path, lines: list[str]) -> None:
        self.code = code
        self.lines = lines
        self.changed = threading.Condition()
        code.write_text("")
        environ = {**os.environ, "PYTHONPATH": str(SOURCES)}
        self.supervisor = Supervisor(bus, [sys.executable, "-c", WORKER, str(code)], 2, {}, environ)
        self.supervisor.subscribe()
        bus.subscribe("log", self._note)

    def _note(self, _line: str, _level: int) -> None:
        with self.changed:
            self.changed.notify_all()

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for something that the log may tell of."""
        with self.changed:
            assert self.changed.wait_for(condition, LONG), "\n".join(self.lines)

    def said(self, text: str) -> list[str]:
        """The lines with this text."""
        return [line for line in list(self.lines) if text in line]

    def pids(self) -> list[int]:
        """The processes of the workers that serve."""
        return [each["process"] for each in self.supervisor.statistics() if each["state"] == "serving"]


@pytest.fixture
def site(bus: Bus, lines: list[str], tmp_path: Path) -> Iterator[Site]:
    """Two workers that do nothing."""
    site = Site(bus, tmp_path / "code.py", lines)
    yield site
    bus.exit()
    assert site.supervisor.statistics() == []


def test_from_start_to_stop(site: Site, bus: Bus) -> None:
    """The start returns when all serve; at the stop all have ended, with status 0."""
    bus.start()
    assert len(site.pids()) == 2
    bus.stop()
    assert len(site.said("has ended with status 0")) == 2


def test_a_start_that_fails(site: Site, bus: Bus) -> None:
    """A worker that ends before it serves fails the start, and leaves no other one behind."""
    site.code.write_text("if os.getpid() % 1 == 0: sys.exit(3)")
    with pytest.raises(ChannelFailures) as failures:
        bus.start()
    assert "a worker has ended with status 3 before it served" in str(failures.value)
    assert site.supervisor.statistics() == []


def test_a_command_that_is_not_there(site: Site, bus: Bus) -> None:
    """At the start it is an error; later it is tried again, and a reload or an upgrade leaves all as it was."""
    command, site.supervisor.command = site.supervisor.command, ["/nowhere/python"]
    with pytest.raises(ChannelFailures) as failures:
        bus.start()
    assert "a worker cannot be started: [Errno 2]" in str(failures.value)
    site.supervisor.command = command
    bus.start()
    before, site.supervisor.command = site.pids(), ["/nowhere/python"]
    site.supervisor.reload()
    site.supervisor.upgrade()
    site.until(lambda: site.said("the old ones go on serving") and site.said("The upgrade has failed"))
    assert site.pids() == before


def test_one_that_is_killed_is_replaced(site: Site, bus: Bus) -> None:
    """A worker that is killed is replaced at once; the others are left alone."""
    bus.start()
    killed, other = site.pids()
    os.kill(killed, signal.SIGKILL)
    site.until(lambda: site.said("has ended by SIGKILL") and len(site.pids()) == 2)
    assert other in site.pids()
    assert killed not in site.pids()


def test_failures_in_a_row_are_tried_ever_later(site: Site, bus: Bus) -> None:
    """The next tries wait, each twice as long as the one before."""
    bus.start()
    site.code.write_text("sys.exit(1)")
    os.kill(site.pids()[0], signal.SIGKILL)
    site.until(lambda: len(site.said("has ended with status 1")) >= 2)
    site.code.write_text("")
    site.until(lambda: len(site.pids()) == 2)


def test_reload(site: Site, bus: Bus) -> None:
    """All workers are replaced; the old ones leave when the new ones serve."""
    bus.start()
    before = set(site.pids())
    site.supervisor.reload()
    site.until(lambda: len(site.said("has ended with status 0")) == 2)
    assert len(site.pids()) == 2
    assert not before & set(site.pids())
    assert not site.said("SIG")


def test_a_reload_of_something_broken(site: Site, bus: Bus) -> None:
    """If the new workers fail, the old ones go on serving; the next reload may succeed."""
    bus.start()
    before = site.pids()
    site.code.write_text("broken")
    site.supervisor.reload()
    site.until(lambda: site.said("the old ones go on serving"))
    assert site.pids() == before
    site.code.write_text("")
    site.supervisor.reload()
    site.until(lambda: len(site.pids()) == 2 and not set(before) & set(site.pids()))


ONE_IS_SLOW = """
def until(path):
    while not os.path.exists(path):
        time.sleep(0.01)
try:
    os.mkdir({0!r} + "/one")
    until({0!r} + "/two")
except FileExistsError:
    os.mkdir({0!r} + "/two")
    until({0!r} + "/go")
"""


def test_a_broken_reload_while_the_first_workers_start(site: Site, bus: Bus, tmp_path: Path) -> None:
    """Those that serve already, and those of them that still will, go on; the start has not failed."""
    site.code.write_text(ONE_IS_SLOW.format(str(tmp_path)))
    start = threading.Thread(target=bus.start)
    start.start()
    site.until(lambda: len(site.pids()) == 1)
    site.code.write_text("broken")
    site.supervisor.reload()
    site.until(lambda: site.said("the old ones go on serving"))
    (tmp_path / "go").touch()
    start.join(LONG)
    assert (len(site.pids()), bus.state) == (2, bus.states.STARTED)


def test_more_and_fewer(site: Site, bus: Bus) -> None:
    """The number of workers can be changed; there is always one."""
    bus.start()
    site.supervisor.more()
    site.until(lambda: len(site.pids()) == 3)
    for _ in range(5):
        site.supervisor.fewer()
    site.until(lambda: len(site.said("has ended with status 0")) == 2)
    assert len(site.pids()) == 1


def test_one_that_is_worn(site: Site, bus: Bus) -> None:
    """A worker that wants to be replaced goes on until another one serves."""
    worn = site.code.with_name("worn")
    worn.write_text("")
    site.code.write_text(f"link.worn = lambda: str(os.getpid()) in open({str(worn)!r}).read().split()")
    bus.start()
    before = set(site.pids())
    worn.write_text(" ".join(map(str, before)))
    site.until(lambda: len(site.pids()) == 2 and not before & set(site.pids()))
    assert len(site.said("has reached its limit and is replaced")) == 2
    assert not site.said("SIG")


def test_one_that_gives_no_sign_of_life(site: Site, bus: Bus) -> None:
    """A worker that is stopped, or hangs in its main thread, is killed and replaced."""
    site.supervisor.patience.silence = 1.5
    bus.start()
    stopped = site.pids()[0]
    os.kill(stopped, signal.SIGSTOP)
    site.until(lambda: site.said(f"({stopped}) gives no sign of life: killed"))
    site.until(lambda: len(site.pids()) == 2)


def test_one_that_does_not_end(site: Site, bus: Bus) -> None:
    """A worker that does not leave in time is killed."""
    site.supervisor.patience.leave = 0.05
    site.code.write_text("signal.signal(signal.SIGTERM, lambda *_: None)")
    bus.start()
    bus.stop()
    assert site.said("has not ended in time: killed")


def test_signals_are_handed_on(site: Site, bus: Bus) -> None:
    """A signal for all workers reaches each."""
    site.code.write_text("bus.graceful = lambda: open(sys.argv[1] + str(os.getpid()), 'w').close()")
    site.code.write_text(site.code.read_text() + "\nbus.subscribe('SIGUSR1', bus.graceful)")
    bus.start()
    pids = site.pids()
    site.supervisor.signal(signal.SIGUSR1)
    for _ in range(200):
        if all(site.code.with_name(f"code.py{pid}").exists() for pid in pids):
            return
        threading.Event().wait(0.02)
    pytest.fail("not all of them were told")


def test_the_supervisor_is_killed(run: Callable[[str], Program], tmp_path: Path) -> None:
    """When the supervisor is gone, its workers end by themselves."""
    (tmp_path / "code.py").write_text("")
    program = run(f"""
from kirsch.process.supervisor import Supervisor
command = [sys.executable, "-c", {WORKER!r}, {str(tmp_path / "code.py")!r}]
supervisor = Supervisor(bus, command, 2, {{}})
supervisor.subscribe()
bus.start()
processes = " ".join(str(each["process"]) for each in supervisor.statistics())
sys.stdout.write("workers " + processes + "\\n")  # in one piece, as the supervisor's thread prints, too
sys.stdout.flush()
bus.block()
""")
    program.until("workers ")
    pids = [int(word) for word in program.out.split("workers ")[1].split("\n")[0].split()]
    program.send(signal.SIGKILL)
    end = monotonic() + 3 * LONG
    while any(_lives(pid) for pid in pids):
        assert monotonic() < end, "some of them live on"
        sleep(0.01)


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
