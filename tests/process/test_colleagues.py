"""Workers that ask each other, here several in one process; also those that hang, fail or are gone."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest

from kirsch.process.bus import Bus
from kirsch.process.colleagues import FOLDER, Colleagues

if not hasattr(socket, "AF_UNIX"):
    pytest.skip("there are no Unix sockets", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def several(tmp_path: Path) -> Iterator[dict[str, Colleagues]]:
    """Three that answer with what they are asked and their name, and whose buses run."""
    bus = Bus()
    several = {name: Colleagues(bus, str(tmp_path), name) for name in "abc"}
    for name, each in several.items():
        each.patience = 0.2
        each.join(lambda question, name=name: [question, name])
    bus.start()
    yield several
    bus.exit()
    assert list(tmp_path.iterdir()) == []


def test_all_answer(several: dict[str, Colleagues]) -> None:
    """Each one that is asked gives what all say, long things, too."""
    for question in ("who?", {"long": "x" * 500_000}):
        for each in several.values():
            assert each.ask(question) == {name: [question, name] for name in "abc"}


def test_one_that_has_ended_is_not_asked(several: dict[str, Colleagues]) -> None:
    """Nor one that was killed, whose socket is still there."""
    several["b"].stop()
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(f"{several['a'].folder}/d.sock")

    assert set(several["a"].ask("who?")) == {"a", "c"}
    several["b"].start()
    assert set(several["a"].ask("who?")) == {"a", "b", "c"}


def test_one_that_hangs_is_named(several: dict[str, Colleagues], tmp_path: Path) -> None:
    """Nobody waits for it longer than it has patience."""
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.bind(str(tmp_path / "d.sock"))
        hanging.listen()
        several["a"].patience = 0.05
        answers = several["a"].ask("who?")
    (tmp_path / "d.sock").unlink()

    assert answers == {"a": ["who?", "a"], "b": ["who?", "b"], "c": ["who?", "c"], "d": None}


@pytest.mark.parametrize("answer", [lambda _: 1 / 0, lambda question: question[9]])
def test_one_that_fails_goes_on_listening(several: dict[str, Colleagues], answer: Callable[[object], object]) -> None:
    """It is logged there; whoever has asked hears nothing of it."""
    lines: list[str] = []
    several["b"].bus.subscribe("log", lambda line, _: lines.append(line))
    for change, known in ((answer, None), (str, "['who']")):
        several["b"]._answer = change
        assert several["a"].ask(["who"])["b"] == known
    assert "A question of another worker has failed" in lines[0]


def test_questions_that_are_none(several: dict[str, Colleagues], tmp_path: Path) -> None:
    """Who connects and says nothing, or no JSON, is left alone."""
    for said in (b"", b"{\n"):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(tmp_path / "a.sock"))
            line.sendall(said)
            line.shutdown(socket.SHUT_WR)
            assert line.recv(10) == b""
    assert len(several["b"].ask("who?")) == 3


def test_a_folder_that_is_too_far_away(tmp_path: Path) -> None:
    """A path that is too long for a socket is logged, and the worker serves without."""
    bus, lines = Bus(), list[str]()
    bus.subscribe("log", lambda line, _: lines.append(line))
    alone = Colleagues(bus, str(tmp_path / ("x" * 120)), "a")
    bus.start()
    alone.join(lambda _: "answer")
    bus.exit()

    assert any("Other workers cannot ask this one" in line for line in lines)


def test_only_workers_have_colleagues() -> None:
    """What says so is not handed on to processes that a worker starts."""
    environ = {FOLDER: "/nowhere"}

    assert Colleagues.of(Bus(), environ).folder == "/nowhere"  # type: ignore[union-attr]
    assert (environ, Colleagues.of(Bus(), environ)) == ({}, None)


def test_one_that_begins_to_listen_is_not_taken_for_dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks between its bind() and its listen() does not take its socket away; one left behind gives way."""
    one, other = (Colleagues(Bus(), str(tmp_path), name) for name in "ab")
    listen = socket.socket.listen
    for left in (".sock", ".new"):
        (tmp_path / f"b{left}").touch()
    monkeypatch.setattr(socket.socket, "listen", lambda ear: (one.ask("who?"), listen(ear)))
    other.start()
    assert set(one.ask("who?")) == {"a", "b"}
    other.stop()


def test_without_descriptors_it_waits(several: dict[str, Colleagues], monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not turn in a circle until there are some again."""
    accept, tries = socket.socket.accept, Mock(side_effect=OSError)
    monkeypatch.setattr(socket.socket, "accept", tries)
    assert several["b"].ask("who?")["a"] == ["who?", "a"]  # it was in accept() before
    assert several["b"].ask("who?")["a"] is None
    monkeypatch.setattr(socket.socket, "accept", accept)
    assert tries.call_count < 20
