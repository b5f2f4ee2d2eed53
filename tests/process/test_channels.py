"""Subscribing, publishing, and what happens to failures."""

from __future__ import annotations

import io
import sys
from functools import partial

import pytest

from kirsch.process.channels import ChannelFailures, Channels, Listener


@pytest.fixture
def channels() -> Channels:
    """Channels with a log."""
    return Channels("log", "stop")


def broken() -> None:
    """A listener that fails."""
    raise ValueError("broken")


def leaver() -> None:
    """A listener that wants to leave with 0."""
    raise SystemExit(0)


def test_unknown_channel(channels: Channels) -> None:
    """Publishing to a channel nobody knows gives no results."""
    assert channels.publish("nothing", 1, key=2) == []


def test_arguments_and_results(channels: Channels) -> None:
    """Listeners get all arguments, and their results come back in the order of calling."""
    channels.subscribe("sum", lambda a, b=0: a + b)
    channels.subscribe("sum", lambda a, b=0: a - b, 10)
    assert channels.publish("sum", 5, b=2) == [3, 7]


def test_ties_keep_the_order_of_subscription(channels: Channels) -> None:
    """Listeners of equal priority are called in the order in which they subscribed."""
    for number in range(20):
        channels.subscribe("x", lambda number=number: number)
    assert channels.publish("x") == list(range(20))


@pytest.mark.parametrize(("channel", "expected"), [("start", ["change", "last"]), ("other", ["change", "gone"])])
def test_listeners_that_change_meanwhile(channels: Channels, channel: str, expected: list[str]) -> None:
    """On `start` those are called that are there when their place has come; elsewhere those that were at first."""
    called: list[str] = []
    first, gone, last = (partial(called.append, name) for name in ("first", "gone", "last"))

    def change() -> None:
        called.append("change")
        channels.subscribe(channel, first, 1)
        channels.subscribe(channel, last, 70)
        channels.unsubscribe(channel, gone)

    channels.subscribe(channel, change)
    channels.subscribe(channel, gone, 60)
    channels.publish(channel)
    assert called == expected


def test_priorities(channels: Channels) -> None:
    """The argument goes before the attribute, the attribute before 50; the lowest number is called first."""

    def marked() -> str:
        return "marked"

    vars(marked)["priority"] = 70
    channels.subscribe("x", marked)
    channels.subscribe("x", lambda: "plain")
    channels.subscribe("x", lambda: "late", priority=70.5)
    assert channels.publish("x") == ["plain", "marked", "late"]
    channels.subscribe("x", marked, 1)
    assert channels.publish("x") == ["marked", "plain", "late"]


def test_decorator(channels: Channels) -> None:
    """Without a callback subscribe is a decorator, and the function stays what it is."""

    @channels.subscribe("x", priority=3)
    def listener() -> int:
        return 7

    assert channels.publish("x") == [7]
    assert listener() == 7


def test_subscribed_once(channels: Channels) -> None:
    """The same callable, also as a bound method made anew, is called once however often it subscribes."""
    seen: list[int] = []
    channels.subscribe("x", seen.append)
    channels.subscribe("x", seen.append)
    channels.publish("x", 1)
    assert seen == [1]


def test_unsubscribe(channels: Channels) -> None:
    """Unsubscribing ends the calls; doing it twice, or for an unknown channel, is harmless; the channel stays."""
    seen: list[int] = []
    channels.subscribe("x", seen.append)
    channels.unsubscribe("x", seen.append)
    channels.unsubscribe("x", seen.append)
    channels.unsubscribe("y", seen.append)
    assert channels.publish("x", 1) == []
    assert seen == []
    assert "x" in channels.listeners


def test_not_callable(channels: Channels) -> None:
    """What cannot be called cannot listen, and the message names it and the channel."""
    with pytest.raises(TypeError, match=r"'start'.*must be callable, this is 5"):
        channels.subscribe("start", 5)  # type: ignore[call-overload]


