"""The engine: plugins by config, and lists of callbacks as of old."""

from __future__ import annotations

import pytest

from kirsch.app.legacy import LegacyWarning, forget
from kirsch.app.legacynames import ENGINE_LISTS
from kirsch.options import OptionError
from kirsch.process.monitor import Monitor
from kirsch.run.engine import Engine


@pytest.fixture
def engine():
    """One of its own, that nothing else stands on."""
    engine = Engine({})
    yield engine
    engine.exit()


@pytest.mark.parametrize(
    ("key", "value", "kept"), [("frequency", 5, 5), ("match", "^app", "^app"), ("files", ["a"], {"a"})]
)
def test_attributes_of_plugins(engine, key, value, kept):
    """`engine.autoreload.<attribute>` sets it; files may be any collection."""
    engine.configure(f"autoreload.{key}", value)

    assert getattr(engine.autoreload, key) == kept


def test_on_and_off(engine):
    """`engine.autoreload.on` subscribes and unsubscribes."""
    engine.configure("autoreload.on", False)
    assert engine.autoreload.start not in engine.listeners["start"]
    engine.configure("autoreload.on", True)
    assert engine.autoreload.start in engine.listeners["start"]


def test_plugins_of_ones_own(engine):
    """A plugin that is set as an attribute can be configured like ours."""
    engine.heart = Monitor(engine, lambda: None, 0)
    engine.configure("heart.frequency", 1000)
    engine.configure("heart.on", True)
    engine.start()

    assert engine.heart.thread.interval == 1000


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("autoreload.frequencey", "did you mean 'frequency'"),
        ("autorelaod.on", "did you mean 'autoreload.on'"),
        ("join_timeuot", "did you mean 'join_timeout'"),
        ("autoreload.bus", "there is no such option"),
        ("state", "there is no such option"),
    ],
)
def test_unknown_keys(engine, key, advice):
    """What is none is refused, with the nearest that is."""
    with pytest.raises(OptionError, match=advice) as refused:
        engine.configure(key, 1)
    assert f"engine.{key.split('.')[0]}" in str(refused.value)


@pytest.mark.parametrize(("name", "channel"), ENGINE_LISTS.items())
def test_old_lists(engine, name, channel):
    """What is appended to a list of old is called on its channel, and the warning names both."""
    forget()
    seen = []

    def call(*_):
        seen.append(channel)

    with pytest.warns(LegacyWarning, match=f"engine.{name} is an old name; write engine.subscribe.'{channel}'"):
        getattr(engine, name).append(call)
    engine.publish(channel)
    assert seen == [channel]


def test_other_attributes(engine):
    """What the engine has not is an AttributeError."""
    with pytest.raises(AttributeError, match="no 'autorelaod'"):
        engine.autorelaod  # noqa: B018
