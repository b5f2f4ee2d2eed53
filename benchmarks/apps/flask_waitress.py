"""Flask on waitress, as Flask's manual shows first."""

from __future__ import annotations

from site_flask import app
from waitress_raw import start

if __name__ == "__main__":
    start(app)
