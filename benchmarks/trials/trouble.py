"""A full disk, a log file that is removed, no descriptors left, a clock that jumps, and a crowd at the door."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import resource
import subprocess
import time
from pathlib import Path

from scaling import cpu_seconds
from served import Load, Served
from table import Table

COLUMNS = ("trouble", "requests", "answered", "failed", "what happened")
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
FAKED = {"LD_PRELOAD": FAKETIME, "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1"}
CROWD = 2000
HALF_AN_HOUR = 1800


def trouble(seconds):
    """The table."""
    table = Table("In trouble", COLUMNS)
    for trial in (full_log, removed_log, full_store, no_descriptors, clock, crowd):
        trial(table, min(seconds, 10.0))
    return table


@contextlib.contextmanager
def small_disk(megabytes):
    """A file system of its own, as `disk` in the folder of a server: a function that prepares it there."""
    mounted = []

    def mount(folder):
        disk = folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", disk], check=True)
        mounted.append(disk)

    try:
        yield mount
    finally:
        for disk in mounted:
            subprocess.run(["umount", "-l", disk], check=True)


def both(found):
    """Sent, answered and failed of our own client, both kinds of connections."""
    kinds = found["kept"], found["new"]
    return sum(k["sent"] for k in kinds), sum(k["answered"] for k in kinds), sum(len(k["failures"]) for k in kinds)


LINE = re.compile(rb'127\.0\.0\.1 - - \[[^]]*\] "GET / HTTP/1\.1" 200 \d+ "" ""\n')


def lines_of(file):
    """How many whole lines there are: not those that a full disk has cut."""
    return len(LINE.findall(file.read_bytes()))


def full_log(table, seconds):
    """The disk of the access log is full for a while, then not."""
    with small_disk(1) as mount, Served("--access-log", "FOLDER/disk/access.log", prepare=mount) as served:
        disk = served.folder / "disk"
        load = Load(served, seconds, wrk=0)
        time.sleep(seconds / 2)
        full = os.statvfs(disk).f_bavail == 0
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
        sent, answered, failed = both(load.finish())
        said = served.log.read_text
        with contextlib.suppress(TimeoutError):
            served.until(lambda: answered == lines_of(disk / "access.log") + lost_by(said()), 5.0)
        lost, there = lost_by(said()), lines_of(disk / "access.log")
    what = f"the log says that {lost:,} lines were lost, and holds {there:,} others; service went on"
    table.add(
        "disk of the access log full", sent, answered, failed, what, ok=not failed and full and lost + there == answered
    )


def lost_by(text):
    """Lines that were lost, as the log says."""
    return sum(map(int, re.findall(r"(\d+) lines for \S+ were lost while it could not be written", text)))


def removed_log(table, seconds):
    """The access log is removed under load."""
    with Served("--access-log", "FOLDER/access.log") as served:
        log = served.folder / "access.log"
        load = Load(served, seconds, wrk=0)
        time.sleep(seconds / 2)
        with log.open("rb") as old:
            log.unlink()
            sent, answered, failed = both(load.finish())
            served.until(log.exists)
            time.sleep(1.0)
            before = old.read().count(b"\n")
        after = lines_of(log)
    what = f"{before:,} lines in the old file, {after:,} in a new one that was begun at once"
    table.add("log file removed", sent, answered, failed, what, ok=not failed and before + after == answered)


def full_store(table, _seconds):
    """The disk of the sessions is full, then not."""
    for kind, store in (("SQLite", "sqlite:FOLDER/disk/sessions.db"), ("files", "files:FOLDER/disk/sessions")):
        with small_disk(3) as mount, Served("--set", f"tools.sessions.store={store}", prepare=mount) as served:
            acknowledged, refused, others = fill(served)
            subprocess.run(["mount", "-o", "remount,size=200m", served.folder / "disk"], check=True)
            lost = sum(served.ask("/number", cookie)[1] != number for cookie, number in acknowledged.items())
            again = sum(served.ask("/count?fill=10000", cookie)[0] == 200 for cookie in list(acknowledged)[:20])
        good = refused and set(refused) <= {503, 507} and set(others) == {200} and not lost and again == 20
        what = (
            f"{kind}: {len(refused)} saves refused by {' and '.join(map(str, sorted(set(refused))))}, pages without a "
        )
        what += f"session answered; of {len(acknowledged)} acknowledged sessions {lost} lost; with room again, all work"
        sent = len(acknowledged) + len(refused) + len(others)
        table.add("disk of the sessions full", sent, sent - len(refused), len(refused), what, ok=good)


def fill(served):
    """New sessions until there is no room; then pages without one. Acknowledged numbers, and statuses."""
    acknowledged, refused, others = {}, [], []
    while len(refused) < 20 and len(acknowledged) < 2000:
        status, text, cookie, _ = served.ask("/count?fill=20000")
        if status == 200:
            acknowledged[cookie] = text
        else:
            refused.append(status)
            others.append(served.ask("/")[0])
    return acknowledged, refused, others


def no_descriptors(table, _seconds):
    """More clients than there may be open files; each asks as soon as it is let in."""
    count = 300

    with Served(prefix=("prlimit", "--nofile=64:64")) as served:
        silent = asyncio.run(arrive(served.port, 100, silent=1.0))
        used = -sum(map(cpu_seconds, served.workers()))
        begun = time.monotonic()
        answered, slowest = asyncio.run(arrive(served.port, count, hold=0.2))
        used += sum(map(cpu_seconds, served.workers()))
        took = time.monotonic() - begun
        said = "no new connections" in served.log.read_text()
        alive = served.ask("/")[0] == 200
    what = "64 files a worker: the others wait in the system's line and are answered in turn, the last after "
    what += f"{slowest:.1f} s; the log says so; {used / took:.0%} of a core meanwhile"
    table.add(
        "no descriptors left",
        count,
        answered,
        count - answered,
        what,
        ok=answered == count and said and alive and not silent[0],
    )


async def arrive(port, count, silent=0.0, hold=0.0, patience=30.0):
    """So many clients at once: how many were answered, and when the last one was. silent: they ask nothing so long."""
    begun = time.monotonic()

    async def one():
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                break
            except ConnectionRefusedError:  # it does not listen yet
                await asyncio.sleep(0.01)
        try:
            if silent:
                await asyncio.sleep(silent)
                return None
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), patience)
            await asyncio.sleep(hold)
            return time.monotonic() - begun if b" 200 " in answer else None
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            return None
        finally:
            writer.close()

    found = [each for each in await asyncio.gather(*(one() for _ in range(count))) if each is not None]
    return len(found), max(found, default=0.0)


def clock(table, seconds):
    """The clock goes back by half an hour, then forward again, under load; the clock that only counts goes on."""
    if not Path(FAKETIME).exists():
        table.add("clock stepping back", 0, 0, 0, "not tried: libfaketime is not installed (apt-get install faketime)")
        return
    environ = FAKED | {"FAKETIME_TIMESTAMP_FILE": "FOLDER/clock"}
    with Served(environ=environ, prepare=lambda folder: step(folder, "+0")) as served:
        load = Load(served, seconds, wrk=0)
        _, first, cookie, before = served.ask("/count")
        step(served.folder, f"-{HALF_AN_HOUR}")
        time.sleep(seconds / 3)
        _, second, cookie, back = served.ask("/count", cookie)
        step(served.folder, "+0")
        time.sleep(seconds / 3)
        _, third, cookie, _ = served.ask("/count", cookie)
        step(served.folder, f"+{4 * HALF_AN_HOUR}")
        time.sleep(1.5)
        _, fourth, _, _ = served.ask("/count", cookie)
        sent, answered, failed = both(load.finish())
    jumped = before[17:22] != back[17:22]
    what = (
        "half an hour back, and on again: the date follows, nobody is timed out, a session goes on; "
        "two hours ahead it expires"
    )
    table.add(
        "clock stepping back",
        sent,
        answered,
        failed,
        what,
        ok=not failed and jumped and (first, second, third, fourth) == ("1", "2", "3", "1"),
    )


def step(folder, offset):
    """Set the clock of who runs under libfaketime."""
    new = folder / "clock.new"
    new.write_text(f"{offset}\n")
    new.replace(folder / "clock")


def crowd(table, _seconds):
    """So many connections as soon as it listens."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, CROWD + 500)), hard))
    served = Served()
    served.start()
    try:
        answered, slowest = asyncio.run(arrive(served.port, CROWD))
    finally:
        served.__exit__()
    what = f"each on a connection of its own, from before it listens; the last answer after {slowest:.1f} s"
    table.add(f"{CROWD:,} connections at the start", CROWD, answered, CROWD - answered, what, ok=answered == CROWD)
