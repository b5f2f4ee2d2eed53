from __future__ import annotations

from xmlrpc.client import Fault, dumps, loads

import pytest

from kirsch import Application
from kirsch.app.dispatchers import XMLRPCDispatcher
from kirsch.app.errors import HTTPError
from kirsch.dispatch.expose import expose
from kirsch.testing.client import Client
from kirsch.toolbox.xmlrpc import XMLRPCController
from tests.app.pages import site


class Shop:
    @expose
    def order(self, number):
        return f"ordered {number}"

    def hidden(self):
        """Not for guests."""


class Service(XMLRPCController):
    shop = Shop()

    @expose
    def add(self, a, b):
        return a + b

    @expose
    def fail(self):
        raise ValueError("secret é")

    @expose
    def refuse(self):
        raise Fault(7, "no")

    @expose
    def nothing(self):
        return None


class Root:
    svc = Service()


def ask(method, *arguments, path="/svc/", **settings):
    """The value that a call gives, or its Fault."""
    sections = {"/": {"request.dispatch": XMLRPCDispatcher()} | settings}
    answer = site(Root(), sections).post(path, body=dumps(arguments, method), headers={"Content-Type": "text/xml"})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/xml;charset=utf-8")
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    try:
        return loads(answer.body)[0][0]
    except Fault as fault:
        return fault


@pytest.mark.parametrize(
    ("method", "arguments", "value"), [("add", (2, 3), 5), ("add", ("é", "ü"), "éü"), ("shop.order", (7,), "ordered 7")]
)
@pytest.mark.parametrize("path", ["/svc/", "/svc", "/RPC2/svc"])
def test_calls(method, arguments, value, path):
    """Exposed methods are called by name, those of attributes by a dotted one."""
    assert ask(method, *arguments, path=path) == value


@pytest.mark.parametrize(
    ("method", "arguments", "code", "words"),
    [
        ("nope", (), 1, "'nope' is not supported"),
        ("shop.hidden", (), 1, "not supported"),
        ("shop.__class__", (), 1, "not supported"),
        ("add", (1,), 1, "missing a required argument"),
        ("refuse", (), 7, "no"),
        ("fail", (), 1, "logged as"),
        ("nothing", (), 1, "logged as"),
    ],
)
def test_faults(method, arguments, code, words):
    """What cannot be called, or fails, is a Fault with status 200; an accident is not described to strangers."""
    fault = ask(method, *arguments)

    assert isinstance(fault, Fault)
    assert fault.faultCode == code
    assert words in fault.faultString
    assert "secret" not in fault.faultString


def test_settings():
    """None among the values by setting; what went wrong in development."""
    assert ask("nothing", **{"tools.xmlrpc.allow_none": True}) is None
    assert "ValueError: secret é" in ask("fail", **{"request.show_tracebacks": True}).faultString


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><methodCall><methodName>&b;</methodName></methodCall>'


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("hello", 400),
        ("<methodCall></methodCall>", 400),
        ("<methodCall><methodName>add</methodName><params><param><value><int>x</int></value></param></params>", 400),
        (BOMB, 400),
        (BOMB.encode("utf-16"), 400),
        ("<methodCall>" + "<value><array><data>" * 2000, 400),
        ("<methodCall>" + " " * (1 << 20) + "</methodCall>", 413),
    ],
    ids=["empty", "no XML", "no method", "no number", "entities", "entities in UTF-16", "deep", "large"],
)
def test_what_is_no_call(body, status):
    """It is refused, and no entity is expanded on the way."""
    client = site(Root(), {"/": {"request.dispatch": XMLRPCDispatcher()}})

    assert client.post("/svc/", body=body, headers={"Content-Type": "text/xml"}).status == status


XML = {"Content-Type": "text/xml"}


def guard():
    """Nobody gets in."""
    raise HTTPError(401)


@pytest.mark.parametrize("where", ["section", "node"])
def test_filter_gets_around_no_guard(where):
    """A method that has hooks or tools of its own is not called where they would not act."""
    hooks = {"hooks.before_handler": guard}
    admin = Shop()
    admin._cp_config = hooks if where == "node" else {}
    root = type("Root", (), {"admin": admin, "shop": Shop(), "index": expose(lambda self: "")})()
    config = {"/": {"tools.xmlrpc_filter.on": True}, "/admin": hooks if where == "section" else {}}
    client = Client(Application(root, "", config))
    bodies = [client.post("/", body=dumps((1,), f"{name}.order"), headers=XML).body for name in ("shop", "admin")]

    assert loads(bodies[0])[0] == ("ordered 1",)
    with pytest.raises(Fault, match="of its own"):
        loads(bodies[1])
