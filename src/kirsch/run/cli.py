"""The command `kirsch`: what a site answers and why, what its config says, what is wrong with it.

Exit codes: 0 fine · 1 something was found wrong · 2 the command line is wrong · 3 the application cannot be had.
`kirsch migrate` has one more.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from platform import python_version
from typing import TYPE_CHECKING, Any, Final, TextIO

from kirsch.app.place import ConfigError
from kirsch.process.channels import ChannelFailures
from kirsch.run.checker import Checker, check_config
from kirsch.run.cherryd import add_cherryd
from kirsch.run.completion import add_completion
from kirsch.run.defaults import checker, config, server, tree
from kirsch.run.deployment import HINT, WARNING, Deployment, Finding
from kirsch.run.desk import add_dev
from kirsch.run.explain import Explanation, Setting, explain, settings_at
from kirsch.run.inside import add_health, add_shell
from kirsch.run.lookup import LookupFailed, applications
from kirsch.run.migrate import add_migrate
from kirsch.run.newproject import add_new
from kirsch.run.parser import Parser
from kirsch.run.routes import Route, name_of, routes_of
from kirsch.run.serving import add_run

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from kirsch.app.application import Application

FINE: Final = 0
WRONG: Final = 1
MISUSED: Final = 2
NO_APPLICATION: Final = 3

LONGEST_SHOWN: Final = 60
"""Characters of a value in a table; `--json` has all of it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; gives the exit code."""
    parser = make_parser()
    if not (sys.argv[1:] if arguments is None else arguments):
        parser.print_help(sys.stderr)
        return MISUSED
    options = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    try:
        if options.alone is not None:
            code: int = options.alone(options)
            return code
        apps = applications(options.app, options.config or [], options.cherrypy)
    except (LookupFailed, ConfigError) as error:
        _say(f"kirsch: {error}", to=sys.stderr)
        return NO_APPLICATION
    except ChannelFailures:  # the log has each of them, with its traceback
        _say("kirsch: the start has failed; what has stands above, or in the log", to=sys.stderr)
        return WRONG
    except Exception:
        _print_own_traceback()
        return NO_APPLICATION
    try:
        code = options.verb(apps, options)
        sys.stdout.flush()
    except ConfigError as error:
        _say(f"kirsch: {error}", to=sys.stderr)
        return WRONG
    except BrokenPipeError:  # of `kirsch routes | head`: whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return WRONG
    return code


def make_parser() -> argparse.ArgumentParser:
    """The command line with all its verbs."""
    common = Parser(add_help=False)
    common.add_argument(
        "--app", metavar="TARGET", help="module:name or a file; by default [tool.kirsch] app, app.py, main.py"
    )
    common.add_argument(
        "--config", metavar="FILE", action="append", help="a config file for the process (may be repeated)"
    )
    common.add_argument("--cherrypy", action="store_true", help="run an application of CherryPy's as it is")
    common.add_argument("--json", action="store_true", help="print JSON")
    parser = Parser(prog="kirsch", description="Serve a site, or look into it without serving it.")
    parser.set_defaults(alone=None)
    parser.add_argument("--version", action="version", version=f"kirsch {version()}, Python {python_version()}")
    verbs = parser.verbs = parser.add_subparsers(required=True, metavar="VERB")
    for add in (add_dev, add_run, add_new):
        add(verbs, common)
    routes = verbs.add_parser("routes", parents=[common], help="all pages: path, methods, handler, parameters, tools")
    routes.set_defaults(verb=show_routes)
    why = verbs.add_parser("explain", parents=[common], help="why a request is answered as it is")
    why.add_argument("method", help="GET, POST …; may be left out", nargs="?", default="GET")
    why.add_argument("target", help="a path, with its query")
    why.set_defaults(verb=show_explanation)
    settings = verbs.add_parser(
        "config", parents=[common], help="the config that holds for a path, and where it is from"
    )
    settings.add_argument("path", nargs="?", default="/", help="by default /")
    settings.set_defaults(verb=show_config)
    check = verbs.add_parser("check", parents=[common], help="what is wrong, or hardly meant")
    check.add_argument("--deploy", action="store_true", help="what to change before the world can reach the site, too")
    check.set_defaults(verb=show_findings)
    for add in (add_shell, add_health, add_migrate, add_completion, add_cherryd):
        add(verbs, common)
    return parser


def version() -> str:
    """Of the distribution that is installed."""
    try:
        return installed("kirsch")
    except PackageNotFoundError:
        return "from a folder"


def _say(text: str = "", to: TextIO | None = None) -> None:
    (to or sys.stdout).write(f"{text}\n")


def _print_own_traceback() -> None:
    """The traceback of what the application raised while it was imported, without our own steps to it."""
    error = sys.exception()
    assert error is not None
    step = error.__traceback__
    here = os.path.dirname(os.path.abspath(__file__))
    while step is not None and (
        step.tb_frame.f_code.co_filename.startswith((here, "<frozen importlib"))
        or "importlib" in step.tb_frame.f_code.co_filename
    ):
        step = step.tb_next
    traceback.print_exception(type(error), error, step)
    _say("kirsch: the application cannot be imported; its own error stands above", to=sys.stderr)
    if isinstance(error, ModuleNotFoundError) and error.name in ("cherrypy", "cheroot"):
        _say("kirsch: an application of CherryPy's runs as it is with --cherrypy", to=sys.stderr)


# -- verbs -----------------------------------------------------------------------------------------------------------


def show_routes(apps: dict[str, Application], options: argparse.Namespace) -> int:
    """A table of all pages."""
    found = [route for prefix, application in apps.items() for route in routes_of(application, prefix)]
    if options.json:
        return _print_json([route._asdict() for route in found])
    rows = [_route_row(route) for route in found]
    _print_table(["path", "methods", "parameters", "handler", "where", "tools"], rows)
    return FINE


def _route_row(route: Route) -> list[str]:
    methods = ", ".join(route.methods) or "any"
    return [route.path, methods, ", ".join(route.parameters), route.handler, route.place, ", ".join(route.tools)]


def show_explanation(apps: dict[str, Application], options: argparse.Namespace) -> int:
    """Why a request is answered as it is."""
    target = options.target if options.target.startswith("/") else f"/{options.target}"
    prefix, application = _application_for(apps, target)
    if application is None:
        _say(f"kirsch: nothing is mounted at {target}; there are {', '.join(apps) or 'no applications'}", to=sys.stderr)
        return WRONG
    found = explain(application, options.method.upper(), target[len(prefix) :] or "/")
    if options.json:
        return _print_json(found._asdict() | {"config": [each._asdict() for each in found.config]})
    _print_explanation(found)
    return FINE


def _application_for(apps: dict[str, Application], target: str) -> tuple[str, Application | None]:
    path = target.partition("?")[0]
    prefix = tree.prefix(path)
    return (prefix, apps.get(prefix)) if prefix is not None else ("", None)


def _print_explanation(found: Explanation) -> None:
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else ("", "")
    _say(f"{bold}{found.request}{plain}\n  {found.application}\n\n{bold}The walk{plain}")
    for step in found.walk:
        _say(f"  {step}")
    _say(f"\n{bold}The handler{plain}")
    _say(f"  {found.handler or 'none'}{f'  ({found.place})' if found.place else ''}")
    _say(f"  {f'{found.call}  →  ' if found.call else ''}{found.outcome}")
    _say(f"\n{bold}The hooks{plain}, in their order")
    for point, name, priority in found.hooks:
        _say(f"  {point:<22} {priority:>5g}  {name}")
    if not found.hooks:
        _say("  none")
    _say(f"\n{bold}The config{plain}")
    _print_settings(found.config)


def show_config(apps: dict[str, Application], options: argparse.Namespace) -> int:
    """The config that holds for a path."""
    prefix, application = _application_for(apps, options.path)
    if application is None:
        _say(f"kirsch: nothing is mounted at {options.path}", to=sys.stderr)
        return WRONG
    found = settings_at(application, options.path[len(prefix) :] or "/")
    if options.json:
        return _print_json([each._asdict() for each in found])
    _print_settings(found)
    return FINE


def _print_settings(found: list[Setting]) -> None:
    _print_table([], [[f"  {each.key}", _shown(each.value), f"← {each.place}"] for each in found])


def _shown(value: Any) -> str:
    text = name_of(value) if callable(value) and hasattr(value, "__qualname__") else repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def show_findings(apps: dict[str, Application], options: argparse.Namespace) -> int:
    """What is wrong, or hardly meant."""
    config.check_tools()
    for application in apps.values():
        check_config(application)
    found = [Finding(WARNING, "sense", each, "", "") for each in Checker(config, tree.apps).findings()]
    if options.deploy:
        silenced = config.get("checker.silenced", checker.silenced)
        found += Deployment(config, apps, server, silenced).findings()
    if options.json:
        _print_json([each._asdict() for each in found] if options.deploy else [each.what for each in found])
    else:
        _say("\n".join(map(_finding_text, found)) or "Nothing found.")
    return WRONG if any(each.severity != HINT for each in found) else FINE


def _finding_text(finding: Finding) -> str:
    if finding.id == "sense":
        return f"- {finding.what}"
    lines = [f"{finding.severity:<8} {finding.id}: {finding.what}", f"         where: {finding.where}"]
    return "\n".join([*lines, f"         write: {finding.write}"] if finding.write else lines)


def _print_json(value: Any) -> int:
    _say(json.dumps(value, indent=2, default=repr, ensure_ascii=False))
    return FINE


def _print_table(head: list[str], rows: list[list[str]]) -> None:
    """Columns as wide as they must be; those that are empty in all rows are left out."""
    kept = [number for number in range(len(rows[0]) if rows else 0) if any(row[number] for row in rows)]
    shown = [[row[number] for number in kept] for row in ([head, *rows] if head else rows)]
    widths = [max(len(row[number]) for row in shown) for number in range(len(kept))]
    for row in shown:
        _say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
