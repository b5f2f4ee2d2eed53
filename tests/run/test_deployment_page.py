"""The files that the manual shows for deployment: in the form of those they are for, and what `kirsch new` writes."""

from __future__ import annotations

import configparser

import pytest

from kirsch.run.newproject import FILES
from tests.house import ROOT
from tests.test_docs import blocks


@pytest.fixture
def shown():
    """The files of the page by their names."""
    page = ROOT / "docs" / "how-to" / "deployment.md"
    return {name.rpartition("/")[2]: code for _, name, _, code in blocks(page) if name}


def _unit(text):
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str
    unit.read_string(text)
    return {section: dict(unit[section]) for section in unit.sections()}


def test_units(shown):
    """The unit is that of a new project, by another name; the socket hands a listening port down."""
    written = FILES["deploy/{name}.service"].format(name="site", package="site")
    service = _unit(shown["site.service"])

    assert set(service["Service"].items()) <= set(_unit(written)["Service"].items())
    assert service["Service"]["Type"] == "notify"
    assert _unit(shown["site.socket"])["Socket"] == {"ListenStream": "80", "FileDescriptorName": "web"}


def test_dockerfile(shown):
    """It is that of a new project."""
    assert shown["Dockerfile"] == FILES["Dockerfile"]


def test_the_grace_of_others_is_longer_than_ours(shown):
    """Who is to kill us if we do not end grants more than we need."""
    import kirsch
    from kirsch.run.serving import LINGER

    ours = kirsch.server.shutdown_timeout + LINGER
    assert float(_unit(shown["site.service"])["Service"]["TimeoutStopSec"]) > ours
    assert "terminationGracePeriodSeconds: 40" in shown["deployment.yaml"]
    assert ours < 40 - 5