def test_added_channels(channels: Channels) -> None:
    """Channels can be made known without listeners; those of a known one are kept."""
    channels.subscribe("x", leaver)
    channels.add_channels("x", "y")
    assert channels.listeners["x"] == (leaver,)
    assert channels.listeners["y"] == ()


def test_listener_may_unsubscribe_itself(channels: Channels) -> None:
    """The listeners called are those there were when publishing began."""

    @channels.subscribe("x")
    def once() -> int:
        channels.unsubscribe("x", once)
        return 1

    channels.subscribe("x", lambda: 2)
    assert channels.publish("x") == [1, 2]
    assert channels.publish("x") == [2]


def test_all_listeners_run_and_failures_are_collected(channels: Channels) -> None:
    """A failure does not keep the others from being called; all failures come out together, and are logged."""
    seen: list[str] = []
    channels.subscribe("log", lambda msg, level: seen.append(f"{level} {msg}"))
    for listener in (broken, lambda: seen.append("called"), lambda: 1 / 0):
        channels.subscribe("x", listener)
    with pytest.raises(ChannelFailures) as caught:
        channels.publish("x")
    assert [type(error) for error in caught.value.get_instances()] == [ValueError, ZeroDivisionError]
    assert str(caught.value) == "ValueError('broken')\nZeroDivisionError('division by zero')"
    assert seen[0].startswith(f"40 Error in 'x' listener {broken!r}\nTraceback")
    assert seen[1] == "called"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_leaving_at_once(channels: Channels, error: type[BaseException]) -> None:
    """KeyboardInterrupt and SystemExit keep the following listeners from being called."""
    seen: list[int] = []

    def leave() -> None:
        raise error

    channels.subscribe("x", leave)
    channels.subscribe("x", lambda: seen.append(1))
    with pytest.raises(error):
        channels.publish("x")
    assert seen == []


def test_exit_after_a_failure_is_not_0(channels: Channels) -> None:
    """A SystemExit that says all is well does not hide a failure before it."""
    channels.subscribe("x", broken)
    channels.subscribe("x", leaver)
    with pytest.raises(SystemExit) as caught:
        channels.publish("x")
    assert caught.value.code == 1


def test_stopping_goes_on_after_system_exit(channels: Channels) -> None:
    """On `stop` a SystemExit waits until all have been called."""
    seen: list[int] = []
    for listener in (leaver, broken, lambda: seen.append(1)):
        channels.subscribe("stop", listener)
    with pytest.raises(SystemExit) as caught:
        channels.publish("stop")
    assert (caught.value.code, seen) == (1, [1])


def test_log(channels: Channels) -> None:
    """A line is published with its level, 20 if not given, and the present traceback if asked."""
    seen: list[tuple[str, int]] = []
    channels.subscribe("log", lambda msg, level: seen.append((msg, level)))
    channels.log("plain")
    try:
        broken()
    except ValueError:
        channels.log("failed", 30, traceback=True)
    assert seen[0] == ("plain", 20)
    assert seen[1][0].startswith("failed\nTraceback")
    assert seen[1][0].endswith("ValueError: broken\n")


@pytest.mark.parametrize("listener", [lambda _msg, _level: 1 / 0, lambda _msg, _level: leaver()])
def test_failing_log_listener(channels: Channels, listener: Listener, capsys: pytest.CaptureFixture[str]) -> None:
    """A log listener that fails breaks nothing: the line and the reason go to the standard error stream."""
    channels.subscribe("log", listener)
    channels.log("important")
    written = capsys.readouterr().err
    assert written.startswith("important\nThis line could not be logged:\n")


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_failing_log_without_a_stream(
    channels: Channels, stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even then, if there is no such stream or it is closed."""
    if stream:
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    channels.subscribe("log", lambda _msg, _level: 1 / 0)
    channels.log("lost")
