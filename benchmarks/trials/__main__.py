"""What happens to requests when the server is reloaded, upgraded, killed, ended or in trouble: `scripts/trials`.

Each table is printed as Markdown; docs/explanation/reliability.md has those of one run. The status is 1 if anything was
not as it should be.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from life import life
from scaling import scaling, threads
from trouble import trouble

TABLES = {"life": life, "trouble": trouble, "scaling": scaling, "threads": threads}


PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "reliability.md"
BEGIN, END = "<!-- begin trials -->", "<!-- end trials -->"


def write_page(when, tables):
    """Put the tables where the page has them."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text("\n\n".join((f"{before}{BEGIN}", when, *tables, f"{END}{after}")), "utf-8")


def main():
    """The command."""
    parser = argparse.ArgumentParser(prog="scripts/trials", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"{', '.join(TABLES)}; all without")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each load lasts (60)")
    parser.add_argument("--page", action="store_true", help="put the tables into docs/explanation/reliability.md")
    options = parser.parse_args()
    if options.page and options.tables:
        parser.error("--page takes all tables")
    if unknown := set(options.tables) - set(TABLES):
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(TABLES)}")
    broken, printed = [], []
    for name in options.tables or TABLES:
        table = TABLES[name](options.seconds)
        printed.append(table.markdown())
        print(printed[-1], end="\n\n", flush=True)
        broken += table.broken
    if options.page:
        write_page(f"Run on {time.strftime('%Y-%m-%d')}, {options.seconds:g} s for each load.", printed)
    for each in broken:
        print(f"NOT AS IT SHOULD BE: {each}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
