"""What waits to be written, and its thread."""

from __future__ import annotations

import os
import threading
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from kirsch.app import logwriter
from kirsch.app.logwriter import MOST_LONG, MOST_WAITING, LogWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Sink:
    """Takes batches. hold: what is written waits for it to be set."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.threads: set[int] = set()
        self.hold = threading.Event()
        self.hold.set()
        self.writer: LogWriter[str] = LogWriter(self.write, "sink")

    def write(self, batch: list[str]) -> None:
        """Take a batch."""
        assert self.hold.wait(10)
        self.threads.add(threading.get_ident())
        self.batches.append(batch)

    @property
    def lines(self) -> list[str]:
        """All that has come."""
        return [line for batch in self.batches for line in batch]


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A sink whose thread ends with the test."""
    sink = Sink()
    yield sink
    sink.hold.set()
    sink.writer.stop()
    wait_until(lambda: of_log() == [])


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread does, at most ten seconds."""
    end = monotonic() + 10
    while not condition():
        assert monotonic() < end
        sleep(0.001)


def of_log() -> list[threading.Thread]:
    """The threads of log writers named as that of the fixture."""
    return [thread for thread in threading.enumerate() if thread.name == "kirsch log sink"]


def test_no_thread_before_the_first_item(sink: Sink) -> None:
    """Importing and configuring starts nothing; the first line does, and the thread does not keep a process alive."""
    assert of_log() == []
    sink.writer.put("a", 1)
    (thread,) = of_log()
    assert thread.daemon


def test_after_long_silence_the_thread_ends(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """And keeps nothing alive any more; what comes later starts a new one."""
    monkeypatch.setattr(logwriter, "LINGER", 0.001)
    for line in "abc":
        sink.writer.put(line, 1)
        wait_until(lambda: of_log() == [])
    assert sink.lines == ["a", "b", "c"]


def test_another_thread_writes(sink: Sink) -> None:
    """Without anybody's asking."""
    sink.writer.put("a", 1)
    wait_until(lambda: sink.lines == ["a"])
    assert threading.get_ident() not in sink.threads


def test_after_silence_it_wakes_up(sink: Sink) -> None:
    """What comes once all is written, and the thread sleeps, is written as well."""
    for number in range(3):
        sink.writer.put(str(number), 1)
        wait_until(lambda: sink.writer._idle)
    assert sink.lines == ["0", "1", "2"]


def test_many_are_written_at_once(sink: Sink) -> None:
    """All that has come while it was writing is one batch, in order."""
    sink.hold.clear()
    for number in range(1000):
        sink.writer.put(str(number), 1)
    sink.hold.set()
    wait_until(lambda: len(sink.lines) == 1000)
    assert sink.lines == [str(number) for number in range(1000)]
    assert len(sink.batches) <= 2


def test_flush_writes_here_and_now(sink: Sink) -> None:
    """And says whether there was something."""
    sink.writer.put("a", 1)
    sink.writer.flush()
    assert sink.lines == ["a"]
    assert sink.writer.flush() is False


def test_flush_gives_up(sink: Sink) -> None:
    """Whoever flushes does not wait for a stuck disk for ever."""
    sink.hold.clear()
    sink.writer.put("a", 1)
    wait_until(lambda: not sink.writer._waiting)
    assert sink.writer.flush(0.01) is False


