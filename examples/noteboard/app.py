"""A shared note board: pages, a form with a picture, JSON and a page that is streamed, on one object tree.

    python examples/noteboard/app.py [--host HOST] [--port PORT] [--data FOLDER]

tree.py and api.py say what answers where, notes.py keeps the notes, pages.py and form.py turn them into HTML; here is
what holds for the whole site, and how it is started.
"""

from __future__ import annotations

import argparse
import socket
from pathlib import Path

import kirsch
import pages
from notes import Notes
from tree import Root


@kirsch.tools.register("before_request_body")
def own_forms_only():
    """Refuse forms that somebody else's page has sent in the name of its visitor. Browsers say where they come from."""
    request = kirsch.request
    origin = request.headers.get("Origin")
    if origin and request.method == "POST" and origin.partition("://")[2] != request.headers.get("Host"):
        raise kirsch.HTTPError(403, "This form is not one of ours.")


def not_found(**_: str) -> str:
    """The page for 404."""
    return pages.message("Nothing is pinned here", "This address leads nowhere, or somebody took the note down.")


def failed(status: str, message: str, **_: str) -> str:
    """The page for all other errors."""
    if status.startswith("5"):
        small = f"Request {kirsch.request.unique_id}"
        return pages.message("That was our fault", "The board has stumbled. It has noted down where.", small)
    return pages.message(status.partition(" ")[2], message)


CONFIG = {
    "/": {
        "tools.own_forms_only.on": True,
        "error_page.404": not_found,
        "error_page.default": failed,
        "request.body.maxbytes": 64 * 1024,
        "response.headers.Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "response.headers.Referrer-Policy": "same-origin",
        "response.headers.X-Content-Type-Options": "nosniff",
    },
    "/new": {"request.body.maxbytes": 8 * 1024 * 1024},
    "/api": {"error_page.404": None, "error_page.default": None},  # programs get the standard ones: problem+json
}


def announce() -> None:
    """Say where the board is, and what to try."""
    base = kirsch.server.base()
    print(
        f"""
  The board is at  {base}/

  Some things to try in another terminal:
    curl {base}/api/notes
    curl {base}/api/notes --json '{{"title": "Hello", "text": "from the command line", "colour": "mint"}}'
    curl -N {base}/live         # goes on: pin something, and see
    curl -i {base}/lost

  Ctrl-C ends it.
""",
        flush=True,
    )


def create_app() -> kirsch.Application:
    """The site without its server: what `kirsch routes` and its like look at."""
    return kirsch.Application(Root(Notes(Path(__file__).parent)), config=CONFIG)


def main() -> None:
    """Read the command line, put all together, and stay until told to end (Ctrl-C, SIGTERM)."""
    parser = argparse.ArgumentParser(description="A shared note board, made with Kirsch.")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s); 0.0.0.0: for everybody")
    parser.add_argument("--port", default=8080, type=int, help="port (%(default)s); 0: any free one")
    parser.add_argument("--data", default=Path(__file__).parent, type=Path, help="folder of the notes (%(default)s)")
    given = parser.parse_args()
    kirsch.config.update({"server.socket_host": given.host, "server.socket_port": given.port})
    family = socket.AF_INET6 if ":" in given.host else socket.AF_INET
    try:
        socket.create_server((given.host, given.port), family=family).close()  # is the port free?
        notes = Notes(given.data)
    except OSError as error:
        parser.error(str(error))
    notes.subscribe()
    kirsch.engine.subscribe("start", announce, priority=90)  # after the server, which is at 75
    kirsch.quickstart(Root(notes), config=CONFIG)


if __name__ == "__main__":
    main()
