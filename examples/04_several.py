"""Several applications in one process: two of ours, each with its config, and somebody's WSGI application."""

from html import escape
from pathlib import Path

import kirsch

PAGE = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><link rel="stylesheet" href="/style.css">\n'


class Home:
    """The site as a whole."""

    style_css = kirsch.tools.staticfile.handler(filename=str(Path(__file__).with_name("style.css")))

    @kirsch.expose
    def index(self):
        return (
            f'{PAGE}<h1>The orchard</h1><p>Here are a <a href="/blog/">blog</a> and a <a href="/wiki/Start">wiki</a>.'
        )


class Blog:
    """Its pages know neither where they are mounted nor who else is there."""

    @kirsch.expose
    def index(self):
        name = kirsch.request.config["blog.name"]
        return f'{PAGE}<h1>{escape(name)}</h1><p><a href="{kirsch.url("/2026/11")}">November</a>'

    @kirsch.expose
    def default(self, year, month="1"):
        return f"{PAGE}<p>Nothing was written in {escape(month)}/{escape(year)}."


def wiki(environ, start_response):
    """Flask, Django, Bottle: any WSGI application can stand here. It sees its mount point as SCRIPT_NAME."""
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"The page {environ['PATH_INFO']} of the wiki at {environ['SCRIPT_NAME']} is empty.\n".encode()]


kirsch.tree.mount(Home())
kirsch.tree.mount(Blog(), "/blog", {"/": {"blog.name": "Notes from the orchard"}})
kirsch.tree.graft(wiki, "/wiki")

if __name__ == "__main__":
    # What quickstart() does for a single application:
    kirsch.engine.signals.subscribe()
    kirsch.engine.start()
    kirsch.engine.block()
