"""Files and screens of the logs, and what can go wrong with them."""

from __future__ import annotations

import io
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kirsch.app.loghandlers import PIPE_SIZE, Forwarder, LogFile, LogHandler, LogScreen, WsgiErrors, reopen

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = logging.Formatter()


@pytest.fixture
def home() -> Iterator[logging.Logger]:
    """A logger of the test's own, which is not there any more afterwards."""
    logger = logging.getLogger("kirschtest.home")
    logger.setLevel(logging.INFO)
    logger.propagate = True
    yield logger
    for owner in (logger, logging.getLogger("kirschtest")):
        for handler in list(owner.handlers):
            owner.removeHandler(handler)
            handler.close()


@pytest.fixture
def file(tmp_path: Path, home: logging.Logger) -> LogFile:
    """A log file on that logger."""
    file = LogFile(tmp_path / "x.log", home, PLAIN)
    home.addHandler(file)
    return file


def content(file: LogFile) -> str:
    """What is in the file when all is written."""
    file.flush()
    return Path(file.place).read_text("utf-8")


class Leaky(LogHandler):
    """Takes `room` bytes, and then none. Whatever it took is in `data`."""

    def __init__(self, home: logging.Logger, room: int) -> None:
        super().__init__("the drain", home, PLAIN)
        self.room = room
        self.data = b""

    def _write(self, data: bytes, start: int) -> int:
        if not self.room:
            raise OSError(28, "No space left on device")
        taken = data[start : start + self.room]
        self.room -= len(taken)
        self.data += taken
        return len(taken)


def record(message: str, name: str = "kirsch.error", **more: Any) -> logging.LogRecord:
    """A record of the year 2026."""
    made = logging.LogRecord(name, logging.INFO, "x.py", 1, message, (), None)
    made.created = 1795000000.25
    made.__dict__.update(more)
    return made


# -- files -----------------------------------------------------------------------------------------------------------


def test_file_appends(tmp_path: Path, home: logging.Logger) -> None:
    """What a file has, it keeps; text goes in as UTF-8."""
    (tmp_path / "x.log").write_text("before\n")
    file = LogFile(tmp_path / "x.log", home, PLAIN)
    file.handle(record("schön \udc80"))
    assert content(file) == "before\nschön \\udc80\n"
    file.close()


def test_file_that_cannot_be(tmp_path: Path, home: logging.Logger) -> None:
    """A wrong path is an error when it is set, not when something goes wrong later."""
    with pytest.raises(FileNotFoundError, match="nowhere"):
        LogFile(tmp_path / "nowhere" / "x.log", home, PLAIN)


def test_file_is_there_from_the_beginning(file: LogFile) -> None:
    """Before the first line, and at an absolute path."""
    assert os.path.isabs(file.place)
    assert content(file) == ""
    assert repr(file) == f"<LogFile {file.place}>"


def test_moved_file(file: LogFile) -> None:
    """After logrotate has moved the file, lines go to a new one without anybody's telling."""
    file.handle(record("one"))
    file.flush()
    os.rename(file.place, f"{file.place}.1")
    file._looked -= 1
    file.handle(record("two"))
    assert content(file) == "two\n"
    assert Path(f"{file.place}.1").read_text() == "one\n"


def test_removed_file(file: LogFile) -> None:
    """So does a file that was removed."""
    os.remove(file.place)
    file._looked -= 1
    file.handle(record("two"))
    assert content(file) == "two\n"


def test_replaced_file(file: LogFile) -> None:
    """And one in whose place somebody has put another; but one that is still there is kept."""
    file.handle(record("one"))
    file.flush()
    number = file._file
    file._looked -= 1
    file.handle(record("two"))
    file.flush()
    assert file._file == number
    os.rename(file.place, f"{file.place}.1")
    Path(file.place).write_text("new\n")
    file._looked -= 1
    file.handle(record("three"))
    assert content(file) == "new\nthree\n"


