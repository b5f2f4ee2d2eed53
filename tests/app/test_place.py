from __future__ import annotations

import pickle

import pytest

from kirsch.app.place import ConfigError, Place


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(), ""),
        (Place("site.conf"), "site.conf"),
        (Place("site.conf", 3), "site.conf, line 3"),
        (Place("site.conf", 3, "/", "a.b"), "site.conf, line 3: [/] a.b"),
        (Place("site.conf", 0, "/"), "site.conf: [/]"),
        (Place(key="a.b"), "a.b"),
    ],
)
def test_a_place_says_what_is_known(place: Place, words: str) -> None:
    """And leaves out the rest."""
    assert str(place) == words


def test_an_error_begins_with_its_place() -> None:
    """So that it can be found; without one there is just the problem."""
    assert str(ConfigError("this is wrong", Place("site.conf", 3))) == "site.conf, line 3: this is wrong"
    assert str(ConfigError("this is wrong")) == "this is wrong"


def test_an_error_survives_pickling() -> None:
    """It may have to cross to another process."""
    error = pickle.loads(pickle.dumps(ConfigError("this is wrong", Place("site.conf", 3))))

    assert (error.problem, error.place) == ("this is wrong", Place("site.conf", 3))
