"""How real processes end: status, what they say, and how long it takes."""

from __future__ import annotations

import sys
import time
from signal import SIGHUP, SIGINT, SIGTERM
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.process.conftest import Program

    Run = Callable[[str], Program]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals that can be sent")

EXIT = "Bus STOPPING\nBus STOPPED\nBus EXITING\nBus EXITED\nWaiting for child threads to terminate...\n"


@pytest.mark.parametrize("number", [SIGTERM, SIGINT, SIGHUP])
def test_signal(run: Run, number: int) -> None:
    """A signal that means an exit: status 0, everything stopped, nothing on the error stream."""
    program = run("SignalHandler(bus).subscribe()\nserve()").until("ready")
    status, out, errors = program.send(number).end()
    assert (status, errors) == (0, "")
    assert out.endswith(EXIT)


def test_ctrl_c_unhandled(run: Run) -> None:
    """Ctrl-C without a handler for signals: the same."""
    status, out, errors = run("serve()").until("ready").send(SIGINT).end()
    assert (status, errors) == (0, "")
    assert out.endswith("Keyboard Interrupt: shutting down bus\n" + EXIT)


def test_exit_from_a_thread(run: Run) -> None:
    """An exit in another thread, daemon or not: block() returns after its end, with status 0."""
    for daemon in (True, False):
        code = f"bus.subscribe('start', threading.Thread(target=bus.exit, daemon={daemon}).start)\n"
        status, out, errors = run(code + "serve()\nprint('end')").end()
        assert (status, errors) == (0, "")
        assert "Bus EXITED\n" in out
        assert out.endswith("end\n")


def test_exit_with_status(run: Run) -> None:
    """A status given to exit() in another thread is that of the process."""
    status, _, errors = run("bus.subscribe('start', threading.Timer(0.01, bus.exit, (5,)).start)\nserve()").end()
    assert (status, errors) == (5, "")


def test_failing_start(run: Run) -> None:
    """A failing start listener: status 1, its traceback on the error stream, and what was started is stopped."""
    status, out, errors = run("bus.subscribe('start', fail)\nserve()").end()
    assert status == 1
    assert "in fail\n" in errors
    assert "ValueError: broken" in errors
    assert out.endswith("Bus STOPPING\nBus STOPPED\nBus EXITING\nBus EXITED\n")


def test_failing_start_can_be_caught(run: Run) -> None:
    """The caller of start() may catch the failure, and cleanups of the program are run."""
    code = """
import atexit
atexit.register(print, "cleanup")
bus.subscribe("start", fail)
try:
    bus.start()
except Exception as error:
    print("caught", error)
"""
    status, out, errors = run(code).end()
    assert (status, errors) == (0, "")
    assert out.endswith("caught ValueError('broken')\ncleanup\n")


def test_leaving_start(run: Run) -> None:
    """SystemExit(3) in a start listener: status 3, all stopped."""
    status, out, errors = run("bus.subscribe('start', leave)\nserve()").end()
    assert (status, errors) == (3, "")
    assert out.endswith("Bus EXITED\n")


def test_leaving_main(run: Run) -> None:
    """SystemExit(3) in a main listener: the same."""
    status, out, errors = run("bus.subscribe('main', leave)\nserve()").end()
    assert (status, errors) == (3, "")
    assert out.endswith("SystemExit raised: shutting down bus\n" + EXIT)


def test_failing_main(run: Run) -> None:
    """A failing main listener: status 1 with its traceback, all stopped."""
    status, out, errors = run("bus.subscribe('main', fail)\nserve()").end()
    assert (status, "ValueError: broken" in errors) == (1, True)
    assert out.endswith(EXIT)


@pytest.mark.parametrize("channel", ["stop", "exit"])
def test_failing_stop(run: Run, channel: str) -> None:
    """A failing stop or exit listener: status 1 with its traceback, but everything else is still stopped."""
    code = f"""
bus.subscribe("{channel}", fail)
bus.subscribe("{channel}", lambda: print("second"))
SignalHandler(bus).subscribe()
serve()
"""
    status, out, errors = run(code).until("ready").send(SIGTERM).end()
    assert (status, "ValueError: broken" in errors) == (1, True)
    assert "second\n" in out
    assert out.endswith("Bus EXITED\nWaiting for child threads to terminate...\n")


@pytest.mark.parametrize(
    ("first", "second", "wanted"), [(SIGTERM, SIGTERM, 143), (SIGTERM, SIGINT, 130), (SIGINT, SIGTERM, 143)]
)
def test_second_signal(run: Run, first: int, second: int, wanted: int) -> None:
    """A second signal while a stop listener hangs ends the process at once, with a line that says so."""
    program = run("bus.subscribe('stop', hang)\nSignalHandler(bus).subscribe()\nserve()").until("ready")
    program.send(first).until("hanging")
    time.sleep(0.05)  # the same signal twice at once counts once
    begun = time.monotonic()
    status, out, _ = program.send(second).end()
    assert (status, time.monotonic() - begun < 1) == (wanted, True)
    assert out.endswith("while exiting: ending at once.\n")


def test_the_same_signal_twice_at_once(run: Run) -> None:
    """Wrappers signal a process and its group: that is one wish, and the exit is still an orderly one."""
    code = """
bus.subscribe("stop", lambda: time.sleep(0.05))  # else it may be over before the second one is sent
SignalHandler(bus).subscribe()
serve()
"""
    status, out, _ = run(code).until("ready").send(SIGTERM).send(SIGTERM).end()
    assert (status, "ending at once" in out) == (0, False)


