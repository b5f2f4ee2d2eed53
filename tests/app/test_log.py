"""The logs of an application and of the process."""

from __future__ import annotations

import json
import logging
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from kirsch.app.accesslog import COMBINED, AccessRecord
from kirsch.app.current import current
from kirsch.app.log import GlobalLog, LogManager
from kirsch.app.loghandlers import LogFile
from kirsch.exchange import Exchange, Head

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = "kirschtestlog"
RECORD = AccessRecord("10.0.0.1", None, 1795000000.25, "GET", b"/x", (1, 1), 200, 2, 2, 0.5, b"", b"", b"", "7")


class Visit(Exchange):
    """An exchange that nobody reads."""

    def __init__(self, head: Head) -> None:
        super().__init__(head, ("10.0.0.1", 5000))

    def read(self, size: int = -1) -> bytes:
        return b""

    def open(self) -> None: ...
    def send(self, data: bytes) -> None: ...
    def cut(self) -> None: ...

    def end(self) -> None:
        self.done()


class Collector(logging.Handler):
    """A handler of the application's own."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def forget() -> None:
    """Take everything from the loggers of these tests."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == ROOT:
            logger = logging.getLogger(name)
            for handler in list(logger.handlers):
                logger.removeHandler(handler)
                handler.close()
            logger.filters.clear()
            logger.setLevel(logging.NOTSET)
            logger.propagate = True


@pytest.fixture
def site() -> Iterator[GlobalLog]:
    """The logs of a process."""
    yield GlobalLog(logger_root=ROOT)
    forget()


@pytest.fixture
def app_log(site: GlobalLog) -> LogManager:
    """The logs of one application of it."""
    return LogManager("7", ROOT, site)


def content(app_log: LogManager, path: object) -> str:
    """What a file holds when all is written."""
    app_log.flush()
    return Path(str(path)).read_text("utf-8")


def wanted(app_log: LogManager) -> bool:
    """Whether access lines are, not counting the handlers that pytest adds where a logger does not propagate."""
    for logger in (app_log.access_log, logging.getLogger(f"{ROOT}.access")):
        for handler in list(logger.handlers):
            if type(handler).__module__.startswith("_pytest."):
                logger.removeHandler(handler)
    return app_log.access_wanted


def visit(app_log: LogManager, path: bytes = b"/x", **request: Any) -> None:
    """A request, logged if that is wanted."""
    exchange = Visit(Head("GET", path, (1, 1), [(b"user-agent", b"Test")]))
    if wanted(app_log):
        app_log.follow(exchange, SimpleNamespace(**{"login": None, "unique_id": "7", **request}))
    exchange.start(200, [])
    exchange.finish(b"ok")


# -- the error log ---------------------------------------------------------------------------------------------------


def test_error(app_log: LogManager, tmp_path: Path) -> None:
    """Time, context and message; called, it does the same."""
    app_log.error_file = tmp_path / "e.log"
    app_log.error("hello %s", "TEST")
    app_log("without context")
    lines = content(app_log, app_log.error_file).splitlines()
    assert [line.partition("] ")[2] for line in lines] == ["TEST hello %s", "without context"]
    assert len(lines[0].partition("]")[0] + "]") == len(app_log.time())


def test_traceback(app_log: LogManager, tmp_path: Path) -> None:
    """The failure that is being handled is written below; without one there is nothing to write."""
    app_log.error_file = tmp_path / "e.log"
    app_log.error("calm", traceback=True)
    try:
        _ = 1 // 0
    except ZeroDivisionError:
        app_log.error(context="HTTP", severity=logging.ERROR, traceback=True)
    text = content(app_log, app_log.error_file)
    assert "calm\n[" in text
    assert "HTTP\n    Traceback (most recent call last):\n" in text
    assert text.endswith("    ZeroDivisionError: integer division or modulo by zero\n")


def test_levels(app_log: LogManager, tmp_path: Path) -> None:
    """INFO is written, DEBUG is not, unless the logger is told so; a level set by others before stays."""
    app_log.error_file = tmp_path / "e.log"
    app_log.error("fine detail", severity=logging.DEBUG)
    app_log.error_log.setLevel(logging.DEBUG)
    LogManager("7", ROOT)
    assert app_log.error_log.level == logging.DEBUG


