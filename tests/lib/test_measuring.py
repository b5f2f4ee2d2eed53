"""`cherrypy.lib.gctools`, `profiler` and `covercp`: what is kept alive, how long it takes, and which lines run."""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kirsch import Application, HTTPError
from kirsch.lib.profiler import ProfileAggregator, Profiler, make_app
from kirsch.testing.client import Client

LEAKING = """
import kirsch
from kirsch.lib import gctools
from kirsch.testing.client import Client
kept = []
class Root(gctools.GCRoot):
    @kirsch.expose
    def keep(self):
        kept.append(kirsch.serving.request)
        return str(gctools.request_counter.count)
kirsch.log.screen = False
client = Client(kirsch.tree.mount(Root()))
print(client.get("/").text, client.get("/stats").text, client.get("/keep").text, gctools.request_counter.count)
print(client.get("/stats").text)
print("\\n".join(gctools.ReferrerTree().format(gctools.ReferrerTree(maxparents=1).ascend(kept[0]))))
"""


def test_what_outlives_its_answer():
    """A request that somebody keeps is told of, with its path; so is who refers to it."""
    done = subprocess.run(
        [sys.executable, "-c", LEAKING], capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip

    assert done.stdout.startswith("Hello, world! Statistics: 1 0\nStatistics:\nThere should be one Request")
    assert "path=/keep" in done.stdout
    assert "list [<" in done.stdout


def test_profiles(tmp_path):
    """What is run stands in a file of its own, and its report names the function; other files are not shown."""
    (tmp_path / "secret.prof").touch()
    profiler = Profiler(str(tmp_path))
    client = Client(Application(profiler))

    assert [profiler.run(pow, 2, 3), profiler.run(pow, 2, 4)] == [8, 16]
    assert profiler.statfiles() == ["cp_0001.prof", "cp_0002.prof"]
    assert "report?filename=cp_0002.prof" in client.get("/").text
    assert "built-in method builtins.pow" in client.get("/report?filename=cp_0001.prof").text
    for name in ("secret.prof", "../cp_0001.prof"):
        with pytest.raises(HTTPError):
            profiler.stats(name)


@pytest.mark.parametrize(("aggregate", "files"), [(True, 1), (False, 2)])
def test_profiles_of_applications(tmp_path, aggregate, files):
    """Each call of a WSGI application is looked on, into one file or several, and its body is closed."""
    closed = []

    class Body(list[bytes]):
        def close(self):
            closed.append(self)

    app = make_app(lambda environ, start: Body([b"a", b"b"]), str(tmp_path), aggregate)

    assert [app({}, None) for _ in range(2)] == [[b"a", b"b"]] * 2
    assert (len(closed), len(app.profiler.statfiles())) == (2, files)
    assert isinstance(app.profiler, ProfileAggregator) is aggregate


class Measured:
    """What Coverage is, as far as it is asked: a measurement that has been made."""

    def __init__(self, path):
        self.path = path

    def save(self):
        """There is nothing to be kept."""

    def get_data(self):
        """Of one file here, and one elsewhere."""
        return self

    def measured_files(self):
        """As above."""
        return [str(self.path), "/elsewhere.py"]

    def analysis2(self, name):
        """One line of two did not run."""
        return name, [1, 2], [], [2], ""


def test_lines_that_run(tmp_path):
    """Files of the folder are listed with the share of their lines that ran, and shown with the others marked."""
    covercp = importlib.import_module("kirsch.lib.covercp")
    path = tmp_path / "a.py"
    path.write_text("a = 1\nb = '<'\n")
    client = Client(Application(covercp.CoverStats(Measured(path), str(tmp_path))))

    assert client.get("/").text.count("report?name=a.py") == 1
    assert "50 %" in client.get("/menu").text
    assert "a.py" not in client.get("/menu?exclude=a.py").text
    assert "    1 a = 1\n<mark>    2 b = &#x27;&lt;&#x27;</mark>" in client.get("/report?name=a.py").text
    assert [client.get(f"/report?name={name}").status for name in ("b.py", "/elsewhere.py")] == [404, 404]


def test_measuring_needs_a_package(monkeypatch):
    """Without coverage it is said what to install."""
    covercp = importlib.import_module("kirsch.lib.covercp")
    monkeypatch.setitem(sys.modules, "coverage", None)
    covercp.the_coverage.cache_clear()

    with pytest.raises(ModuleNotFoundError) as caught:
        covercp.start()
    assert "pip install coverage" in caught.value.__notes__[0]


def test_profiles_of_several_threads(tmp_path):
    """One waits for the other, as from Python 3.12 on a process has one profiler at a time."""
    profiler = Profiler(str(tmp_path))
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda number: profiler.run(lambda: time.sleep(0.01) or number), range(3))) == [0, 1, 2]
    assert len(profiler.statfiles()) == 3