@pytest.mark.parametrize(("size", "most", "more"), [(MOST_LONG // 10, 10, 30), (100, MOST_WAITING, 5)])
def test_bounded(size: int, most: int, more: int, sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    """With a disk that stands still, lines are lost, not requests; how many is said when it goes on."""
    sink.hold.clear()
    sink.writer.put("first", 1)
    wait_until(lambda: not sink.writer._waiting)
    for _ in range(most + more):
        sink.writer.put("x", size)
    lost = most + more - len(sink.writer._waiting)
    assert more - 1 <= lost <= more
    assert f"{most + more - lost} waiting, {lost} lost" in repr(sink.writer)
    sink.hold.set()
    wait_until(lambda: f"{lost} lines for sink were lost" in caplog.text)
    wait_until(lambda: not sink.writer._waiting)
    sink.writer.put("later", 1)
    wait_until(lambda: sink.lines[-1] == "later")


def test_complaints_are_rare(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    """The second loss within ten seconds is not a second line."""
    for _ in range(3):
        with sink.writer.busy:
            sink.writer.lost = 5
            sink.writer.put("x", 1)
            sink.writer.flush()
    assert caplog.text.count("were lost") == 1
    assert sink.writer.lost == 5


def test_a_failing_writer_lives_on(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    """A mistake in what writes costs a batch, and is said."""

    def fail(_: list[str]) -> None:
        raise ArithmeticError

    sink.writer._write = fail
    sink.writer.put("a", 1)
    wait_until(lambda: "1 lines for sink could not be written" in caplog.text)
    sink.writer._write = sink.write
    sink.writer.put("b", 1)
    wait_until(lambda: sink.lines == ["b"])


def test_stop_and_go_on(sink: Sink) -> None:
    """A stopped writer has written everything and has no thread; what comes later starts a new one."""
    sink.writer.put("a", 1)
    sink.writer.stop()
    assert sink.lines == ["a"]
    wait_until(lambda: of_log() == [])
    sink.writer.put("b", 1)
    wait_until(lambda: sink.lines == ["a", "b"])
    assert len(of_log()) == 1


def test_stopping_a_sleeping_one(sink: Sink) -> None:
    """A thread that sleeps wakes up to end."""
    sink.writer.put("a", 1)
    wait_until(lambda: sink.writer._idle)
    sink.writer.stop()
    wait_until(lambda: of_log() == [])


def test_without_threads(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no thread can be started, lines are written at once, and the next one tries again."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    sink.writer.put("a", 1)
    assert sink.lines == ["a"]
    monkeypatch.undo()
    sink.writer.put("b", 1)
    wait_until(lambda: sink.lines == ["a", "b"])


def test_at_the_end_of_the_process(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """All is written, and who still has something to say writes it himself."""
    end = logwriter._End()
    monkeypatch.setattr(logwriter, "_end", end)
    monkeypatch.setattr(logwriter, "_writers", {sink.writer})
    sink.writer.put("a", 1)
    logwriter._end_of_process()
    sink.writer.put("b", 1)
    assert sink.lines == ["a", "b"]
    assert 0 < logwriter.patience() <= 2
    end.deadline = 0
    assert logwriter.patience() == 0


def test_within_itself(sink: Sink) -> None:
    """A signal handler may log while its thread is logging: locks are re-entrant."""
    with sink.writer.busy, sink.writer._lock:
        sink.writer.put("a", 1)
        sink.writer.flush()
    assert sink.lines == ["a"]


@pytest.mark.parametrize("linger", [10.0, 0.0])
def test_from_many_threads(sink: Sink, monkeypatch: pytest.MonkeyPatch, linger: float) -> None:
    """Nothing is lost, doubled or put out of each thread's order, however often the thread ends in between."""
    monkeypatch.setattr(logwriter, "LINGER", linger)

    def work(letter: str) -> None:
        for number in range(500):
            sink.writer.put(f"{letter}{number}", 1)

    threads = [threading.Thread(target=work, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: len(sink.lines) == 2000)
    for letter in "abcd":
        assert [line for line in sink.lines if line[0] == letter] == [f"{letter}{number}" for number in range(500)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_fork(sink: Sink) -> None:
    """What waited is written once, by the parent, before; the child has locks and a thread of its own."""
    reader, writer = os.pipe()
    sink.writer.put("parent", 1)
    child = os.fork()
    if not child:
        sink.writer._write = lambda batch: os.write(writer, ",".join(batch).encode())  # type: ignore[assignment]
        sink.writer.put("child", 1)
        wait_until(lambda: sink.writer._idle)
        os._exit(0)
    assert sink.lines == ["parent"]
    assert os.waitpid(child, 0)[1] == 0
    assert os.read(reader, 100) == b"child"
    os.close(reader)
    os.close(writer)
