from __future__ import annotations

import datetime as dt
import enum
import json
import uuid
from collections import OrderedDict, deque
from dataclasses import dataclass
from decimal import Decimal

import msgspec
import pytest

import kirsch
from kirsch.app.hooks import Hook
from kirsch.app.place import ConfigError
from kirsch.toolbox.json_in import JSONInSettings, Reader
from tests.app.pages import page, site

JSON = {"Content-Type": "application/json"}


class Order(msgspec.Struct):
    """What a client may order."""

    item: str
    count: int = 1


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Box:
    """A box for something."""

    inside: object


def taking(**settings):
    """A client of a page that shows what JSON came."""

    def handler(*args, **kwargs):
        return repr(kirsch.request.json)

    return page(
        handler, {"tools.json_in.on": True, **{f"tools.json_in.{key}": value for key, value in settings.items()}}
    )


def giving(value, **settings):
    """A client of a page that returns a value; it may be made by a function."""

    def handler(**kwargs):
        return value() if callable(value) else value

    return page(handler, {"tools.json_out.on": True, **{f"tools.json_out.{key}": val for key, val in settings.items()}})


# -- in --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "value"),
    [
        (b'{"a": [1, 2.5, null, true]}', "application/json", {"a": [1, 2.5, None, True]}),
        (b"[]", "text/javascript", []),
        (b"[]", "Application/JSON; charset=utf-8", []),
        (b"\xef\xbb\xbf[1]", "application/json", [1]),
        ('["ä"]'.encode("utf-16"), "application/json; charset=utf-16", ["ä"]),
        (b'["\xe4"]', "application/json; charset=iso-8859-1", ["ä"]),
        (b'["\xc3\xa4"]', "application/json; charset=x-none", ["ä"]),
        (b'{"a": 1, "a": 2}', "application/json", {"a": 2}),
        (b"123456789012345678901234567890", "application/json", 123456789012345678901234567890),
        (b'"\\ud83d\\ude00"', "application/json", "😀"),
    ],
)
def test_json_is_read(body, kind, value) -> None:
    """It is there as `request.json`; of a name that comes twice the last value counts."""
    assert taking().post("/", body=body, headers={"Content-Type": kind}).text == repr(value)


@pytest.mark.parametrize(
    ("body", "kind", "status", "words"),
    [
        (b"", "application/json", 400, "empty"),
        (b"{", "application/json", 400, "ends too early"),
        (b'{"a":\n 1,\n}', "application/json", 400, "trailing comma in object at line 3, column 1"),
        (b"[1] x", "application/json", 400, "line 1"),
        (b"NaN", "application/json", 400, "line 1, column 1"),
        (b"Infinity", "application/json", 400, "line 1, column 1"),
        (b"1e999", "application/json", 400, "out of range"),
        (b"9" * 5000, "application/json", 400, "out of range"),
        (b'"\\ud800"', "application/json", 400, "ends too early"),
        (b'"\xff"', "application/json", 400, "not UTF-8"),
        (b"\x00", "application/json; charset=utf-16", 400, "utf_16"),
        (b"[" * 101 + b"]" * 101, "application/json", 400, "100 levels"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "application/json, text/javascript"),
        (b"{}", None, 415, "application/json"),
        (b'"' + b"a" * (4 << 20) + b'"', "application/json", 413, "4194304 bytes"),
    ],
)
def test_what_is_no_json_is_the_clients_mistake(body, kind, status, words) -> None:
    """The answer says what is wrong and where, as JSON."""
    answer = taking().post("/", body=body, headers={"Content-Type": kind} if kind else {})

    assert answer.status == status
    assert words in json.loads(answer.text)["detail"]


def test_json_may_come_in_chunks() -> None:
    """Nobody needs to know its length beforehand; the limit holds all the same."""
    assert taking().post("/", body=iter([b"[1,", b"2]"]), headers=JSON).text == "[1, 2]"
    assert taking(maxbytes=3).post("/", body=iter([b"[1,", b"2]"]), headers=JSON).status == 413


