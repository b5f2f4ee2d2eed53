from __future__ import annotations

import functools

import pytest

from kirsch.app.params import Plan
from kirsch.dispatch.expose import expose
from tests.app.pages import page, site


class Pages:
    @expose
    def none(self):
        return "fine"

    @expose
    def need(self, a, b="2"):
        return f"{a}{b}"

    @expose
    def only(self, *, a, b="2"):
        return f"{a}{b}"

    @expose
    def stars(self, a, *rest, b="2"):
        return f"{a}{rest}{b}"

    @expose
    def names(self, a, **rest):
        return f"{a}{rest}"

    @expose
    def anything(self, *args, **kwargs):
        return f"{args}{kwargs}"

    @expose
    def front(self, a, b="2", /):
        return f"{a}{b}"

    @expose
    def open_front(self, a="1", /, **rest):
        return f"{a}{rest}"

    @expose
    def strict_front(self, a, /, **rest):
        return f"{a}{rest}"

    @expose
    @classmethod
    def of_class(cls, a="1", **rest):
        return f"{a}{rest}"

    @expose
    @staticmethod
    def static(a="1", **rest):
        return f"{a}{rest}"


def plain(a, b="2"):
    """A function, whose first parameter is like any other."""
    return f"{a}{b}"


def with_self(self, **rest):
    """A function that calls a parameter of its own `self`."""
    return f"{self}{rest}"


class Callable:
    exposed = True

    def __call__(self, a="1", **rest):
        return f"{a}{rest}"


def root():
    """Pages of every shape."""
    pages = Pages()
    pages.plain = expose(plain)
    pages.with_self = expose(with_self)
    pages.object = Callable()
    pages.partial = functools.partial(plain, b="9")
    pages.partial.exposed = True
    return pages


FITTING = [
    ("/none", "fine"),
    ("/need/1", "12"),
    ("/need?a=1", "12"),
    ("/need/1/3", "13"),
    ("/need/1?b=3", "13"),
    ("/need?b=3&a=1", "13"),
    ("/only?a=1", "12"),
    ("/only?a=1&b=3", "13"),
    ("/stars/1", "1()2"),
    ("/stars/1/x/y?b=3", "1('x', 'y')3"),
    ("/stars?a=1", "1()2"),
    ("/names/1?x=2", "1{'x': '2'}"),
    ("/names?a=1&x=2", "1{'x': '2'}"),
    ("/names/1?args=2&kwargs=3", "1{'args': '2', 'kwargs': '3'}"),
    ("/anything", "(){}"),
    ("/anything/1?a=2&cls=3", "('1',){'a': '2', 'cls': '3'}"),
    ("/front/1", "12"),
    ("/front/1/3", "13"),
    ("/open_front/1", "1{}"),
    ("/open_front?a=9", "1{'a': '9'}"),
    ("/strict_front/1?a=9", "1{'a': '9'}"),
    ("/of_class/7?x=1", "7{'x': '1'}"),
    ("/static/7?self=1&cls=2", "7{'self': '1', 'cls': '2'}"),
    ("/plain/1", "12"),
    ("/plain?a=1&b=3", "13"),
    ("/with_self/1", "1{}"),
    ("/with_self?self=1&x=2", "1{'x': '2'}"),
    ("/object/7?x=1", "7{'x': '1'}"),
    ("/partial/1", "19"),
    ("/partial/1?b=3", "13"),
]

MISFITS = [
    ("/none/1", 404, ""),
    ("/none?x=1", 404, "Unexpected query string parameters: x"),
    ("/none?x=1&w=1", 404, "Unexpected query string parameters: w, x"),
    ("/need", 404, "Missing parameters: a"),
    ("/need?b=1", 404, "Missing parameters: a"),
    ("/need/1/2/3", 404, ""),
    ("/need/1?a=1", 404, "Multiple values for parameters: a"),
    ("/need/1/2?b=1&a=1", 404, "Multiple values for parameters: a,b"),
    ("/need/1?a=1&zz=1", 404, "Multiple values for parameters: a"),
    ("/need/1?zz=1", 404, "Unexpected query string parameters: zz"),
    ("/need/1?self=1", 404, "Unexpected query string parameters: self"),
    ("/only", 404, "Missing parameters: a"),
    ("/only/1", 404, "Missing parameters: a"),
    ("/only/1?a=1", 404, ""),
    ("/stars", 404, "Missing parameters: a"),
    ("/names", 404, "Missing parameters: a"),
    ("/names/1?a=2&x=1", 404, "Multiple values for parameters: a"),
    ("/names/1?x=1&self=2", 404, "Unexpected query string parameters: self"),
    ("/names/1/2", 404, ""),
    ("/anything?self=1", 404, "Unexpected query string parameters: self"),
    ("/front?a=1", 404, "Missing parameters: a"),
    ("/strict_front?a=1", 404, "Missing parameters: a"),
    ("/front/1?b=1", 404, "Unexpected query string parameters: b"),
    ("/of_class?cls=1", 404, "Unexpected query string parameters: cls"),
    ("/plain", 404, "Missing parameters: a"),
    ("/plain/1/2/3", 404, ""),
    ("/with_self/1?self=2", 404, "Multiple values for parameters: self"),
    ("/object?self=1", 404, "Unexpected query string parameters: self"),
    ("/partial", 404, "Missing parameters: a"),
]

