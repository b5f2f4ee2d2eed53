from __future__ import annotations

import importlib
from operator import attrgetter

import pytest

import kirsch
from kirsch import lib
from kirsch.migration.names import ADVICE, LIBRARY, MODULES, NAMES
from tests.house import ROOT


@pytest.mark.parametrize("place", sorted(set(MODULES.values())))
def test_modules_are_where_the_table_says(place):
    """They can be imported from there."""
    assert importlib.import_module(f"kirsch.{place}")


def test_the_library_is_that_of_the_face():
    """What `kirsch.lib` has, and nothing else."""
    assert set(LIBRARY) == set(lib.MODULES)


@pytest.mark.parametrize("name", sorted({name for name in NAMES.values() if not name.startswith(("request", "resp"))}))
def test_names_are_on_the_face(name):
    """What another name leads to is there."""
    assert attrgetter(name)(kirsch)


@pytest.mark.parametrize("name", sorted(ADVICE))
def test_advice_names_pages_that_there_are(name):
    """The manual has them."""
    assert ROOT.joinpath("docs", ADVICE[name].read.partition("#")[0]).is_file()
