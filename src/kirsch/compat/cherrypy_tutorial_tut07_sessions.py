"""Sessions: what one visitor has done, from one request to the next. A tool, switched on by config on the class."""

from __future__ import annotations

import kirsch as cherrypy
from kirsch.compat.cherrypy_tutorial import CONFIG


class HitCounter:
    """The site. `_cp_config` is config for all that is at and below an object."""

    _cp_config = {"tools.sessions.on": True}  # noqa: RUF012 - as applications have it

    @cherrypy.expose
    def index(self) -> str:
        """Count the visits."""
        count = cherrypy.session.get("count", 0) + 1
        cherrypy.session["count"] = count
        return f"This is your visit number {count}."


if __name__ == "__main__":
    cherrypy.quickstart(HitCounter(), config=CONFIG)
