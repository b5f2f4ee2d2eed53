from __future__ import annotations

import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
import pytest

import kirsch
from tests.app.pages import page, site


class Colour(enum.Enum):
    RED = "red"


class Even:
    """A class of the application's own, made of text."""

    def __init__(self, text):
        self.number = int(text)
        if self.number % 2:
            raise ValueError("odd")

    def __repr__(self):
        return f"Even({self.number})"


def half(text):
    """A function that stands as an annotation."""
    return int(text) / 2


def client(hint, default=..., **settings):
    """A client of a page with one parameter `x` that is annotated so and comes back as Python shows it."""

    def handler(x):
        return repr(x)

    handler.__annotations__ = {"x": hint, "return": int}
    if default is not ...:
        handler.__defaults__ = (default,)
    return page(handler, {"tools.params.on": True, **{f"tools.params.{key}": value for key, value in settings.items()}})


DAY = dt.date(2026, 11, 24)
SOME_ID = uuid.UUID(int=7)


@pytest.mark.parametrize(
    ("hint", "query", "value"),
    [
        (int, "x=12", 12),
        ("int", "x=12", 12),
        (float, "x=1.5", 1.5),
        (bool, "x=false", False),
        (bool, "x=1", True),
        (str, "x=12", "12"),
        (int | None, "x=12", 12),
        (int | None, "x=", None),
        (str | None, "x=", ""),
        (list[int], "x=1&x=2", [1, 2]),
        (list[int], "x=1", [1]),
        (list[int] | None, "x=", None),
        (set[str], "x=a", {"a"}),
        (tuple[int, ...], "x=1", (1,)),
        (dt.date, "x=2026-11-24", DAY),
        (uuid.UUID, f"x={SOME_ID}", SOME_ID),
        (Decimal, "x=1.10", Decimal("1.10")),
        (Colour, "x=red", Colour.RED),
        (Literal["a", "b"], "x=b", "b"),
        (Annotated[int, msgspec.Meta(ge=3)], "x=3", 3),
        (half, "x=3", 1.5),
        (object, "x=3", "3"),
    ],
)
def test_text_becomes_what_the_annotation_says(hint, query, value) -> None:
    """By name, in the query; also where annotations are text themselves."""
    assert client(hint).get(f"/?{query}").text == repr(value)


@pytest.mark.parametrize(
    ("hint", "query", "problem"),
    [
        (int, "x=twelve", "Expected `int`"),
        (int, "x=1&x=2", "Expected `int`, got `array`"),
        (int | None, "x=no", "Expected `int | null`"),
        (list[int], "x=1&x=b", "Expected `int` - at `$[1]`"),
        (dt.date, "x=tomorrow", "Invalid RFC3339 encoded date"),
        (Colour, "x=blue", "Invalid enum value"),
        (Annotated[int, msgspec.Meta(ge=3)], "x=2", "Expected `int` >= 3"),
        (Even, "x=3", "odd"),
        (list[Even], "x=2&x=3", "odd - at `$[1]`"),
    ],
)
def test_what_does_not_fit_is_the_clients_mistake(hint, query, problem) -> None:
    """400 names the parameter and says what was expected."""
    answer = client(hint).get(f"/?{query}", headers={"Accept": "text/plain"})

    assert answer.status == 400
    assert problem in answer.text
    assert "'x'" in answer.text


def test_a_class_of_ones_own_is_called() -> None:
    """Any class may stand as an annotation, also within a list."""
    assert client(Even).get("/?x=4").text == "Even(4)"
    assert client(list[Even]).get("/?x=4&x=6").text == "[Even(4), Even(6)]"


def test_status_and_exception_can_be_set() -> None:
    """`exception` is what annotations raise, `error` the status then."""

    def fetch(text):
        raise KeyError(text)

    assert client(fetch, exception=KeyError, error=404).get("/?x=1").status == 404
    assert client(fetch).get("/?x=1").status == 500


@kirsch.tools.params()
class Root:
    """A page that takes arguments by place and by name."""

    @kirsch.expose
    def place(self, year: int, *days: int, x: float = 1.0) -> str:
        return repr((year, days, x))


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/place/2026/1/2?x=3", 200, "(2026, (1, 2), 3.0)"),
        ("/place?year=2026", 200, "(2026, (), 1.0)"),
        ("/place/last", 400, "'year'"),
        ("/place/1/2/b", 400, "'*2'"),
        ("/place", 404, "404"),
        ("/nowhere?year=x", 404, "404"),
    ],
)
def test_arguments_by_place(path, status, text) -> None:
    """Segments of the path are converted, too; a page that is not there is still not there."""
    answer = site(Root()).get(path, headers={"Accept": "text/plain"})

    assert (answer.status, text in answer.text) == (status, True)


def test_forms_are_converted() -> None:
    """Fields of a form as well as parameters of the query."""
    assert client(int).post("/", data={"x": "3"}).text == "3"


def test_a_file_stays_a_file() -> None:
    """An Upload is what it is; text instead of it is refused."""
    from kirsch.app.body import Upload

    asking = client(Upload)

    assert asking.post("/", files={"x": ("a.txt", b"abc")}).text == "<Upload 'a.txt' in field 'x'>"
    assert asking.post("/", data={"x": "abc"}).status == 400


def test_annotations_that_cannot_be_read_are_named(caplog) -> None:
    """A name that only type checkers know is the developer's mistake, and the log says so."""
    assert client("Missing").get("/?x=1").status == 500
    assert "name 'Missing' is not defined" in caplog.text