def test_a_busy_file_is_looked_after(file: LogFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second after the last look it is looked up again, however often it is written to meanwhile."""
    now = [file._looked]
    monkeypatch.setattr("kirsch.app.loghandlers.monotonic", lambda: now[0])
    os.rename(file.place, f"{file.place}.1")
    for number in range(4):
        now[0] += 0.4
        file.handle(record(str(number)))
        file.flush()
    assert Path(f"{file.place}.1").read_text() == "0\n1\n"
    assert content(file) == "2\n3\n"


def test_removed_between_two_looks(file: LogFile) -> None:
    """Lines for a file that is gone are not lost."""
    os.remove(file.place)
    file.handle(record("one"))
    assert content(file) == "one\n"


def test_moved_to_where_no_new_one_can_be(file: LogFile, caplog: pytest.LogCaptureFixture) -> None:
    """Then the moved one is gone on with, and that is said once."""
    folder = Path(file.place).parent
    os.rename(folder, moved := folder.with_name(f"{folder.name}-moved"))
    for _ in range(2):
        file._looked -= 1
        file.handle(record("one"))
        file.flush()
    assert (moved / "x.log").read_text() == "one\none\n"
    assert caplog.text.count("cannot be begun anew, so lines go to where it was moved") == 1


def test_reopened_where_no_new_one_can_be(file: LogFile, caplog: pytest.LogCaptureFixture) -> None:
    """It is said, and ends neither the reopening of others nor the old file."""
    standard = logging.FileHandler(file.place)
    folder = Path(file.place).parent
    os.rename(folder, moved := folder.with_name(f"{folder.name}-moved"))
    file.reopen()
    reopen(standard)
    file.handle(record("one"))
    file.flush()
    standard.close()
    assert (moved / "x.log").read_text() == "one\n"
    assert caplog.text.count("cannot be begun anew") == 2


def test_losses_are_told_at_the_end(home: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    """How many lines were lost is said at the latest when the handler is closed."""
    drain = Leaky(home, 0)
    drain.handle(record("one"))
    drain.close()
    assert "1 lines for the drain were lost" in caplog.text


def test_reopen(file: LogFile) -> None:
    """What was said before goes to the old file, what is said after to the new one, at once."""
    file.handle(record("one"))
    os.rename(file.place, f"{file.place}.1")
    file.reopen()
    file.handle(record("two"))
    assert content(file) == "two\n"
    assert Path(f"{file.place}.1").read_text() == "one\n"


def test_closed_file(file: LogFile) -> None:
    """A line after the end opens the file again: the last words of a process are not lost."""
    file.handle(record("one"))
    file.close()
    file.handle(record("two"))
    assert content(file) == "one\ntwo\n"


def test_closed_and_reopened_file(file: LogFile) -> None:
    """In any order and number."""
    file.close()
    file.close()
    file.reopen()
    file.handle(record("one"))
    assert content(file) == "one\n"


def test_many_lines_are_one_write(file: LogFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits together is written together."""
    writes = []
    monkeypatch.setattr(file, "_write", lambda data, _: writes.append(data) or len(data))
    with file.writer.busy:
        for number in range(100):
            file.handle(record(str(number)))
        file.flush()
    assert b"".join(writes).count(b"\n") == 100
    assert len(writes) == 1


# -- trouble ---------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full disk here")
def test_full_disk(home: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    """Lines are lost, and that is said once."""
    file = LogFile("/dev/full", home, PLAIN)
    for _ in range(3):
        file.handle(record("x"))
        file.flush()
    assert caplog.text.count("/dev/full cannot be written, so lines are lost: [Errno 28]") == 1
    file.close()


def test_when_it_works_again(home: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    """How many lines were lost is said once; a line that was torn is not continued by another."""
    drain = Leaky(home, 6)
    for text in ("one", "two", "three\nfour", "five"):
        drain.handle(record(text))
        drain.flush()
    drain.room = 100
    for text in ("six", "seven"):
        drain.handle(record(text))
        drain.flush()
    assert drain.data == b"one\ntw\nsix\nseven\n"
    assert caplog.text.count("4 lines for the drain were lost while it could not be written") == 1
    assert caplog.text.count("lost") == 2


def test_a_place_of_no_kind(home: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    """A kind of handler that forgets to say how to write is told so, in the log."""
    handler = LogHandler("somewhere", home, PLAIN)
    handler.handle(record("x"))
    handler.close()
    assert "NotImplementedError" in caplog.text


def test_partial_writes(home: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that takes only some is continued."""
    drain = Leaky(home, 100)
    monkeypatch.setattr(drain, "_write", lambda data, start, write=drain._write: write(data[: start + 2], start))
    drain.handle(record("hello"))
    drain.flush()
    assert drain.data == b"hello\n"


def test_broken_formatter(file: LogFile, capsys: pytest.CaptureFixture[str]) -> None:
    """A record that cannot be formatted is reported as logging does, and the next one is written."""
    bad = record("%d")
    bad.args = ("x",)
    file.handle(bad)
    file.handle(record("good"))
    assert content(file) == "good\n"
    assert "Logging error" in capsys.readouterr().err


# -- screens ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["stdout", "stderr"])
def test_screen(place: str, home: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    """It writes to what is there now, not to what was there when it was made."""
    screen = LogScreen(place, home, PLAIN)
    screen.handle(record("hello"))
    screen.flush()
    assert getattr(capsys.readouterr(), place[3:]) == "hello\n"


def test_real_screen(home: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a file behind it, it is written to directly."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        screen = LogScreen("stdout", home, PLAIN)
        screen.handle(record("hello"))
        screen.flush()
        assert os.read(reader, 100) == b"hello\n"
        monkeypatch.undo()
    os.close(reader)


def test_pieces_for_a_pipe(home: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    """What others might write into is written in pieces that the system keeps together, cut between records."""
    reader, writer = os.pipe()
    pieces: list[bytes] = []
    with os.fdopen(writer, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        monkeypatch.setattr("kirsch.app.loghandlers.os.write", lambda _, data: pieces.append(bytes(data)) or len(data))
        screen = LogScreen("stdout", home, PLAIN)
        records = ["a" * 3000, "b" * 1000 + "\n    " + "c" * 2000, "d" * 5000, "e\n    " + "f" * 4200, "g"]
        screen._deliver([f"{each}\n" for each in records])
        monkeypatch.undo()
    os.close(reader)
    assert b"".join(pieces).decode() == "".join(f"{each}\n" for each in records)
    assert max(map(len, pieces)) <= PIPE_SIZE
    assert [piece[:1] for piece in pieces] == [b"a", b"b", b"d", b"d", b"e", b" ", b"f"]


def test_nobody_reads(home: logging.Logger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A pipe whose reader has gone costs lines, nothing else."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        screen = LogScreen("stdout", home, PLAIN)
        for _ in range(2):
            screen.handle(record("hello"))
            screen.flush()
        monkeypatch.undo()
    assert caplog.text.count("stdout cannot be written, so lines are lost") == 1


def test_full_pipe(home: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A non-blocking terminal is waited for."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    waited = []

    def wait(*_: object) -> None:
        waited.append(os.read(reader, 1 << 20))

    with os.fdopen(writer, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        monkeypatch.setattr("kirsch.app.loghandlers.select.select", wait)
        screen = LogScreen("stdout", home, PLAIN)
        screen.writer.renew()
        with screen.writer.busy:
            screen.handle(record("x" * 300_000))
            screen.flush()
        monkeypatch.undo()
    assert len(b"".join(waited) + os.read(reader, 1 << 20)) == 300_001
    os.close(reader)


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_no_screen(stream: object, home: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service has no screen at all, and a closed one is as good as none."""
    if isinstance(stream, io.StringIO):
        stream.close()
    monkeypatch.setattr(sys, "stdout", stream)
    screen = LogScreen("stdout", home, PLAIN)
    screen.handle(record("hello"))
    screen.flush()
    assert screen.writer.lost == 0


# -- once is enough --------------------------------------------------------------------------------------------------


def test_the_same_place_further_up(file: LogFile, home: logging.Logger) -> None:
    """An application and its process may write to one file: each record stands in it once."""
    above = logging.getLogger("kirschtest")
    above.addHandler(LogFile(file.place, above, PLAIN))
    home.info("hello")
    above.handlers[0].flush()
    assert content(file) == "hello\n"


def test_a_standard_handler_further_up(file: LogFile, home: logging.Logger) -> None:
    """So it is with a handler of the standard library."""
    logging.getLogger("kirschtest").addHandler(logging.FileHandler(file.place))
    home.info("hello")
    assert content(file) == "hello\n"


def test_a_screen_further_up(home: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    """After logging.basicConfig(), a message comes once to the terminal, in the form that was asked for there."""
    home.addHandler(LogScreen("stderr", home, PLAIN))
    above = logging.StreamHandler(sys.stderr)
    above.setFormatter(logging.Formatter("mine: %(message)s"))
    logging.getLogger("kirschtest").addHandler(above)
    home.info("hello")
    home.handlers[0].flush()
    assert capsys.readouterr().err == "mine: hello\n"


def test_what_does_not_pass_further_up(file: LogFile, home: logging.Logger) -> None:
    """A handler above that would not take it, for its level or because it never gets there, does not count."""
    above = LogFile(file.place, logging.getLogger("kirschtest"), PLAIN)
    above.home.addHandler(above)
    above.setLevel(logging.ERROR)
    home.info("hello")
    above.setLevel(logging.NOTSET)
    home.propagate = False
    home.info("again")
    assert content(file) == "hello\nagain\n"


def test_plain(file: LogFile) -> None:
    """A handler is plain until somebody has a wish about it."""
    assert file.plain
    file.setFormatter(logging.Formatter("mine: %(message)s"))
    assert not file.plain
    file.setFormatter(PLAIN)
    file.setLevel(logging.ERROR)
    assert not file.plain
    file.setLevel(logging.INFO)
    file.addFilter(lambda record: True)
    assert not file.plain


# -- WSGI ------------------------------------------------------------------------------------------------------------


def test_wsgi_errors() -> None:
    """What is said within a request that came by WSGI goes to its server's log; outside of one, nowhere."""
    stream = io.StringIO()
    environ: dict[str, Any] = {}
    handler = WsgiErrors(lambda: environ, PLAIN)
    handler.handle(record("before"))
    environ["wsgi.errors"] = stream
    handler.handle(record("within"))
    assert stream.getvalue() == "within\n"


def test_broken_wsgi_errors(capsys: pytest.CaptureFixture[str]) -> None:
    """A server whose log is broken does not break the application."""
    WsgiErrors(lambda: {"wsgi.errors": 5}, PLAIN).handle(record("x"))
    assert "Logging error" in capsys.readouterr().err


# -- others ----------------------------------------------------------------------------------------------------------


def test_forwarder(file: LogFile, home: logging.Logger) -> None:
    """What loggers of others say goes to our handlers that want it; what ours say has been there already."""
    forwarder = Forwarder(home)
    for name in ("shop.views", home.name, f"{home.name}.deeper", f"{home.name}ly"):
        forwarder.handle(record(name, name))
    file.setLevel(logging.ERROR)
    forwarder.handle(record("too low", "shop.views"))
    assert content(file) == f"shop.views\n{home.name}ly\n"
