"""Nothing of the acceptance list is forgotten."""

from __future__ import annotations

import re

from tests.house import ROOT

COMING = {
    "A-14": "6: the tutorial",
}
"""Rows that are not there yet: number of the issue, and what it is about. Lines only ever leave this table."""

PARTLY = {
    "A-08": "6: the names cherrypy._cpnative_server and CPHTTPServer; that pages are served without WSGI is tested",
    "H-11": "6: BaseFilter and where it is imported from; filters need no base class",
    "U-05": "6: the names cherrypy._cpreqbody.Part and Entity; a class of one's own is given by config",
}
"""Rows whose test leaves something out, likewise."""

ELSEWHERE = {"O-05": "G", "O-08": "Q, R, S", "X-03": "A-04"}
"""Rows that say nothing but where it is said: the letters of those."""

ROWS = {
    "A": 14, "M": 12, "E": 4, "D": 21, "Q": 8, "U": 9, "N": 5, "R": 6, "C": 5, "S": 8, "H": 11, "G": 9, "T": 13,
    "L": 10, "O": 8, "W": 2, "X": 3,
}  # fmt: skip


def test_every_row_has_a_test():
    """A row has a test of its number, or stands in COMING, and not both."""
    rows = {f"{letter}-{number:02}" for letter, count in ROWS.items() for number in range(1, count + 1)}
    text = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "acceptance").glob("test_*.py"))
    tested = {
        f"{letter}-{number}" for letter, number in re.findall(r"^def test_([A-Z])_([0-9]{2})_", text, re.MULTILINE)
    }

    assert tested | COMING.keys() | ELSEWHERE.keys() == rows
    assert not tested & (COMING.keys() | ELSEWHERE.keys())
    assert tested >= PARTLY.keys()