def test_messages_may_be_anything(app_log: LogManager, caplog: pytest.LogCaptureFixture) -> None:
    """An exception, for instance."""
    app_log.error(ValueError("bad %s"))
    app_log.error()
    assert [each.message for each in caplog.records if each.name.startswith("kirschtestlog.")] == ["bad %s", ""]


def test_a_record_knows_its_caller_and_context(app_log: LogManager, caplog: pytest.LogCaptureFixture) -> None:
    """For handlers and formatters of the application's own."""
    app_log.error("hello", "TEST", logging.WARNING)
    (record,) = (each for each in caplog.records if each.message == "TEST hello")
    assert (record.filename, record.levelno, vars(record)["context"]) == ("test_log.py", 30, "TEST")


def test_from_bus(app_log: LogManager, caplog: pytest.LogCaptureFixture) -> None:
    """The bus speaks with its level."""
    app_log.from_bus("started")
    app_log.from_bus("broken", 40)
    said = [(record.levelno, record.message) for record in caplog.records if "ENGINE" in record.message]
    assert said == [(20, "ENGINE started"), (40, "ENGINE broken")]


def test_applications_and_the_process(site: GlobalLog, app_log: LogManager, tmp_path: Path) -> None:
    """What an application says goes to its own log and to that of the process, also what other rooms say."""
    site.error_file = tmp_path / "site.log"
    app_log.error_file = tmp_path / "app.log"
    app_log.error("one")
    logging.getLogger(f"{ROOT}.server").info("two")
    site.error("three")
    assert [line[23:] for line in content(site, site.error_file).splitlines()] == ["one", "SERVER two", "three"]
    assert [line[23:] for line in content(app_log, app_log.error_file).splitlines()] == ["one"]


def test_one_file_for_both(site: GlobalLog, app_log: LogManager, tmp_path: Path) -> None:
    """Then each line is written once."""
    site.error_file = site.access_file = app_log.error_file = app_log.access_file = str(tmp_path / "x.log")
    app_log.error("one")
    visit(app_log)
    site.flush()
    assert len(content(app_log, tmp_path / "x.log").splitlines()) == 2


def test_global_log_speaks_for_the_application(site: GlobalLog, app_log: LogManager, tmp_path: Path) -> None:
    """Called within a request it is the log of that application; error() is always that of the process."""
    app_log.error_file = tmp_path / "app.log"
    site("before")
    site.find_log = lambda: app_log
    site("within", "X")
    site.error("process")
    assert [line[23:] for line in content(app_log, app_log.error_file).splitlines()] == ["X within"]


