"""Pages under the tools that write to the error log, and what has been written there."""
# ruff: noqa: RUF012 - `_cp_config` is written as every application writes it

from __future__ import annotations

import logging
from time import monotonic, sleep

from tests.differential.pages.face import cherrypy
from tests.differential.pages.small import fails, under


class Kept(logging.Handler):
    """Keeps what is logged, as text."""

    def __init__(self):
        super().__init__()
        self.texts = []

    def emit(self, record):
        self.texts.append(self.format(record))


kept = Kept()


def own_hook():
    """A hook that a list of hooks must name."""


def other_hook():
    """Another one, which runs first."""


def refuses(self, **kwargs):
    """A page that refuses."""
    raise cherrypy.HTTPError(403)


HOOKS = {"hooks.before_handler": own_hook, "hooks.before_finalize": other_hook}

WANTED = {
    "a field": "X-One: 1",
    "two fields of a name": "X-Two: 2",
    "hook": "own_hook",
    "hook behind": "other_hook",
    "traceback": "Traceback (most recent call last)",
    "error": "ValueError: on purpose",
    "refusal": "HTTPError",
}
"""What may be in the log, by a name for it."""


class Logged:
    """See the module. Each begins with an empty log."""

    _cp_config = {"hooks.on_start_resource.forget": kept.texts.clear}

    headers = under("log_headers")
    headers_of_error = under("log_headers", fails)
    headers_off = under("log_headers", on=False)
    hooks = under("log_hooks", more=HOOKS)
    hooks_off = under("log_hooks", on=False, more=HOOKS)
    fails = under("log_tracebacks", fails)
    fails_silently = under("log_tracebacks", fails, on=False)
    refuses = under("log_tracebacks", refuses)


class Log:
    """What is in the log. Some of it may be written after the answer."""

    @cherrypy.expose
    def said(self):
        end = monotonic() + 0.2
        while not kept.texts and monotonic() < end:
            sleep(0.01)
        text = "\n".join(kept.texts)
        found = {name: text.lower().count(each.lower()) for name, each in WANTED.items()}  # CherryPy shouts names
        return repr((found, text.find("own_hook") <= text.find("other_hook")))


def listen():
    """Keep what is logged from now on."""
    cherrypy.log.error_log.addHandler(kept)