def test_second_signal_while_the_log_hangs(run: Run) -> None:
    """Not even a log that hangs can hold that up."""
    code = """
lock = threading.Lock()
def log(msg, level):
    with lock:
        msg == "Bus STOPPING" and hang()
bus.subscribe("log", log)
SignalHandler(bus).subscribe()
serve()
"""
    program = run(code).until("ready")
    begun = time.monotonic()
    program.send(SIGTERM).until("hanging")
    time.sleep(0.05)  # the same signal twice at once counts once
    program.send(SIGTERM)
    assert program.end()[0] == 143
    assert time.monotonic() - begun < 2


def test_signal_while_the_main_loop_hangs(run: Run) -> None:
    """A main listener that hangs keeps the exit from being made: the second signal ends the process."""
    program = run("bus.subscribe('main', hang)\nSignalHandler(bus).subscribe()\nserve()").until("hanging")
    program.send(SIGTERM)
    time.sleep(0.05)  # two signals of one kind at once would be one
    assert program.send(SIGTERM).end()[0] == 143


def test_signal_while_starting(run: Run) -> None:
    """SIGTERM during a start that hangs breaks it off, and all is stopped."""
    program = run("bus.subscribe('start', hang)\nSignalHandler(bus).subscribe()\nserve()").until("hanging")
    status, out, errors = program.send(SIGTERM).end()
    assert (status, errors) == (143, "")
    assert out.endswith("Bus EXITED\n")


def test_hanging_thread(run: Run) -> None:
    """A thread that never ends is named, and the process ends without it, its cleanups run and output written."""
    code = """
import atexit
atexit.register(print, "cleanup")
bus.subscribe("start", threading.Thread(target=hang, name="sleeper").start)
threading.Timer(0.05, bus.exit).start()
serve()
print("end of main")
"""
    begun = time.monotonic()
    status, out, errors = run(code).end()
    assert (status, errors) == (0, "")
    assert "Still running, 0.2 s after the end of the bus: sleeper. The process will not wait." in out
    assert out.endswith("end of main\ncleanup\n")
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(("last", "wanted"), [("bus.exit(7)", 7), ("bus.exit('text')", 1), ("1 / 0", 1)])
def test_hanging_thread_status(run: Run, last: str, wanted: int) -> None:
    """The status is the one it would have been, also with a thread that never ends."""
    code = f"""
bus.subscribe("start", threading.Thread(target=hang, daemon=False).start)
bus.subscribe("main", lambda: {last if "exit" in last else "bus.exit()"})
serve()
{last}
"""
    assert run(code).end()[0] == wanted


def test_executor(run: Run) -> None:
    """An idle executor does not hold up the end, not even for the time that threads are given."""
    code = """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
pool.submit(int).result()
bus.join_timeout = 10
bus.subscribe("main", bus.exit)
serve()
"""
    begun = time.monotonic()
    assert run(code).end()[0] == 0
    assert time.monotonic() - begun < 3


def test_without_block(run: Run) -> None:
    """A main thread that ends without block() while a thread serves: signals end the process cleanly all the same."""
    code = """
go = threading.Event()
bus.subscribe("start", threading.Thread(target=go.wait).start)
bus.subscribe("stop", go.set)
SignalHandler(bus).subscribe()
bus.start()
print("end of main", flush=True)
"""
    for number in (SIGTERM, SIGINT):
        program = run(code).until("end of main")
        time.sleep(0.05)  # for the main thread to be through
        status, out, errors = program.send(number).end()
        assert (status, errors) == (0, "")
        assert out.endswith("Bus EXITED\n")


def test_forgotten_exit(run: Run) -> None:
    """A program that ends without an exit of the bus, and with no thread running, has it made, with a warning."""
    status, out, errors = run("bus.start()").end()
    assert status == 0
    assert "RuntimeWarning: The main thread has ended while the bus was STARTED" in errors
    assert out.endswith("Bus EXITED\n")


def test_restart(run: Run) -> None:
    """restart() runs the same command anew, in the same process and the first directory."""
    code = """
print(os.getpid(), os.getcwd(), os.environ.get("AGAIN"), flush=True)
bus.subscribe("main", bus.exit if "AGAIN" in os.environ else bus.restart)
os.environ["AGAIN"] = "1"
os.chdir("/")
serve()
"""
    status, out, errors = run(code).end()
    assert (status, errors) == (0, "")
    first, second = (line.rsplit(" ", 1) for line in out.splitlines() if line.endswith((" None", " 1")))
    assert first[0] == second[0]
    assert "Re-spawning " in out


def test_forked_child_dies_of_sigterm(run: Run) -> None:
    """A child that was forked by a running bus ends by SIGTERM as if nobody handled it."""
    code = """
def fork():
    child = os.fork()
    if child == 0:
        time.sleep(30)
        os._exit(9)
    time.sleep(0.02)
    os.kill(child, signal.SIGTERM)
    print("child", os.waitpid(child, 0)[1])
    bus.exit()
bus.subscribe("main", fork)
import warnings
warnings.simplefilter("ignore")  # forking beside a thread
SignalHandler(bus).subscribe()
serve()
"""
    status, out, errors = run(code).end()
    assert (status, errors) == (0, "")
    assert "child 15\n" in out