def test_silence(site: GlobalLog, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With the screen off and no file, nothing is written anywhere, not even by logging's last resort."""
    monkeypatch.setattr(logging.getLogger(ROOT), "propagate", False)
    site.error("serious", severity=logging.CRITICAL)
    assert capsys.readouterr() == ("", "")


# -- the access log --------------------------------------------------------------------------------------------------


def test_nobody_wants_it(app_log: LogManager) -> None:
    """Without a handler nothing is done for a request."""
    assert not wanted(app_log)


def test_access(app_log: LogManager, tmp_path: Path) -> None:
    """A line for each request, when it is over."""
    app_log.access_file = tmp_path / "a.log"
    visit(app_log, login="anna")
    text = content(app_log, app_log.access_file)
    assert text.startswith("10.0.0.1 - anna [")
    assert text.endswith(' "GET /x HTTP/1.1" 200 2 "" "Test"\n')
    assert text.count("\n") == 1


def test_access_by_record(app_log: LogManager, tmp_path: Path) -> None:
    """Whoever has no exchange may make a record."""
    app_log.access_file = tmp_path / "a.log"
    assert wanted(app_log)
    app_log.access(RECORD)
    assert content(app_log, app_log.access_file).endswith('"GET /x HTTP/1.1" 200 2 "" ""\n')


def test_access_of_the_present_request(site: GlobalLog, app_log: LogManager, tmp_path: Path) -> None:
    """Of old, an application may have its line written at any moment; outside of a request there is none."""
    app_log.access_file = tmp_path / "a.log"
    assert wanted(app_log)
    site.find_log = lambda: app_log
    exchange = Visit(Head("GET", b"/now"))
    site.access()
    for app in (None, object()):  # None: of the blank one that is there outside of any
        token = current.set(SimpleNamespace(exchange=exchange, login="anna", unique_id="7", app=app))
        site.access()
        current.reset(token)
    assert content(app_log, app_log.access_file)[:18] == "10.0.0.1 - anna [2"
    assert (content(app_log, app_log.access_file).count("\n"), exchange.context) == (1, None)


def test_format(app_log: LogManager, tmp_path: Path) -> None:
    """It can be set, and set back; a wrong one is refused and changes nothing."""
    app_log.access_file = tmp_path / "a.log"
    app_log.access_log_format = "{s} {i}"
    with pytest.raises(ValueError, match=r"has no {nonsense}"):
        app_log.access_log_format = "{nonsense}"
    visit(app_log)
    assert (content(app_log, app_log.access_file), app_log.access_log_format) == ("200 7\n", "{s} {i}")
    app_log.access_log_format = None
    assert app_log.access_log_format == COMBINED


def test_callbacks_are_kept(app_log: LogManager, tmp_path: Path) -> None:
    """Whoever else waits for the end of an exchange is still told of it."""
    app_log.access_file = tmp_path / "a.log"
    assert wanted(app_log)
    exchange, ended = Visit(Head("GET", b"/")), []
    exchange.when_done = ended.append
    app_log.follow(exchange, None)
    exchange.start(200, [])
    exchange.finish(b"")
    assert ended == [exchange]
    assert content(app_log, app_log.access_file).count("\n") == 1


def test_a_broken_log_breaks_nothing(app_log: LogManager, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A failure while logging is said in the error app_log."""
    app_log.access_file = tmp_path / "a.log"
    visit(app_log, login=5)
    assert "LOG the access log failed" in caplog.text


def test_lines_go_up_to_the_process(site: GlobalLog, app_log: LogManager, tmp_path: Path) -> None:
    """And not beyond: the root logger, and who has configured it, is not flooded."""
    site.access_file = tmp_path / "site.log"
    above = Collector()
    logging.getLogger(ROOT).addHandler(above)
    visit(app_log)
    assert content(site, site.access_file).count("\n") == 1
    assert above.records == []


def test_a_handler_of_ones_own(app_log: LogManager, tmp_path: Path) -> None:
    """It gets real records with all values, and is noticed at once; the file goes on."""
    app_log.access_file = tmp_path / "a.log"
    visit(app_log)
    collector = Collector()
    app_log.access_log.addHandler(collector)
    visit(app_log, b"/second")
    app_log.flush()
    (record,) = collector.records
    assert record.getMessage().endswith('"GET /second HTTP/1.1" 200 2 "" "Test"')
    assert (vars(record)["access"].request_id, record.levelname, record.name) == ("7", "INFO", f"{ROOT}.access.7")
    assert record.created == vars(record)["access"].when
    assert content(app_log, app_log.access_file).count("\n") == 2


@pytest.mark.parametrize("owner", ["log", "site"])
def test_handlers_of_both_loggers_count(owner: str, site: GlobalLog, app_log: LogManager) -> None:
    """One at the logger of the process is as good as one at that of the application."""
    collector = Collector()
    logger = {"log": app_log, "site": site}[owner].access_log
    logger.addHandler(collector)
    assert wanted(app_log)
    logger.removeHandler(collector)
    assert not wanted(app_log)


def test_filters(app_log: LogManager, tmp_path: Path) -> None:
    """A filter of a logger sees each request, and decides for all its handlers."""
    app_log.access_file = tmp_path / "a.log"
    app_log.access_log.addFilter(lambda record: vars(record)["access"].target != b"/health")
    app_log.access_log.addHandler(Collector())
    visit(app_log)
    visit(app_log, b"/health")
    assert content(app_log, app_log.access_file).count("\n") == 1


def test_own_formatter(app_log: LogManager, tmp_path: Path) -> None:
    """A file of ours may be given another formatter, for JSON perhaps; within a second it is used."""
    app_log.access_file = tmp_path / "a.log"
    app_log.access_log.handlers[0].setFormatter(logging.Formatter("%(name)s %(access)s"))
    visit(app_log)
    text = content(app_log, app_log.access_file)
    assert text.startswith(f"{ROOT}.access.7 AccessRecord(remote_host='10.0.0.1'")


def test_levels_of_the_access_log(app_log: LogManager, tmp_path: Path) -> None:
    """A logger that wants no INFO wants no access lines, and may change its mind."""
    app_log.access_file = tmp_path / "a.log"
    app_log.access_log.setLevel(logging.WARNING)
    visit(app_log)
    assert not wanted(app_log)
    app_log.access_log.setLevel(logging.INFO)
    visit(app_log)
    assert content(app_log, app_log.access_file).count("\n") == 1


def test_broken_handlers(app_log: LogManager, caplog: pytest.LogCaptureFixture) -> None:
    """What a handler raises is said once in a while, and keeps no other record from it."""

    class Broken(Collector):
        def emit(self, record: logging.LogRecord) -> None:
            super().emit(record)
            raise OSError("no line to the log host")

    handler = Broken()
    app_log.access_log.addHandler(handler)
    for _ in range(3):
        visit(app_log)
    app_log.flush()
    assert len(handler.records) == 3
    assert caplog.text.count("a handler of the access log failed") == 1


# -- where to --------------------------------------------------------------------------------------------------------


def test_screen(app_log: LogManager, capsys: pytest.CaptureFixture[str]) -> None:
    """Errors go to stderr, accesses to stdout."""
    assert not app_log.screen
    app_log.screen = True
    app_log.screen = True
    assert app_log.screen
    app_log.error("hello")
    visit(app_log)
    app_log.flush()
    out, err = capsys.readouterr()
    assert (out.count("\n"), err.count("\n")) == (1, 1)
    assert "hello" in err
    app_log.screen = False
    assert not app_log.screen


@pytest.mark.parametrize("which", ["error_file", "access_file"])
def test_file(which: str, app_log: LogManager, tmp_path: Path) -> None:
    """A path, made absolute; setting another one replaces it, and nothing ends it."""
    assert getattr(app_log, which) == ""
    for name in ("a.log", "b.log", "b.log"):
        setattr(app_log, which, str(tmp_path / name))
        assert getattr(app_log, which) == str(tmp_path / name)
    handlers = [*app_log.error_log.handlers, *app_log.access_log.handlers]
    assert [handler.place for handler in handlers if isinstance(handler, LogFile)] == [str(tmp_path / "b.log")]
    setattr(app_log, which, None)
    assert getattr(app_log, which) == ""


def test_a_wrong_file_changes_nothing(app_log: LogManager, tmp_path: Path) -> None:
    """It is an error at once, and what was there stays."""
    app_log.error_file = str(tmp_path / "a.log")
    with pytest.raises(FileNotFoundError):
        app_log.error_file = str(tmp_path / "nowhere" / "b.log")
    assert app_log.error_file == str(tmp_path / "a.log")


def test_configure(app_log: LogManager, tmp_path: Path) -> None:
    """Config sets attributes, also those that only the application knows."""
    app_log.configure("access_file", str(tmp_path / "a.log"))
    app_log.configure("maximum", 5)
    assert (app_log.access_file, vars(app_log)["maximum"]) == (str(tmp_path / "a.log"), 5)


def test_wsgi(app_log: LogManager) -> None:
    """Errors may go to the WSGI server's app_log."""
    written: list[str] = []
    stream = SimpleNamespace(write=written.append, flush=lambda: None)
    app_log.find_environ = lambda: {"wsgi.errors": stream}
    app_log.wsgi = app_log.wsgi = True
    app_log.error("hello", "X")
    assert app_log.wsgi
    app_log.wsgi = False
    assert not app_log.wsgi
    app_log.error("again", "X")
    assert [line[23:] for line in written] == ["X hello\n"]


def test_reopen(app_log: LogManager, tmp_path: Path) -> None:
    """After files were moved away, all go to new ones, those of standard handlers, too."""
    app_log.access_file = tmp_path / "a.log"
    app_log.error_file = tmp_path / "e.log"
    app_log.error_log.addHandler(logging.FileHandler(tmp_path / "own.log", encoding="utf-8"))
    app_log.access_log.addHandler(logging.FileHandler(tmp_path / "late.log", delay=True))
    app_log.error_log.addHandler(Collector())
    app_log.error("one")
    app_log.flush()
    for name in ("a.log", "e.log", "own.log"):
        os.rename(tmp_path / name, tmp_path / f"{name}.1")
    app_log.reopen_files()
    app_log.error("zwei ä")
    visit(app_log)
    assert content(app_log, tmp_path / "a.log").count("\n") == 1
    assert content(app_log, tmp_path / "e.log").endswith("zwei ä\n")
    assert content(app_log, tmp_path / "own.log") == "zwei ä\n"


def test_close(site: GlobalLog, app_log: LogManager, tmp_path: Path) -> None:
    """Screen and files go, written to the end; handlers of others stay."""
    collector = Collector()
    for each in (site, app_log):
        each.screen = True
        each.error_file = tmp_path / "e.log"
        each.error_log.addHandler(collector)
        each.error("last words")
        each.close()
        assert not each.screen
        assert each.error_file == ""
        assert each.error_log.handlers == [collector]
    assert (tmp_path / "e.log").read_text().count("last words") == 2


def test_an_id_may_come_again(app_log: LogManager, tmp_path: Path) -> None:
    """A new application does not write to the files of a dead one that had the same id."""
    app_log.access_file = tmp_path / "a.log"
    assert LogManager("7", ROOT).access_file == ""


def test_standard_configuration(site: GlobalLog, tmp_path: Path) -> None:
    """After logging was told to start anew, which closes all handlers, what is still attached still writes."""
    site.error_file = tmp_path / "e.log"
    for handler in logging.getLogger(ROOT).handlers:
        handler.close()
    site.error("hello")
    assert content(site, site.error_file).endswith("hello\n")


def test_repr(site: GlobalLog, app_log: LogManager, tmp_path: Path) -> None:
    """It says where the lines go."""
    assert repr(app_log) == f"<LogManager {ROOT}.error.7: nowhere>"
    site.screen = True
    assert repr(site) == f"<GlobalLog {ROOT}.error: stderr, stdout>"


# -- their form ------------------------------------------------------------------------------------------------------


def test_json(app_log: LogManager, tmp_path: Path) -> None:
    """Each line of both logs is an object; text is brought back as easily."""
    app_log.error_file, app_log.access_file = tmp_path / "e.log", tmp_path / "a.log"
    app_log.format = "json"
    app_log.error("hello", "TEST")
    visit(app_log, b"/x?y=1", login="anna")
    said, asked = (json.loads(content(app_log, path)) for path in (app_log.error_file, app_log.access_file))
    assert (said["message"], said["context"], said["level"]) == ("hello", "TEST", "INFO")
    assert (asked["target"], asked["status"], asked["request_id"], asked["login"]) == ("/x?y=1", 200, "7", "anna")
    app_log.format = None
    visit(app_log)
    assert content(app_log, app_log.access_file).splitlines()[1].startswith("10.0.0.1 - - [")


def test_short(app_log: LogManager, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Short lines are for the terminal; a file gets whole ones."""
    app_log.screen, app_log.format, app_log.access_file = True, "short", tmp_path / "a.log"
    visit(app_log)
    app_log.flush()
    assert re.fullmatch(r"GET /x 200 \d+\.\d ms\n", capsys.readouterr().out)
    assert content(app_log, app_log.access_file).startswith("10.0.0.1 - - [")


def test_handlers_of_others_see_the_same(app_log: LogManager, capsys: pytest.CaptureFixture[str]) -> None:
    """Where requests go by as records, our handlers make the same lines of them."""
    app_log.access_log.addHandler(Collector())
    app_log.screen = True
    for form, line in (("short", "GET /x 200"), ("json", '{"time":'), ("text", "10.0.0.1 - -")):
        app_log.format = form
        visit(app_log)
        app_log.flush()
        assert capsys.readouterr().out.startswith(line)


@pytest.mark.parametrize(
    ("name", "of_site", "own"),
    [("format", "json", "short"), ("access_log_format", "{s}", "{r}"), ("redact", True, False)],
)
def test_an_application_follows_the_process(
    name: str, of_site: Any, own: Any, site: GlobalLog, app_log: LogManager
) -> None:
    """What is said for the process holds for applications that say nothing else, at once."""
    setattr(site, name, of_site)
    assert getattr(app_log, name) == getattr(LogManager("8", ROOT, site), name) == of_site
    setattr(app_log, name, own)
    assert (getattr(app_log, name), getattr(site, name)) == (own, of_site)
    setattr(app_log, name, None)
    assert getattr(app_log, name) == of_site


def test_each_place_has_its_form(site: GlobalLog, app_log: LogManager, tmp_path: Path) -> None:
    """A line that goes to several places is written in the form of each."""
    site.access_file, app_log.access_file = tmp_path / "site.log", tmp_path / "app.log"
    site.format, app_log.format = "json", "text"
    app_log.access_log_format = "{s}"
    visit(app_log)
    site.flush()
    assert json.loads(content(site, site.access_file))["status"] == 200
    assert content(app_log, app_log.access_file) == "200\n"


def test_a_formatter_of_ones_own_stays(app_log: LogManager, tmp_path: Path) -> None:
    """Whoever has set one means it."""
    app_log.error_file = tmp_path / "e.log"
    app_log.error_log.handlers[-1].setFormatter(logging.Formatter("mine: %(message)s %(request_id)s"))
    app_log.format = "json"
    app_log.error("hello")
    assert content(app_log, app_log.error_file) == "mine: hello \n"


def test_redacted_requests(app_log: LogManager, tmp_path: Path) -> None:
    """If it is wanted, secrets in a query are not written."""
    app_log.access_file, app_log.redact = tmp_path / "a.log", True
    visit(app_log, b"/x?token=5&y=1")
    assert '"GET /x?token=[redacted]&y=1 HTTP/1.1" 200' in content(app_log, app_log.access_file)


def test_level(site: GlobalLog, app_log: LogManager, caplog: pytest.LogCaptureFixture) -> None:
    """That of the process holds for all that say nothing else; an application may say more."""
    assert (site.level, app_log.level) == ("info", "info")
    site.level = "Warning"
    app_log.error("one")
    logging.getLogger(f"{ROOT}.server").info("two")
    app_log.level = "debug"
    app_log.error("three", severity=logging.DEBUG)
    assert (caplog.messages, site.level, app_log.level) == (["three"], "warning", "debug")


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("format", "jsn", "one of text, json, short, not 'jsn'; did you mean 'json'"),
        ("level", "infos", "one of debug, info, warning, error, critical, not 'infos'; did you mean 'info'"),
    ],
)
def test_wrong_values(name: str, value: str, complaint: str, app_log: LogManager) -> None:
    """They are refused, and change nothing."""
    before = getattr(app_log, name)
    with pytest.raises(ValueError, match=complaint):
        setattr(app_log, name, value)
    assert getattr(app_log, name) == before


def test_hushed_bus(site: GlobalLog, caplog: pytest.LogCaptureFixture) -> None:
    """One process of many leaves it to their supervisor to say that they serve; what goes wrong it says itself."""
    site.hush = True
    site.from_bus("started")
    site.from_bus("broken", 40)
    assert [each for each in caplog.messages if "ENGINE" in each] == ["ENGINE broken"]


def test_files_of_applications_are_reopened(site: GlobalLog, app_log: LogManager, tmp_path: Path) -> None:
    """With those of the process."""
    app_log.error_file = tmp_path / "e.log"
    os.rename(app_log.error_file, tmp_path / "e.log.1")
    site.reopen_files()
    assert os.path.exists(app_log.error_file)


def test_speak_for_others(site: GlobalLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loggers of the application write with ours, unless it has given handlers to the root of all loggers itself."""
    site.error_file = tmp_path / "e.log"
    for before, said in (([Collector()], ""), ([], "shop.views oh")):
        monkeypatch.setattr(logging.root, "handlers", before)
        site.speak_for_others()
        logging.getLogger("shop.views").warning("oh")
        assert content(site, site.error_file)[23:].strip() == said


@pytest.mark.parametrize("place", ["access_file", "screen"])
def test_a_new_place_gets_only_what_comes_after(
    site: GlobalLog, app_log: LogManager, tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    """A line that waits when the place is set is none of the new place's."""
    app_log.access_log.addHandler(Collector())  # so a line is a record, which waits to be handed over
    with app_log._records.busy:  # as if the thread that does so were slow
        visit(app_log)
        setattr(site, place, str(tmp_path / "visits") if place == "access_file" else True)
        visit(app_log)
    site.flush()

    written = (tmp_path / "visits").read_text("utf-8") if place == "access_file" else capsys.readouterr().out
    assert written.count("GET /x") == 1
