"""The tools that write to the error log; afterwards each page is asked what they have written."""

from __future__ import annotations

from dataclasses import replace

from tests.differential.asked.ask import get, post

SENT = ("X-One: 1", "X-Two: 1", "X-Two: 2")

PAGES = {
    **{f"{page} are logged": get(f"/logged/{page}", *SENT) for page in ("headers", "headers_of_error", "headers_off")},
    **{f"{page} are logged": get(f"/logged/{page}?a=1") for page in ("hooks", "hooks_off")},
    **{f"{page}: its traceback": get(f"/logged/{page}") for page in ("fails", "fails_silently", "refuses")},
    "headers of a form are logged": post("/logged/headers", "a=1", "application/x-www-form-urlencoded", *SENT),
}

ASKED = {name: replace(each, then="/log/said") for name, each in PAGES.items()}
