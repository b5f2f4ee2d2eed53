"""The command line as argparse knows it, and the variables that are read."""

from __future__ import annotations

import argparse
import inspect
import re
from typing import Any

from generated.markdown import table

from kirsch.exchange import Head
from kirsch.gateway.wsgi import WSGIHandler
from kirsch.run.cli import make_parser
from kirsch.run.flags import FLAGS
from kirsch.server import secure
from kirsch.server.certificate import facts_of
from kirsch.testing.memory import MemoryExchange

KEYS = {flag.name: flag.key for flag in FLAGS}
CERTIFICATE: dict[str, Any] = {
    "version": 3,
    "serialNumber": "0A1B2C",
    "notBefore": "Nov 24 00:00:00 2026 GMT",
    "notAfter": "Nov 24 00:00:00 2027 GMT",
    "subject": ((("organizationName", "Orchard"),), (("commonName", "ada"),)),
    "issuer": ((("commonName", "Orchard CA"),),),
    "subjectAltName": (("DNS", "ada.example"), ("email", "ada@orchard.example")),
}
"""As Python's ssl tells of one."""


def verbs() -> str:
    """A section for each verb."""
    found: list[str] = []
    for action in make_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            about = {each.dest: each.help or "" for each in action._choices_actions}
            for name, parser in action.choices.items():
                found += [f"## kirsch {name}", f"{about[name][:1].upper()}{about[name][1:]}.", flags(parser)]
    return "\n\n".join(filter(None, found))


def flags(parser: argparse.ArgumentParser) -> str:
    """The arguments of a verb."""
    rows = []
    for each in parser._actions:
        if isinstance(each, argparse._HelpAction):
            continue
        value = "" if each.nargs == 0 else str(each.metavar or each.dest.upper())
        said = ", ".join(f"`{f'{name} {value}'.strip()}`" for name in each.option_strings) or f"`{each.dest}`"
        key = next((f"`{KEYS[name]}`" for name in each.option_strings if name in KEYS), "")
        rows.append([said, (each.help or "").replace("%%", "%"), key])
    return table(["argument", "what it is", "setting"], rows)


def variables() -> str:
    """The variables that flags have."""
    rows = [[f"`{flag.variable}`", f"`{flag.key}`", flag.words] for flag in FLAGS if flag.variable]
    return table(["variable", "setting", "what it is"], rows)


def environ() -> str:
    """What an application is told of a request."""
    fields = [(b"host", b"shop.example"), (b"accept", b"text/html"), (b"content-length", b"8")]
    head = Head("POST", b"/shop/tea?x=1", fields=[*fields, (b"content-type", b"application/x-www-form-urlencoded")])
    seen = WSGIHandler(list, "/shop").environ_of(MemoryExchange(head, client=("192.0.2.7", 50000)))
    hidden = {"wsgi.input": "the body, with `read()`", "wsgi.errors": "a file for messages"}
    hidden["wsgi.file_wrapper"] = "for an answer that is a file"
    rows = [[f"`{name}`", hidden.get(name) or f"`{value!r}`"] for name, value in sorted(seen.items(), key=_order)]
    return table(["name", "for example"], rows)


def _order(item: tuple[str, Any]) -> tuple[bool, bool, str]:
    return item[0].startswith("wsgi."), item[0].startswith("HTTP_"), item[0]


def tls() -> str:
    """The names that a request over TLS has beside."""
    facts = {name: "" for name in re.findall(r'"(SSL_[A-Z_]+)"', inspect.getsource(secure)) if name != "SSL_CLIENT"}
    facts |= facts_of(CERTIFICATE, "SSL_CLIENT")
    rows = [[f"`{name}`", f"`{value}`" if value else ""] for name, value in sorted(facts.items())]
    return table(["name", "for example"], rows)


def parts() -> dict[str, str]:
    """All of it, by the name that stands in the comments around it."""
    return {"commands": verbs(), "variables": variables(), "environ": environ(), "environ of TLS": tls()}
