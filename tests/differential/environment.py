"""CherryPy in an environment of its own, made on first use as `.venv-cherrypy`; nothing of ours is in it."""

from __future__ import annotations

from pathlib import Path

from tests.environment import Environment

cherrypy_python = Environment(".venv-cherrypy", Path(__file__).parent / "requirements.txt", "cherrypy").python
