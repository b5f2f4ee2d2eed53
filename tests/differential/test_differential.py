"""The same application on CherryPy 18.10 and on Kirsch: the same requests, and no difference that is not known.

Rules.py takes out what differs everywhere, expected.py lists what differs on purpose, opened.py what is still to go.
"""

from __future__ import annotations

import os

import pytest

from tests.differential.asked import (
    answers,
    cached,
    compressing,
    found,
    habits,
    hooks,
    inside,
    living,
    logged,
    logins,
    parameters,
    paths,
    proxied,
    small,
    static,
    visits,
    wire,
)
from tests.differential.compare import compared
from tests.differential.expected import EXPECTED, KNOWN
from tests.differential.opened import OPEN
from tests.differential.rules import RULES
from tests.differential.servers import running
from tests.environment import NotMade

SUBJECTS = {
    "paths": paths.ASKED,
    "parameters": parameters.ASKED,
    "answers": answers.ASKED,
    "hooks": hooks.ASKED,
    "inside": inside.ASKED,
    "wire": wire.ASKED,
    "found": found.ASKED,
    "living": living.ASKED,
    "proxied": proxied.ASKED,
    "cached": cached.ASKED,
    "logins": logins.ASKED,
    "logged": logged.ASKED,
    "visits": visits.ASKED,
    "static": static.ASKED,
    "compressing": compressing.ASKED,
    "small": small.ASKED,
    "habits": habits.ASKED,  # last: some of them change the site
}
ASKED = {name: asked for subject in SUBJECTS.values() for name, asked in subject.items()}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pairs():
    """Both answers to each request, but for those whose pages need what is not there yet."""
    try:
        with running("cherrypy") as theirs, running("kirsch") as ours:
            there = ours(paths.get("/parts"))[0].body.split()
            asked = {name: each for name, each in ASKED.items() if not each.needs or each.needs in there}
            return {name: compared(theirs(each), ours(each)) for name, each in asked.items()}
    except NotMade as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))


def test_each_request_has_one_name():
    """No request hides another one, none is both known and open, and the lists speak of requests that there are."""
    assert sum(map(len, SUBJECTS.values())) == len(ASKED)
    assert sum(len(known.pairs()) for known in KNOWN) == len(EXPECTED)
    assert not EXPECTED.keys() & OPEN.keys()
    assert not (EXPECTED.keys() | OPEN.keys()) - ASKED.keys()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_all_answers_are_the_same(pairs, subject):
    """An answer differs from CherryPy's only as it is known to."""
    wrong = [
        f"{name}: expected {EXPECTED.get(name, '')!r}, found {pairs[name].difference!r}\n{pairs[name]}"
        for name in SUBJECTS[subject]
        if name in pairs and name not in OPEN and pairs[name].difference != EXPECTED.get(name, "")
    ]

    assert not wrong, "\n\n".join([f"{len(wrong)} of {len(SUBJECTS[subject])}", *wrong])


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.xfail(reason=OPEN[name].reason, raises=AssertionError)) for name in OPEN],
)
def test_open(pairs, name):
    """What is still to change has not changed: a strict xfail, so that whoever mends it hears of the table."""
    assert pairs[name].difference != OPEN[name].difference, str(pairs[name])


@pytest.mark.parametrize("rule", [rule.__name__ for rule in RULES])
def test_each_rule_is_needed(pairs, rule):
    """A rule takes something out of some pair."""
    assert any(rule in pair.used for pair in pairs.values())


def test_how_much_is_the_same(pairs, capsys):
    """Prints the sum, and what could not be asked yet."""
    differing = [name for name, pair in pairs.items() if pair.difference]
    known, still = (sum(name in table for name in differing) for table in (EXPECTED, OPEN))
    missing = sorted({each.needs for name, each in ASKED.items() if name not in pairs})
    unknown = len(differing) - known - still
    with capsys.disabled():
        print(f"\n{len(pairs)} requests to CherryPy and Kirsch: {len(pairs) - len(differing)} answered alike,", end=" ")
        print(f"{known} known to differ, {still} open, {unknown} unknown;", end=" ")
        print(f"{len(ASKED) - len(pairs)} not asked, for want of {', '.join(missing) or 'nothing'}")

    assert pairs
