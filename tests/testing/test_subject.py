"""What can be asked."""

from __future__ import annotations

import functools
import types

import pytest

import kirsch
from kirsch.app.site import Site
from kirsch.testing.client import Client
from tests.testing.mirror import answering


class Root:
    """A root object."""

    @kirsch.expose
    def index(self, name="you"):
        return f"hello {name}"

    @kirsch.expose
    def handle(self):
        return "a page, not a handler"


class Callable(Root):
    """A root object that is a page itself."""

    exposed = True

    def __call__(self):
        return "called"


def site():
    """With an application on it."""
    made = Site()
    made.mount(Root())
    return made


class Handler:
    """A callable of an exchange that is no function."""

    def __call__(self, exchange):
        answering(b"hello you")(exchange)

    def by_method(self, exchange):
        self(exchange)


@pytest.mark.parametrize(
    "asked",
    [
        kirsch.Application(Root()),
        site(),
        Root(),
        Callable(),
        types.SimpleNamespace(index=Root().index),
        kirsch.expose(lambda: "hello you"),
        Handler(),
        Handler().by_method,
        functools.partial(lambda extra, exchange: answering(b"hello you")(exchange), 1),
        types.SimpleNamespace(handle=Handler()),
    ],
    ids=lambda asked: type(asked).__name__,
)
def test_what_can_be_asked(asked):
    """Applications, sites, whatever has a method `handle`, handlers; a root object becomes an application."""
    answer = Client(asked).get("/")

    assert (answer.status, answer.text) == (200, "hello you")


def test_a_page_called_handle():
    """It does not make a handler of its root."""
    assert Client(Root()).get("/handle").text == "a page, not a handler"


def wsgi(environ, start_response):
    """An application of another kind."""


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Root, r"Root is a class; hand in an object of it: Root\(\)"),
        (None, "None cannot be asked"),
        ("app:Root", "'app:Root' cannot be asked"),
        (wsgi, r"if it is a WSGI application, .* kirsch.tree.graft"),
        (lambda: "page", "does not take an exchange"),
    ],
)
def test_what_cannot(asked, words):
    """The message says what to hand in."""
    with pytest.raises(TypeError, match=words):
        Client(asked)


def test_callables_without_a_signature():
    """They are taken at their word."""
    assert repr(Client(max).handler) == repr(max)
