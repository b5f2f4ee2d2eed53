"""`kirsch new`: a project that runs and passes its tests at once, with what it needs to be deployed."""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.place import ConfigError, Place

if TYPE_CHECKING:
    import argparse

FILES: Final = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["kirsch"]

[project.optional-dependencies]
test = ["pytest"]

[tool.hatch.build.targets.wheel]
packages = ["src/{package}"]

[tool.kirsch]
app = "{package}.site:create_app"

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["src"]
""",
    "README.md": """\
# {name}

    kirsch dev        at your desk: http://127.0.0.1:8080, reloads when something changes
    python -m pytest  the tests
    kirsch run        for production; `deploy/` has what systemd and Docker want
""",
    "kirsch.toml": """\
# Config of the process, for whoever runs it; variables KIRSCH_... and the command line go over it.
# What belongs to the program stands in src/{package}/site.py.

# server.socket_host = "0.0.0.0"
# server.socket_port = 8080
# log.access_file = "access.log"
""",
    "src/{package}/__init__.py": '"""{name}: a site on Kirsch."""\n',
    "src/{package}/site.py": '''\
"""The pages of {name}."""

from html import escape

import kirsch

CONFIG = {{
    "/": {{
        "tools.security_headers.on": True,
        "tools.compress.on": True,
    }},
}}


class Root:
    """The pages below /."""

    @kirsch.expose
    def index(self, name="world"):
        """The first page."""
        return f"<!doctype html><title>{name}</title><h1>Hello, {{escape(name)}}!</h1>"

    @kirsch.expose
    @kirsch.tools.json_out()
    def status(self):
        """For machines."""
        return {{"status": "well"}}


def create_app():
    """The application, for the command `kirsch` and for tests."""
    return kirsch.Application(Root(), config=CONFIG)
''',
    "tests/test_site.py": """\
from kirsch.testing.client import Client

from {package}.site import create_app


def test_index_greets():
    client = Client(create_app())
    assert "Hello, world!" in client.get("/").text
    assert "Hello, &lt;you&gt;!" in client.get("/?name=<you>").text


def test_status():
    assert Client(create_app()).get("/status").json() == {{"status": "well"}}
""",
    "Dockerfile": """\
FROM python:3.13-slim
RUN useradd --system --no-create-home site
WORKDIR /app
COPY pyproject.toml README.md kirsch.toml *.whl ./
COPY src ./src
RUN pip install --no-cache-dir --find-links . .
USER site
EXPOSE 8080
HEALTHCHECK CMD ["kirsch", "health"]
CMD ["kirsch", "run", "--host", "0.0.0.0", "--workers", "auto"]
""",
    ".dockerignore": ".git\n.venv\n**/__pycache__\ntests\n",
    ".gitignore": ".venv/\n__pycache__/\n*.log\ndist/\n",
    "deploy/{name}.service": """\
# /etc/systemd/system/{name}.service, for a project in /opt/{name} with its environment in /opt/{name}/.venv
[Unit]
Description={name}
After=network.target

[Service]
Type=notify
NotifyAccess=all
WorkingDirectory=/opt/{name}
ExecStart=/opt/{name}/.venv/bin/kirsch run --workers auto
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
WatchdogSec=30
TimeoutStopSec=35
DynamicUser=yes
StateDirectory={name}
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes

[Install]
WantedBy=multi-user.target
""",
}
"""By path, both with {{name}} as given and {{package}} as Python spells it."""


def add_new(verbs: Any, _: argparse.ArgumentParser) -> None:
    """The verb."""
    parser = verbs.add_parser("new", help="begin a project that runs and passes its tests at once")
    parser.add_argument("name", help="of the project, and of its folder: letters, digits, - and _")
    parser.set_defaults(alone=new)


def new(options: argparse.Namespace) -> int:
    """Write the project into a new folder. Raises ConfigError for a name or folder that will not do."""
    name: str = options.name
    package = name.replace("-", "_").lower()
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*", name) or keyword.iskeyword(package):
        raise ConfigError(f"{name!r} cannot be the name of a package: letters, digits, - and _", Place("kirsch new"))
    if package in sys.stdlib_module_names or package == "kirsch":
        raise ConfigError(f"{name!r} would hide the module of that name; choose another", Place("kirsch new"))
    folder = Path(name)
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(f"the folder {name!r} is there already, and not empty", Place("kirsch new"))
    for path, text in FILES.items():
        target = folder / path.format(name=name, package=package)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.format(name=name, package=package), "utf-8")
    sys.stdout.write(f"Written to {name}/. Next:\n\n    cd {name}\n    kirsch dev\n")
    return 0