def test_a_request_without_a_body_has_no_json() -> None:
    """`request.json` is None then, and on pages without the tool."""
    assert taking().get("/").text == "None"
    assert page(lambda: repr(kirsch.request.json)).get("/").text == "None"


def test_the_refused_type_is_named_in_a_header() -> None:
    """415 says in Accept what is taken (RFC 9110 §15.5.16)."""
    assert taking(content_type="application/x-json").post("/", body=b"").headers["Accept"] == "application/x-json"


def test_other_bodies_may_be_left_alone() -> None:
    """With `force` off, a form is a form."""
    asking = page(
        lambda **kwargs: f"{kwargs} {kirsch.request.json}", {"tools.json_in.on": True, "tools.json_in.force": False}
    )

    assert asking.post("/", data={"a": "1"}).text == "{'a': '1'} None"
    assert asking.post("/", json=[1]).text == "{} [1]"


def test_a_processor_of_ones_own() -> None:
    """It is called with the body, and does what it likes."""

    def processor(entity):
        kirsch.request.json = entity.read().decode().upper()

    assert taking(processor=processor).post("/", body=b"abc", headers=JSON).text == "'ABC'"


@pytest.mark.parametrize(
    ("kind", "body", "status", "text"),
    [
        (Order, b'{"item": "tea"}', 200, "Order(item='tea', count=1)"),
        (list[Order], b'[{"item": "tea", "count": 2}]', 200, "[Order(item='tea', count=2)]"),
        (Order, b'{"count": 1}', 422, "missing required field `item`"),
        (list[Order], b'[{"item": 3}]', 422, "$[0].item"),
        (Order, b"{", 400, "ends too early"),
    ],
)
def test_json_of_a_type(kind, body, status, text) -> None:
    """`type` makes an object of it, or 422 with the path of what does not fit."""
    answer = taking(type=kind).post("/", body=body, headers=JSON)

    assert answer.status == status
    assert text in answer.text


def test_the_status_for_a_wrong_type_can_be_set() -> None:
    """By `error`."""
    assert taking(type=Order, error=400).post("/", json={}).status == 400


@pytest.mark.parametrize("settings", [{"type": 3}, {"depth": 0}, {"maxbytes": "1 MB"}, {"processor": "json"}])
def test_settings_of_json_in_are_checked(settings) -> None:
    """What cannot be is refused where it is written."""
    with pytest.raises(ConfigError, match=next(iter(settings))):
        kirsch.tools.json_in(**settings)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'["]]]]",', b'{"\\"}":'])
def test_depth_is_found_out_without_reading(opening) -> None:
    """What is too deep is refused before it is read, and so needs no stack."""
    with pytest.raises(kirsch.HTTPError, match="levels deep"):
        Reader(JSONInSettings()).read(opening * 100_000)


def test_much_json_that_is_not_deep() -> None:
    """Many brackets are no matter."""
    assert len(Reader(JSONInSettings()).read(b"[" + b"[1]," * 10_000 + b"[]]")) == 10_001


# -- out -------------------------------------------------------------------------------------------------------------

