"""What is known of a request that failed."""

from __future__ import annotations

from importlib import metadata
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from kirsch.app.context import current
from kirsch.app.debugfacts import Facts, Setting, facts_of, summary, tables
from kirsch.app.debugvalues import Patience
from kirsch.app.hooks import Hook
from kirsch.app.idle import idle_request
from kirsch.dispatch.expose import expose
from tests.app.pages import site

if TYPE_CHECKING:
    from pathlib import Path

FULL = Facts(
    method="POST",
    url="/login?next=/a&token=x",
    handler="shop.Root.login",
    place="shop.py:7",
    stage="handler",
    request_id="17",
    headers=[("Accept", "*/*"), ("Cookie", "a=1"), ("Referer", "http://a/?token=x")],
    query={"next": "/a", "token": "x", "n": ["1", "2"]},
    body={"password": "x"},
    cookies={"theme": "dark", "sid": "1", "who": "8c2f6c1e51a44e0e"},
    config=[Setting("tools.sessions.on", True, "shop.ini, line 3"), Setting("tools.sessions.secret", "x")],
    hooks={"before_handler": ["sessions", "allow"]},
    versions={"Python": "3.13"},
)


def shown(facts: Facts) -> dict[str, list[tuple[str, ...]]]:
    """The tables as plain data; remarks only where there are some."""
    return {
        table.title: [tuple(row) if row.remark else tuple(row[:2]) for row in table.rows]
        for table in tables(facts, Patience())
    }


def test_summary() -> None:
    """What was asked, and who was to answer; nothing of what is not known."""
    assert [tuple(row) for row in summary(FULL)] == [
        ("Request", "POST /login?next=/a&token=[redacted]", ""),
        ("Handler", "shop.Root.login", "shop.py:7"),
        ("Stage", "handler", ""),
        ("Request id", "17", ""),
    ]
    assert summary(Facts()) == []


@pytest.mark.parametrize(
    ("title", "rows"),
    [
        ("Parameters in the URL", [("next", "'/a'"), ("token", "[redacted]"), ("n", "['1', '2']")]),
        ("Parameters in the body", [("password", "[redacted]")]),
        ("Cookies", [("theme", "dark"), ("sid", "[redacted]"), ("who", "[redacted]")]),
        ("Headers", [("Accept", "*/*"), ("Cookie", "[redacted]"), ("Referer", "http://a/?token=[redacted]")]),
        (
            "Config of this path",
            [("tools.sessions.on", "True", "shop.ini, line 3"), ("tools.sessions.secret", "[redacted]")],
        ),
        ("Hooks", [("before_handler", "sessions, allow")]),
        ("Versions", [("Python", "3.13")]),
    ],
)
def test_tables(title: str, rows: list[tuple[str, ...]]) -> None:
    """Each has what is known, without secrets: cookies hide whatever might be the key to something."""
    assert shown(FULL)[title] == rows


def test_empty_tables() -> None:
    """What is not known has no table."""
    assert tables(Facts(), Patience()) == []


def test_long_tables() -> None:
    """There is an end to them, and it is said how much is left out."""
    table = tables(Facts(query={str(number): "" for number in range(100)}), Patience())[0]
    assert (len(table.rows), table.omitted) == (60, 40)


class Broken:
    def __bool__(self) -> bool:
        raise KeyError

    def __repr__(self) -> str:
        raise KeyError


def test_broken_facts() -> None:
    """What cannot be read says so in its place, and everything else is there."""
    facts = FULL._replace(method=Broken(), url=5, body=5, headers=[("A", Broken()), 5], query={"a": Broken()})
    found = shown(facts)
    assert found["Headers"] == [("A", "<Broken: its repr raised KeyError>"), ("", "(cannot be shown: TypeError)")]
    assert found["Parameters in the URL"] == [("a", "<Broken: its repr raised KeyError>")]
    assert found["Parameters in the body"] == [("", "(cannot be shown: AttributeError)")]
    assert summary(facts)[0].value == "(cannot be shown: KeyError) (cannot be shown: TypeError)"


# -- out of a request ------------------------------------------------------------------------------------------------


class Root:
    facts = Facts()

    @expose
    def login(self, name: str = "", password: str = "") -> str:
        request = current.get()
        assert request is not None
        self.facts = facts_of(request)
        return ""


def asked(path: str, config: Any = None, **options: Any) -> Facts:
    """What was known of a request while it was answered."""
    root = Root()
    client = site(root, config, **{"response.stream": False})
    client.cookies["theme"] = "dark"
    assert client.post(path, **options).status == 200
    return root.facts


def test_facts_of() -> None:
    """A request knows what was sent, and who answers it."""
    facts = asked("/login?name=ada", data={"password": "x"})
    assert (facts.method, facts.url, facts.stage) == ("POST", "/login?name=ada", "handler")
    assert facts.handler == f"{__name__}.Root.login"
    assert facts.place == f"tests/app/test_debugfacts.py:{Root.login.__code__.co_firstlineno}"
    assert (facts.query, facts.body, facts.cookies) == ({"name": "ada"}, {"password": "x"}, {"theme": "dark"})
    assert ("Host", "localhost") in facts.headers
    assert len(facts.request_id) == 36
    assert facts.versions["Python"]


def test_stage() -> None:
    """The request may have moved on since it failed."""
    assert facts_of(idle_request(), "before_handler").stage == "before_handler"


def test_config(tmp_path: Path) -> None:
    """Settings are told with where they stand: in the deepest section, or in the config of the process."""
    file = tmp_path / "shop.ini"
    file.write_text("[/login]\nresponse.headers.X-A: 'ä'\n", "utf-8")
    places = {key: place for key, _, place in asked("/login", str(file)).config}
    assert places["response.headers.X-A"] == f"{file}, line 2: [/login]"
    assert "response.stream" in places
    assert places["tools.trailing_slash.on"] == ""


def test_hook_names() -> None:
    """A hook is called after its tool, its function, or its class."""

    class Counting:
        def __call__(self) -> None:
            """Count."""

    request = idle_request()
    request.hooks.attach("before_handler", Counting())
    request.hooks.attach("before_handler", len)
    tool = Hook(len)
    tool.name = "gzip"
    request.hooks["before_handler"].append(tool)
    assert facts_of(request).hooks == {"before_handler": [Counting.__qualname__, "len", "gzip"]}


def test_other_handlers() -> None:
    """A handler that a tool has set, an object that is called, and none."""
    request = idle_request()
    assert (facts_of(request).handler, facts_of(request).place) == ("", "")
    request.handler = SimpleNamespace()
    assert (facts_of(request).handler, facts_of(request).place) == ("types.SimpleNamespace", "")


def test_broken_request() -> None:
    """What cannot be read is not known."""
    facts = facts_of(SimpleNamespace(method="GET"))
    assert facts._replace(versions={}) == Facts(method="GET")


def test_without_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kirsch may run without being installed."""

    def none(_: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr("kirsch.app.debugfacts.version", none)
    assert list(facts_of(idle_request()).versions) == ["Python"]
