"""Reload, upgrade, new certificates, a killed worker, the end: under load, with every request counted."""

from __future__ import annotations

import os
import signal
import subprocess
import time

from client import PAIRS
from served import WRK_CONNECTIONS, Load, Served
from table import Table

COLUMNS = ("trial", "client", "sent", "answered", "failed", "what happened")


def add_counts(table, trial, found, what, kills=0):
    """A row for each client. kills: each may cost a request of each connection."""
    for kind, title in (("kept", "ours, kept connections"), ("new", "ours, a connection each")):
        counts = found[kind]
        failed = counts["failures"]
        table.add(trial, title, counts["sent"], counts["answered"], len(failed), what, ok=len(failed) <= kills * PAIRS)
        for failure in failed[:10]:
            table.note(f"{trial}: {failure}")
    wrk = found.get("wrk")
    if wrk is not None:
        failed = wrk["connect"] + wrk["read"] + wrk["write"] + wrk["timeout"] + wrk["status"]
        answered = wrk["requests"] - wrk["status"]
        table.add(
            trial,
            f"wrk, {WRK_CONNECTIONS} connections",
            answered + failed,
            answered,
            failed,
            what,
            ok=failed <= (WRK_CONNECTIONS * kills),
        )


def every(seconds, times):
    """The moments for something that is to happen so often in so many seconds."""
    begun = time.monotonic()
    for number in range(1, times + 1):
        time.sleep(max(0.0, begun + seconds * number / (times + 1) - time.monotonic()))
        yield number


def life(seconds):
    """The table."""
    table = Table("Under load: requests sent, answered, failed", COLUMNS)
    for trial in (reload, upgrade, certificate, kill, term):
        trial(table, seconds)
    return table


def reload(table, seconds):
    """SIGHUP, again and again."""
    times = max(2, round(seconds / 6))
    with Served() as served:
        before = set(served.workers())
        load = Load(served, seconds)
        for _ in every(seconds, times):
            served.signal(signal.SIGHUP)
        found = load.finish()
        served.until(lambda: len(served.workers()) == 2)
        new = not before & set(served.workers())
        seen = len({*found["kept"]["workers"], *found["new"]["workers"]})
    add_counts(table, "HUP reload", found, f"{times} reloads, {seen} workers have answered")
    table.hold("HUP: the workers are new ones", new and seen >= 4)


def upgrade(table, seconds):
    """SIGUSR2, again and again."""
    times = max(1, round(seconds / 12))
    with Served() as served:
        load = Load(served, seconds)
        for _ in every(seconds, times):
            before = served.pid()
            served.signal(signal.SIGUSR2)
            served.until(lambda before=before: served.pid() != before)
        found = load.finish()
        seen = len({*found["kept"]["workers"], *found["new"]["workers"]})
    add_counts(table, "USR2 upgrade", found, f"{times} upgrades, {seen} workers have answered")
    table.hold("USR2: others have served", seen >= 4)


def certificate(table, seconds):
    """The files of the certificate are replaced; the server finds it by itself, or is told to look (SIGUSR1)."""
    times = max(1, round(seconds / 12))
    with Served("--tls-cert", "FOLDER/certificate.pem", prepare=lambda folder: make_certificate(folder, 0)) as served:
        load = Load(served, seconds, "--tls")
        for number in every(seconds, times):
            make_certificate(served.folder, number)
            served.signal(signal.SIGUSR1)
        found = load.finish()
        seen = found["new"]["certificates"]
    add_counts(table, "certificate change", found, f"{times} new certificates, {seen} were seen")
    table.hold("certificates: each was seen", seen == times + 1)


def make_certificate(folder, number):
    """A certificate and its key in one file, put in its place as a whole."""
    new = folder / f"certificate-{number}.pem"
    key = folder / f"key-{number}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
         "30", "-subj", f"/CN=trial {number}", "-keyout", key, "-out", new],
        check=True, capture_output=True,
    )  # fmt: skip
    with new.open("ab") as file:
        file.write(key.read_bytes())
    os.replace(new, folder / "certificate.pem")


def kill(table, seconds):
    """SIGKILL for one worker, again and again."""
    times = max(1, round(seconds / 6))
    with Served() as served:
        load = Load(served, seconds)
        back = []
        for _ in every(seconds, times):
            served.until(lambda: len(served.workers()) == 2)
            killed = served.workers()[0]
            os.kill(killed, signal.SIGKILL)
            begun = time.monotonic()
            served.until(lambda killed=killed: len(set(served.workers()) - {killed}) == 2)
            back.append(time.monotonic() - begun)
        found = load.finish()
    what = f"{times} kills; the next worker was started within {max(back):.2f} s; refused connections: "
    refused = found["kept"]["refused"] + found["new"]["refused"]
    add_counts(table, "kill -9 of a worker", found, what + str(refused), kills=times)
    table.hold("kill -9: nobody was refused", refused == 0)


def term(table, seconds):
    """SIGTERM: what was accepted is answered, then nobody is there."""
    with Served() as served:
        load = Load(served, seconds, "--until-refused", wrk=0)
        time.sleep(min(seconds / 2, 10.0))
        begun = time.monotonic()
        served.signal(signal.SIGTERM)
        status = served.process.wait(30)
        took = time.monotonic() - begun
        found = load.finish()
    add_counts(table, "TERM", found, f"ended with status {status} after {took:.1f} s; then connections are refused")
    table.hold("TERM: status 0", status == 0)
