"""Takes in a member of the cookbook, or gives them another password:  python members.py ada"""

import sys
from getpass import getpass

import kirsch
from app import make_tables, run

if __name__ == "__main__":
    kirsch.config.update("kirsch.toml")
    make_tables()
    hashed = kirsch.passwords.hash(getpass(f"Password of {sys.argv[1]}: "))
    run("INSERT OR REPLACE INTO members VALUES (?, ?)", sys.argv[1], hashed)
