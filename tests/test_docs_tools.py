"""The table of tools in the manual is the table of tools in the box."""

from __future__ import annotations

import re

import pytest

from kirsch.app.config import DEFAULTS
from kirsch.toolbox.standard import standard_tools
from tests.house import ROOT

ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (yes|) ?\| (.+) \|$", re.MULTILINE)
ROWS = {row[1]: row for row in ROW.finditer((ROOT / "docs" / "reference" / "tools.md").read_text("utf-8"))}
TOOLS = standard_tools()
WITHOUT_POINTS = ("log_tracebacks",)


def test_every_tool_has_a_row() -> None:
    """And no other has one, but for those that come with a module of their own."""
    assert sorted(ROWS.keys() - {"cpstats"}) == sorted(set(TOOLS.names()) - {"cpstats"})


@pytest.mark.parametrize("name", TOOLS.names())
def test_a_row_says_where_its_tool_acts(name) -> None:
    """All points of its methods, with the priority; and whether it is on by default."""
    tool = getattr(TOOLS, name)
    points = [point for point, _ in tool._calls]

    assert all(f"`{point}`" in ROWS[name][2] for point in points)
    assert bool(points) != (name in WITHOUT_POINTS)
    assert f" {tool.priority}" in ROWS[name][2] or "on_error" in points or name in WITHOUT_POINTS
    assert (ROWS[name][3] == "yes") is bool(DEFAULTS.get(f"tools.{name}.on"))
