"""Nothing of the acceptance list is forgotten, and the page says how each row is tested."""

from __future__ import annotations

from collections import Counter

from tests.acceptance.rows import ELSEWHERE, ROWS, SECTIONS
from tests.acceptance.table import PAGE, filled, found_tests
from tests.acceptance.ways import MEMORY, only

pytestmark = [only(MEMORY, why="nothing is asked")]

COUNTS = {
    "A": 14, "M": 12, "E": 4, "D": 21, "Q": 8, "U": 9, "N": 5, "R": 6, "C": 5, "S": 8, "H": 11, "T": 13, "G": 9,
    "L": 10, "O": 8, "W": 2, "X": 3,
}  # fmt: skip


def test_the_list_is_whole():
    """So many rows, numbered from 1 on."""
    numbered = [f"{letter}-{number:02}" for letter in SECTIONS for number in range(1, COUNTS[letter] + 1)]

    assert list(ROWS) == numbered
    assert len(ROWS) == 148


def test_every_row_has_a_test():
    """Of its number, or it says whose tests are its own, and not both."""
    assert Counter([*found_tests(), *ELSEWHERE]) == Counter(list(ROWS))


def test_the_page_is_up_to_date():
    """Rows, tests, ways and reasons are those of now, and none has failed; `scripts/acceptance` writes it."""
    text = PAGE.read_text("utf-8")

    assert filled(text, {}) == text, "run: scripts/acceptance"
