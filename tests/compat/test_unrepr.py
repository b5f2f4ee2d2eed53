"""Values in config files that are no data: only for applications of CherryPy."""

from __future__ import annotations

import os
import string

import pytest

from kirsch.app.inifile import Beyond, literal, refuse
from kirsch.app.place import ConfigError
from kirsch.app.sources import read
from kirsch.compat.unrepr import unrepr


@pytest.fixture
def evaluated(monkeypatch):
    """Values are read as CherryPy does."""
    monkeypatch.setattr(Beyond, "evaluate", staticmethod(unrepr))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("os.path.join('a', 'b')", os.path.join("a", "b")),
        ("string.digits[3]", "3"),
        ("string.digits + '!' * 2", "0123456789!!"),
        ("dict(a=1, **{'b': len('cc')})", {"a": 1, "b": 2}),
        ("max(*[1, 3], 2)", 3),
        ("string", string),
        ("os.path", os.path),
        ("xml.dom.minidom.Node.TEXT_NODE", 3),
        ("[int('7'), True]", [7, True]),
        ("'data'", "data"),
    ],
)
def test_values(evaluated, text, value):
    """Modules are imported, attributes and items looked up, functions called; data is data."""
    assert literal(text) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no_such_module.x", "No module named 'no_such_module'"),
        ("os.no_such_thing", "no attribute 'no_such_thing'"),
        ("int('x')", "cannot be had: invalid literal for int"),
        ("[x for x in ()]", "is more than literals"),
    ],
)
def test_what_cannot_be_had(evaluated, tmp_path, text, said):
    """It is an error that names file, section and key."""
    file = tmp_path / "site.ini"
    file.write_text(f"[/]\nkey = {text}\n")
    with pytest.raises(ConfigError) as error:
        read(str(file))

    assert said in str(error.value)
    assert f"{file}, line 2" in str(error.value)


def test_refused_otherwise():
    """Without an application of CherryPy a config file holds data."""
    assert Beyond.evaluate is refuse
    with pytest.raises(ValueError, match="would import or call something"):
        literal("os.getcwd()")
