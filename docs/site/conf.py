"""How Sphinx makes the site of the manual; `scripts/docs` calls it. The pages are plain Markdown, whole without it.

The navigation is what each index.md links to, in that order: it is written once.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "Kirsch"
author = "The Kirsch authors"
project_copyright = author
extensions = ["myst_parser", "sphinx_copybutton"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["site"]
nitpicky = True

myst_heading_anchors = 4
myst_enable_extensions = ["attrs_block"]
suppress_warnings = ["misc.highlighting_failure"]  # three dots stand for what is left out; no lexer takes them

html_theme = "furo"
html_title = "Kirsch"
html_logo = "../images/logo.svg"
html_favicon = "../images/logo.svg"
html_static_path = ["static"]
html_css_files = ["kirsch.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {
    "sidebar_hide_name": False,
    "light_css_variables": {"color-brand-primary": "#ad1457", "color-brand-content": "#ad1457"},
    "dark_css_variables": {"color-brand-primary": "#f48fb1", "color-brand-content": "#f48fb1"},
}
pygments_style = "friendly"
pygments_dark_style = "github-dark"
copybutton_selector = "div:not(.highlight-text) > div.highlight > pre"

LINK = re.compile(r"\]\((?!https?:)([\w/.-]+\.md)\)")


def read(app: Sphinx, name: str, source: list[str]) -> None:
    """Links to files of the repository outside of docs become downloads; behind an index comes its navigation.

    That is the pages of its folder that it links to, and the indexes one folder further down.
    """
    folder = PurePosixPath(name).parent
    links = list(dict.fromkeys(LINK.findall(source[0])))
    for link in links:
        if posixpath.normpath(folder / link).startswith(".."):
            source[0] = source[0].replace(f"]({link})", f"](path:{link})")
    if name.endswith("index"):
        below = [link for link in links if "/" not in link or (link.endswith("/index.md") and link.count("/") == 1)]
        source[0] += "\n".join(["\n\n```{toctree}", ":hidden:", ":titlesonly:", "", *below, "```\n"])


def setup(app: Sphinx) -> None:
    """Sphinx asks for it."""
    app.connect("source-read", read)
