"""The greeting out of a cache of pages, beside the greeting: a copy must cost hardly more than a page of one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers import WrongAnswerError
from wrk import Wrk

from loads.hello import PATH
from loads.load import Bar, Load, expect, rows

if TYPE_CHECKING:
    from servers import Server

MADE_EACH_TIME = "kirsch"
"""The row without a cache."""


def check(server: Server) -> None:
    """The answer, and that the second one is a copy, where it is to be one."""
    answers = [server.get(PATH), server.get(PATH)]
    for answer in answers:
        expect(answer, b"Hello, world! x=1")
    if ("age" in answers[1].fields) is (server.rival.name == MADE_EACH_TIME):
        message = f"the second answer has the fields {sorted(answers[1].fields)}: is it a copy?"
        raise WrongAnswerError(message)


CACHED = Load(
    name="cached",
    title="A hit of the cache of pages, and the same page without a cache",
    entries=rows(MADE_EACH_TIME, "kirsch-cached", "cherrypy"),
    check=check,
    measure=Wrk(PATH),
    bars=(
        Bar("must", "cpu_us", at_most=1.2, of=MADE_EACH_TIME, ours="kirsch-cached"),
        Bar("must", "cpu_us", at_most=1 / 20, of="cherrypy", ours="kirsch-cached"),
    ),
    note="Kirsch alone makes the page each time; CherryPy has its cache on",
)
