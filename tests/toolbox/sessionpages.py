"""A site that does to its session what a test says, and a store that can be taken away."""

from __future__ import annotations

import kirsch
from kirsch.stores.memory import MemoryStore
from kirsch.stores.store import Unavailable
from kirsch.testing.client import Client
from kirsch.toolbox.sessions import present_session
from tests.app.pages import LonelyApplication


class FailingStore(MemoryStore):
    """Its entries are shared, as far as it says, and may be away. calls: what was asked of it."""

    shared = True

    def __init__(self):
        super().__init__()
        self.away = False
        self.calls = []

    def _asked(self, verb):
        self.calls.append(verb)
        if self.away:
            raise Unavailable("the store is away")

    def get(self, key):
        self._asked("get")
        return super().get(key)

    def set(self, key, *rest):
        self._asked("set")
        return super().set(key, *rest)

    def delete(self, key):
        self._asked("delete")
        return super().delete(key)

    def lock(self, key, *rest):
        self._asked("lock")
        return super().lock(key, *rest)


class Site:
    """One page. do: what it does with its session; what that gives is the page."""

    def __init__(self):
        self.do = lambda session: ""

    @kirsch.expose
    def page(self):
        return self.do(present_session())

    @kirsch.expose
    @kirsch.tools.sessions(on=False)
    def off(self):
        return repr(present_session())

    @kirsch.expose
    def between(self):
        raise kirsch.InternalRedirect("/inner")

    @kirsch.expose
    def inner(self):
        present_session()["inner"] = "inside"
        return repr(dict(present_session()))


class Visitor(Client):
    """A browser. visit() asks for the page, which does what it says."""

    def __init__(self, application, **options):
        super().__init__(application, **options)
        self.application = application

    def visit(self, do=lambda session: repr(dict(session)), **options):
        """The answer."""
        self.application.root.do = do
        return self.get("/page", **options)

    def puts(self, **entries):
        """The answer of a page that puts entries into the session."""
        return self.visit(lambda session: session.update(entries) or "")

    def another(self, **options):
        """Another window of the same browser."""
        other = Visitor(self.application, **options)
        other.cookies = self.cookies
        return other

    @property
    def strict(self):
        """The same browser, but what a page raises comes out of the call."""
        return self.another(raise_errors=True)

    @property
    def session_id(self):
        """What the cookie holds."""
        return self.cookies.get("session_id")


def visitor(store=None, **settings):
    """A browser of a site of its own, with these settings of tools.sessions."""
    given = {"on": True, **settings} | ({"store": store} if store is not None else {})
    config = {f"tools.sessions.{name}": value for name, value in given.items()}
    return Visitor(LonelyApplication(Site(), "", {"/": config}))
