"""Hello world: an object, a method, a page. Run it, then open http://127.0.0.1:8080/?name=you"""

from html import escape

import kirsch


class Hello:
    """The site: what is exposed, answers."""

    @kirsch.expose
    def index(self, name="world"):
        return f"Hello, {escape(name)}!"


if __name__ == "__main__":
    kirsch.quickstart(Hello())
