"""Looks through the site as built: `python docs/site/links.py FOLDER`.

It fails where a link or a picture leads nowhere, or a page would ask another host for a script, a style or a picture.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("source", "srcset"), ("iframe", "src")}
"""What a browser asks for without a click."""


class Page(HTMLParser):
    """What a page links to, what it loads, and what can be linked to on it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[tuple[bool, str]] = []
        self.ids = {"", "top"}
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and name == "id":
                self.ids.add(value)
            elif value and ((tag, name) in LOADED or (tag, name) == ("a", "href")):
                self.links.append(((tag, name) in LOADED, value))


def wrong(folder: Path) -> list[str]:
    """All that leads nowhere, or elsewhere without a click."""
    files = folder.rglob("*.html")
    pages = {path: Page(path) for path in files if "_downloads" not in path.parts}  # those are templates to be read
    found = []
    for path, page in pages.items():
        for loaded, link in page.links:
            url = urlsplit(link)
            if url.scheme == "data" or (url.scheme and not loaded):
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            there = pages[target].ids if target in pages else {unquote(url.fragment), ""}
            if url.netloc or not target.exists() or unquote(url.fragment) not in there:
                found.append(f"{path.relative_to(folder)}: {link}")
    return found


if __name__ == "__main__":
    problems = wrong(Path(sys.argv[1]).resolve())
    sys.exit("\n".join(["These links lead nowhere, or to another host without a click:", *problems]) if problems else 0)
