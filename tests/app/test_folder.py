"""Which files are opened, and that those outside of a folder are not, whatever leads there."""

from __future__ import annotations

import errno
import os
import threading

import pytest

from kirsch.app import folder as folders
from kirsch.app.contents import KeptFile, OpenFile
from kirsch.app.folder import DIRECTORY, SMALL, Files, Folder, open_file

OLD = 1_000_000_000


@pytest.fixture
def place(tmp_path):
    """A folder with files and links, a neighbour whose name begins alike, and a secret."""
    inside = tmp_path / "static"
    (inside / "sub").mkdir(parents=True)
    (tmp_path / "static-secret").mkdir()
    for path in ("secret", "static-secret/x", "static/a.txt", "static/sub/b.txt"):
        (tmp_path / path).write_text(path)
        os.utime(tmp_path / path, (OLD, OLD))
    (inside / "out").symlink_to(tmp_path / "secret")
    (inside / "out-dir").symlink_to(tmp_path / "static-secret")
    (inside / "in").symlink_to("a.txt")
    (inside / "in-dir").symlink_to("sub")
    return inside


@pytest.fixture(params=["by descriptor", "by name"])
def _way(request, monkeypatch):
    """How the real path is found out: of the descriptor, or where the system cannot say it."""
    if request.param == "by name":
        monkeypatch.setattr(folders, "real_path", folders.real_path_by_name)


def text_of(found):
    """What is in a content; anything else as it is."""
    return found.read().decode() if isinstance(found, (OpenFile, KeptFile)) else found


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize(
    ("name", "links", "text"),
    [
        ("a.txt", True, "static/a.txt"),
        ("sub/b.txt", False, "static/sub/b.txt"),
        ("in", True, "static/a.txt"),
        ("in", False, None),
        ("in-dir/b.txt", True, "static/sub/b.txt"),
        ("in-dir/b.txt", False, None),
        ("out", True, None),
        ("out-dir/x", True, None),
        ("../static-secret/x", True, None),
        ("../secret", True, None),
        ("sub/../../secret", True, None),
        ("sub", True, DIRECTORY),
        ("", True, DIRECTORY),
        ("nothing", True, None),
        ("a.txt/b", True, None),
        ("a\0b", True, None),
        ("\ud800", True, None),
        ("x" * 300, True, None),
    ],
)
def test_what_is_given(place, name, links, text):
    """Regular files whose real place is inside; with links=False, no link at all."""
    assert text_of(Folder(str(place), links=links).find(name)) == text


def test_the_folder_itself_may_be_a_link(place, tmp_path):
    """And may be set anew while it is in use."""
    (tmp_path / "current").symlink_to(place)
    folder = Folder(str(tmp_path / "current"))
    assert text_of(folder.find("a.txt")) == "static/a.txt"
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to(place / "sub")
    assert text_of(folder.find("b.txt")) == "static/sub/b.txt"
    assert folder.find("a.txt") is None


def test_a_name_that_becomes_a_link(place):
    """What is kept of a file is not given for what its name leads to later."""
    folder = Folder(str(place))
    assert text_of(folder.find("a.txt")) == "static/a.txt"
    (place / "a.txt").unlink()
    (place / "a.txt").symlink_to(place.parent / "secret")
    assert folder.find("a.txt") is None


def test_no_race_between_look_and_reading(place):
    """While a name changes between a file and a link to a secret, nobody gets to see the secret."""
    folder = Folder(str(place))
    ended = threading.Event()

    def change():
        while not ended.is_set():
            for target in ("a.txt", "../secret"):
                os.symlink(target, place / "new")
                os.replace(place / "new", place / "turning")

    thread = threading.Thread(target=change)
    thread.start()
    seen = {text_of(folder.find("turning")) for _ in range(2000)}
    ended.set()
    thread.join()
    assert seen <= {"static/a.txt", None}


def test_what_is_no_regular_file(tmp_path):
    """A pipe is not waited for, and a device is nothing to send."""
    os.mkfifo(tmp_path / "pipe")
    assert open_file(str(tmp_path / "pipe")) is None
    assert open_file("/dev/null") is None


def test_accidents_are_not_hidden(monkeypatch):
    """Too many open files: that is no 404."""

    def refuse(*_):
        raise OSError(errno.EMFILE, "too many")

    monkeypatch.setattr(folders.os, "open", refuse)
    with pytest.raises(OSError, match="too many"):
        open_file("/x")


# -- what is kept ----------------------------------------------------------------------------------------------------


def age(path):
    """Let a file look as if nothing had changed for long."""
    os.utime(path, (OLD, OLD))


@pytest.fixture
def calm(monkeypatch):
    """Files are settled at once: their times of change cannot be set."""
    monkeypatch.setattr(folders, "SETTLED", -(10**9))


@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_text("new"),
        lambda path: (path.write_text("else"), age(path)),
        lambda path: (path.with_name("new").write_text("new2"), os.replace(path.with_name("new"), path)),
    ],
)
def test_a_kept_file_that_changes(tmp_path, change):
    """By size or times, or another one in its place: it is read again."""
    path = tmp_path / "a"
    path.write_text("abcd")
    age(path)
    files = Files()
    first = files.open(str(path))
    assert files.open(str(path)) is first
    change(path)
    assert text_of(files.open(str(path))) == path.read_text()


@pytest.mark.usefixtures("calm")
def test_a_kept_file_that_goes(tmp_path):
    """Is gone."""
    path = tmp_path / "a"
    path.write_text("abcd")
    files = Files()
    files.open(str(path))
    path.unlink()
    assert files.open(str(path)) is None


def test_a_new_file_is_not_kept(tmp_path):
    """Within a tick of the clock it may change again, and look the same."""
    path = tmp_path / "a"
    path.write_text("abcd")
    files = Files()
    assert files.open(str(path)) is not files.open(str(path))


@pytest.mark.usefixtures("calm")
def test_memory_has_a_bound(tmp_path, monkeypatch):
    """When it is full it starts anew; a large file is never kept."""
    monkeypatch.setattr(folders, "MOST_KEPT", 10)
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.write_text("abcd")
    (tmp_path / "large").write_bytes(b"x" * (SMALL + 1))
    files = Files()
    kept = [files.open(str(path)) for path in paths]
    assert files.open(str(paths[2])) is kept[2]
    assert files.open(str(paths[0])) is not kept[0]
    large = files.open(str(tmp_path / "large"))
    assert isinstance(large, OpenFile)
    large.close()
