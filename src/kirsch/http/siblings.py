"""Files that were compressed beforehand and lie beside the plain one: `site.css.br` beside `site.css`."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from kirsch.http.codings import IDENTITY, qualities

SIBLINGS: Final = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}
"""The codings that are looked for, each with the end of the name; the smallest first."""


@lru_cache(256)  # PERF: browsers send the same few values all the time
def wanted_siblings(accept: str | None, known: tuple[str, ...] = tuple(SIBLINGS)) -> tuple[tuple[str, str], ...]:
    """Coding and end of the name of siblings to look for, the most wanted first; of equals, in the order of `known`.

    accept: the value of Accept-Encoding; without one the plain file is sent, as are those that the client rather has.
    """
    listed = qualities(accept or "")
    others, plain = listed.get("*", 0.0), listed.get(IDENTITY, 0.0)
    wanted = [(coding, listed.get(coding, others)) for coding in known]
    ranked = sorted(((coding, q) for coding, q in wanted if q > 0 and q >= plain), key=lambda each: -each[1])
    return tuple((coding, SIBLINGS[coding]) for coding, _ in ranked)
