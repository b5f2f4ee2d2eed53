"""The greeting again, asked with no more than a Host: what the headers of a browser cost is the difference."""

from __future__ import annotations

from wrk import Wrk

from loads.hello import FRAMEWORKS, PATH, REFERENCES, check
from loads.load import Load, rows

BARE = Load(
    name="bare",
    title="Full framework: /hello/{name}?x=1 with Host alone",
    entries=rows(*FRAMEWORKS, *REFERENCES),
    check=check,
    measure=Wrk(PATH, fields=()),
)
