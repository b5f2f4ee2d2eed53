from __future__ import annotations

from typing import Any

import pytest

from kirsch.app.context import present
from kirsch.app.namespaces import Namespaces
from kirsch.app.request import Request
from kirsch.dispatch.expose import expose
from kirsch.options import OptionError
from kirsch.testing.client import Client
from tests.app.pages import LonelyApplication


class Collecting:
    """A handler that is a context manager."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def __enter__(self) -> Any:
        self.events.append("enter")
        return lambda key, value: self.events.append((key, value))

    def __exit__(self, *error: object) -> None:
        self.events.append("exit")


def test_each_handler_gets_its_settings_without_its_name() -> None:
    """In the order they stand; handlers in the order they were registered; the rest is nobody's."""
    calls: list[Any] = []
    namespaces = Namespaces()
    namespaces["b"] = lambda key, value: calls.append(("b", key, value))
    namespaces["a"] = lambda key, value: calls.append(("a", key, value))

    namespaces({"a.x": 1, "b.y.z": 2, "b.y": 3, "c.x": 4, "b": 5})

    assert calls == [("b", "y.z", 2), ("b", "y", 3), ("a", "x", 1)]


def test_a_context_manager_is_entered_once() -> None:
    """What it gives is called for each setting, and it is left at the end."""
    handler = Collecting()
    Namespaces({"a": handler})({"a.x": 1, "a.y": 2})

    assert handler.events == ["enter", ("x", 1), ("y", 2), "exit"]


def test_a_handler_without_settings_is_left_alone() -> None:
    """Not even a context manager is entered."""
    handler = Collecting()
    Namespaces({"a": handler})({"b.x": 1})

    assert handler.events == []


def test_an_option_error_gets_the_whole_key() -> None:
    """A handler knows the option by a shorter name than who wrote the config."""

    def refuse(key: str, value: Any) -> None:
        raise OptionError(key, "expected more")

    with pytest.raises(OptionError) as caught:
        Namespaces({"server": refuse})({"server.socket_port": 1})

    assert (caught.value.name, caught.value.problem) == ("server.socket_port", "expected more")


def test_a_copy_is_independent() -> None:
    """A handler added to the copy is not in the original."""
    namespaces = Namespaces()
    namespaces.copy()["a"] = print

    assert namespaces == {}


class Pages:
    @expose
    def index(self):
        return "index"

    @expose
    def page(self):
        return "page"


class Book(dict[str, Any]):
    """A namespace that collects, and says at the end how much."""

    def __enter__(self):
        return self.__setitem__

    def __exit__(self, *_):
        present().response.headers["X-Book"] = repr(dict(self))


def test_namespaces_of_requests():
    """A request class may have namespaces: their handlers are told, at each request, what holds for its path."""
    told = []

    class OwnRequest(Request):
        namespaces = {"mine": lambda key, value: told.append((key, value)), "book": Book()}  # noqa: RUF012

    class Own(LonelyApplication):
        request_class = OwnRequest

    settings = {"/": {"mine.a": 1, "book.x": 2}, "/page": {"mine.a": 3}}
    client = Client(Own(Pages(), "", settings))
    answers = [client.get(path) for path in ("/", "/page", "/page")]

    assert told == [("a", 1), ("a", 3), ("a", 3)]
    assert answers[0].headers["X-Book"] == "{'x': 2}"


def test_namespaces_of_an_application():
    """They are told, at each merge, what section `/` says in them."""
    told = []
    application = LonelyApplication(Pages())
    application.namespaces["mine"] = lambda key, value: told.append((key, value))
    application.merge({"/": {"mine.a": 1}, "/page": {"mine.a": 2}})

    assert told == [("a", 1)]
