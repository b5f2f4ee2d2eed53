"""The framework under test, CherryPy or Kirsch as the environment variable FACE says, and which of its parts are there.

All pages of this application use only names that both have. A page for a part that one of them may lack stands behind
`has()`, and the requests for it say so by `needs`.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from typing import Any

cherrypy: Any = importlib.import_module(os.environ.get("FACE", "kirsch"))


def has(name: str) -> bool:
    """Whether the framework has this name (`dispatch.VirtualHost`)."""
    thing = cherrypy
    for part in name.split("."):
        thing = getattr(thing, part, None)
    return thing is not None


OLD_TOOLS = ("_cptools",)
"""Where the kinds of tools stand: CherryPy has them in a module that everybody imports all the same."""
OUR_TOOLS = ("kirsch.toolbox.tool", "kirsch.toolbox.kinds", "kirsch.toolbox.toolbox", "kirsch.toolbox.xmlrpc")


def tool_kind(name: str) -> Any:
    """One of the classes that CherryPy has in `_cptools`; None if there is no such thing."""
    places = [getattr(cherrypy, place, None) for place in OLD_TOOLS]
    for place in OUR_TOOLS if cherrypy.__name__ == "kirsch" else ():
        with contextlib.suppress(ImportError):
            places.append(importlib.import_module(place))
    return next((getattr(place, name) for place in places if hasattr(place, name)), None)


def public(page):
    """Expose a page."""
    page.exposed = True
    return page
