"""`python -m kirsch` is the command `kirsch`."""

import sys

from kirsch.run.cli import main

if __name__ == "__main__":
    sys.exit(main())
