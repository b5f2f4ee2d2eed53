"""Runs the tests of the list and writes the page: `scripts/acceptance`."""

from __future__ import annotations

import sys

import pytest

from tests.house import ROOT

FAILED, SKIPPED = "✗", "skipped"


class Outcomes:
    """Watches the tests. worse: by name and way, how they ended if not well."""

    def __init__(self):
        self.worse = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item):
        """Of all cases of a test, the worst counts."""
        report = yield
        key = (item.originalname, item.callspec.params["way"])
        if report.failed or (report.skipped and key not in self.worse):
            self.worse[key] = FAILED if report.failed else SKIPPED
        return report


def main():
    """The status to end with. What compares the page with the tests is left out: it is made here."""
    outcomes = Outcomes()
    command = ["tests/acceptance", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--rootdir", str(ROOT)]
    status = pytest.main([*command, "--deselect", "tests/acceptance/test_every_row.py"], plugins=[outcomes])
    from tests.acceptance.table import PAGE, filled  # it brings kirsch, which pytest must be the first to load

    PAGE.write_text(filled(PAGE.read_text("utf-8"), outcomes.worse), "utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