FROM_BODY = [
    ("/need", {"a": "1", "zz": "1"}, 400, "Unexpected body parameters: zz"),
    ("/need/1", {"a": "1"}, 400, "Multiple values for parameters: a"),
    ("/need", {"b": "1"}, 404, "Missing parameters: a"),
    ("/need?y=1", {"a": "1", "zz": "1"}, 404, "Unexpected query string parameters: y, zz"),
    ("/need/1?b=1", {"a": "1", "zz": "1"}, 400, "Multiple values for parameters: a"),
    ("/need/1/2?b=1", {"a": "1"}, 404, "Multiple values for parameters: a,b"),
    ("/names/1", {"self": "1", "x": "1"}, 400, "Unexpected body parameters: self"),
    ("/only", {"b": "1"}, 404, "Missing parameters: a"),
]


@pytest.mark.parametrize(("path", "text"), FITTING)
def test_parameters_that_fit(path, text):
    """Segments fill parameters in order, names the rest, for every kind of signature and callable."""
    answer = site(root()).get(path)

    assert (answer.status, answer.text) == (200, text)


@pytest.mark.parametrize(("path", "status", "detail"), MISFITS)
def test_parameters_that_do_not_fit(path, status, detail, caplog):
    """It is decided before the call: 404 with the reason, in development; nothing of it is an error of ours."""
    answer = site(root(), {"/": {"request.show_mismatched_params": True}}).get(path)

    assert answer.status == status
    assert detail in answer.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(("path", "data", "status", "detail"), FROM_BODY)
def test_parameters_of_the_body_that_do_not_fit(path, data, status, detail):
    """What came too much, or twice, in the body alone is 400; what is missing is 404 in any case."""
    answer = site(root(), {"/": {"request.show_mismatched_params": True}}).post(path, data=data)

    assert (answer.status, detail in answer.text) == (status, True)


@pytest.mark.parametrize("path", ["/need", "/need/1?zz=1", "/need/1?a=1"])
def test_names_of_parameters_are_not_told(path):
    """By default nothing of the signature, nor of what was sent, is on the page."""
    answer = site(root()).get(path)

    assert answer.status == 404
    assert not any(word in answer.text for word in ("arameters", "zz"))


def test_many_segments_take_no_time():
    """Beyond what a handler can take there is one answer, however many segments there are."""
    plan = Plan(plain)

    assert not plan.fits(10_000, set())
    assert plan.misfit(10_000, (), ()).code == 404


def test_builtin_that_hides_its_signature():
    """What does not say what it takes is tried."""
    plan = Plan(dict.fromkeys)

    assert plan.fits(3, {"x"}) or plan.positional


def test_decorators_may_hand_on_arguments_of_their_own():
    """What counts is what the page takes, not what a decorator makes of it for the function inside."""

    def with_user(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, user="ada", **kwargs)

        return wrapper

    @with_user
    def handler(user, q="1"):
        return f"{user}{q}"

    assert page(handler).get("/?q=2").text == "ada2"


def test_class_as_a_page():
    """A class is a page that makes an instance of itself; `self` is filled by the call."""

    class Page:
        def __init__(self, a="1", **rest):
            self.a = a

        def __iter__(self):
            return iter([self.a])

    class Root:
        default = expose(Page)

    assert site(Root()).get("/7?b=1").text == "7"
    assert site(Root()).get("/7?self=1").status == 404
    assert Plan(Page).hidden == ("self",)
    assert not Plan(Page).fits(0, {"self"})