SOME_ID = uuid.UUID(int=7)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        ("ä", "ä"),
        ({"a": [1, 2.5, True]}, {"a": [1, 2.5, True]}),
        (dt.date(2026, 11, 24), "2026-11-24"),
        (dt.datetime(2026, 11, 24, 1, 2, 3, tzinfo=dt.UTC), "2026-11-24T01:02:03Z"),
        (Decimal("1.10"), "1.10"),
        (SOME_ID, str(SOME_ID)),
        (Colour.RED, "red"),
        ({1}, [1]),
        (Order("tea"), {"item": "tea", "count": 1}),
        (Box(Box(1)), {"inside": {"inside": 1}}),
        (lambda: (n for n in range(3)), [0, 1, 2]),
        ({"a": deque([1])}, {"a": [1]}),
        (OrderedDict(a=1), {"a": 1}),
        ({"a": {}.keys()}, {"a": []}),
        ({2: 1, None: 2, True: 3}, {"2": 1, "null": 2, "true": 3}),
        (float("nan"), None),
    ],
)
def test_values_are_written_as_json(value, written) -> None:
    """Whatever has an obvious form."""
    answer = giving(value).get("/")

    assert (answer.status, json.loads(answer.text)) == (200, written)
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"a": [1, Box(object())]}, "object at $.a[1].inside"),
        ([Order(item=len)], "builtin_function_or_method at $[0].item"),  # type: ignore[arg-type]
        ({(1, 2): 3}, "dict at $"),
        (b"bytes", "returned bytes"),
    ],
)
def test_what_has_no_form_in_json_is_named(value, words, caplog) -> None:
    """It is the developer's mistake; the log says what it is, and where."""
    assert giving(value).get("/").status == 500
    assert words in caplog.text


def test_objects_of_ones_own() -> None:
    """`default` makes of them what JSON knows."""
    assert giving([1j], default=lambda number: [number.real, number.imag]).get("/").text == "[[0.0,1.0]]"


def test_json_for_people() -> None:
    """`indent` writes it in lines."""
    assert giving({"a": [1]}, indent=2).get("/").text == '{\n  "a": [\n    1\n  ]\n}'


def test_the_type_can_be_set_or_left() -> None:
    """`content_type`; None leaves what the page says."""
    assert giving(1, content_type="application/hal+json").get("/").headers["Content-Type"] == "application/hal+json"
    assert giving(1, content_type=None).get("/").headers["Content-Type"] == "text/html;charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/problem+json"),
        ("*/*", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("text/html", "text/html;charset=utf-8"),
    ],
)
@pytest.mark.parametrize("error", [kirsch.HTTPError(403), ValueError("oops")])
def test_errors_are_told_in_json(accept, kind, error) -> None:
    """Unless the client likes something else better."""

    def fail():
        raise error

    assert giving(fail).get("/", headers={"Accept": accept} if accept else {}).headers["Content-Type"] == kind


def test_a_handler_of_ones_own_around_the_page() -> None:
    """`handler` is called instead; the page is `request._json_inner_handler`."""

    def handler(*args, **kwargs):
        return f"<{kirsch.request._json_inner_handler(*args, **kwargs)}>"

    assert giving("page", handler=handler).get("/").text == "<page>"


def test_the_inner_handler_may_be_wrapped() -> None:
    """As applications do from a hook of their own."""

    def wrap():
        request = kirsch.serving.request
        inner = request._json_inner_handler
        request._json_inner_handler = lambda: [inner()]

    config = {"tools.json_out.on": True, "hooks.before_handler.wrap": wrap}

    assert page(lambda: 1, config).get("/").text == "[1]"


class Both:
    @kirsch.expose
    @kirsch.tools.json_in(type=Order)
    @kirsch.tools.json_out()
    def order(self):
        return {"ordered": kirsch.request.json}

    @kirsch.expose
    @kirsch.tools.json_out()
    def gone(self):
        raise kirsch.HTTPRedirect("/order")


def test_json_in_and_out() -> None:
    """Both on one page, by decorators; a redirect is one."""
    asking = site(Both())

    assert asking.post("/order", json={"item": "tea"}).text == '{"ordered":{"item":"tea","count":1}}'
    assert asking.get("/gone", follow=False).status == 303


def test_a_page_that_is_answered_by_another_tool_is_left_alone() -> None:
    """Where no handler is called, there is nothing to write."""

    def answer(request, response):
        request.handler = None
        response.body = "by a hook"

    config = {"tools.json_out.on": True, "hooks.before_handler": Hook(answer, priority=10)}

    assert page(lambda: "page", config).get("/").text == "by a hook"
