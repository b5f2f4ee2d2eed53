from __future__ import annotations

import os
import re
import sys

import pytest

import kirsch
from kirsch.app.place import ConfigError
from tests.app.pages import page, site

JINJA = {
    "page.html": "{% extends 'base.html' %}{% block content %}<p>{{ name }}</p>{% endblock %}",
    "base.html": "<main>{% block content %}{% endblock %}</main>",
    "list.html": "{% for n in numbers %}{{ n }},{% endfor %}",
    "request.html": "{{ request.path_info }} {{ site }}",
    "filtered.html": "{{ name|shout }}",
    "broken.html": "\n{% if %}",
    "lonely.html": "{% include 'gone.html' %}",
    "other.html": "{% extends 'gone.html' %}",
}
MAKO = {
    "page.html": "<%inherit file='base.html'/><p>${name}</p>",
    "base.html": "<main>${self.body()}</main>",
    "list.html": "% for n in numbers:\n${n},\\\n% endfor\n",
    "request.html": "${request.path_info} ${site}",
    "broken.html": "\n% if x:\n",
}
BOTH = pytest.mark.parametrize("tool", ["jinja2", "mako"])


@pytest.fixture
def folder(tmp_path):
    """A folder of templates for each of the two."""
    for tool, templates in (("jinja2", JINJA), ("mako", MAKO)):
        (tmp_path / tool).mkdir()
        for name, text in templates.items():
            (tmp_path / tool / name).write_text(text)
    return tmp_path


def filled(tool, folder, template, value, **settings):
    """A client of a page that returns a value, under a tool for templates."""
    given = {"template": template, "dir": tool, "root": str(folder), **settings}
    config = {f"tools.{tool}.on": True, **{f"tools.{tool}.{name}": setting for name, setting in given.items()}}
    return page(lambda: value, config)


@BOTH
def test_a_dict_fills_the_template(tool, folder) -> None:
    """The page is what the template says, and values are escaped."""
    answer = filled(tool, folder, "page.html", {"name": "<b>"}).get("/")

    assert answer.text == "<main><p>&lt;b&gt;</p></main>"
    assert answer.headers["Content-Type"] == "text/html;charset=utf-8"


@BOTH
def test_escaping_can_be_turned_off(tool, folder) -> None:
    """For templates of plain text."""
    assert "<b>" in filled(tool, folder, "page.html", {"name": "<b>"}, autoescape=False).get("/").text


@BOTH
@pytest.mark.parametrize(("value", "text"), [("plain", "plain"), (None, ""), ([b"pi", b"eces"], "pieces")])
def test_anything_else_is_sent_as_it_is(tool, folder, value, text) -> None:
    """Only a dict is for the template."""
    assert filled(tool, folder, "page.html", value).get("/").text == text


@BOTH
def test_templates_know_the_request_and_what_all_have(tool, folder) -> None:
    """`request`, and `globals` of the settings."""
    assert filled(tool, folder, "request.html", {}, globals={"site": "Home"}).get("/").text.strip() == "/ Home"


@BOTH
def test_a_missing_template_is_named_with_its_folders(tool, folder, caplog) -> None:
    """The log says where it was looked for; a decorator that knows the folder says so when it is read."""
    assert filled(tool, folder, "none.html", {}).get("/").status == 500
    assert f"there is no 'none.html' in {folder / tool}" in caplog.text
    with pytest.raises(ConfigError, match=r"none\.html"):
        getattr(kirsch.tools, tool)(template="none.html", dir=str(folder / tool))


@BOTH
def test_a_broken_template_is_named_with_its_line(tool, folder, caplog) -> None:
    """It is found when the page is made ready."""
    assert filled(tool, folder, "broken.html", {}).get("/").status == 500
    assert "broken.html, line " in caplog.text


@BOTH
@pytest.mark.parametrize(
    ("settings", "problem"),
    [({"root": ""}, "must be an absolute path"), ({"dir": "nowhere"}, "there is no folder"), ({"dir": None}, "needs")],
)
def test_folders_are_checked(tool, folder, settings, problem, caplog) -> None:
    """A folder is absolute, itself or by `root`, and is there."""
    assert filled(tool, folder, "page.html", {}, **settings).get("/").status == 500
    assert problem in caplog.text


@BOTH
@pytest.mark.parametrize(("reload", "text"), [(True, "new"), (False, "<main>")])
def test_changed_templates(tool, folder, reload, text) -> None:
    """With `reload` a changed file is seen at once; without it, the page stays what it was."""
    asking = filled(tool, folder, "page.html", {"name": "x"}, reload=reload)
    asking.get("/")
    path = folder / tool / "page.html"
    path.write_text("new")
    os.utime(path, (2_000_000_000, 2_000_000_000))

    assert asking.get("/").text.startswith(text)


@BOTH
def test_names_that_nobody_has_given(tool, folder) -> None:
    """Nothing with Jinja2, by default; with `strict` it is an error."""
    assert filled(tool, folder, "page.html", {}, strict=True).get("/").status == 500


@BOTH
def test_compiled_templates_may_be_kept(tool, folder) -> None:
    """`cache` is a folder for them."""
    cache = folder / "cache"
    cache.mkdir()

    assert filled(tool, folder, "page.html", {"name": "x"}, cache=str(cache)).get("/").status == 200
    assert list(cache.rglob("*"))


@BOTH
def test_a_missing_package_is_named_with_its_extra(tool, folder, monkeypatch, caplog) -> None:
    """The log says what to install; without the tool nobody misses it."""
    for name in [name for name in sys.modules if name.partition(".")[0] == tool]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, tool, None)

    assert filled(tool, folder, "page.html", {}).get("/").status == 500
    assert "pip install 'kirsch[" in caplog.text


def test_filters_of_ones_own(folder) -> None:
    """`filters` are functions of a value."""
    asking = filled(
        "jinja2", folder, "filtered.html", {"name": "a"}, filters={"shout": lambda text: text.upper() + "!"}
    )

    assert asking.get("/").text == "A!"


def test_a_template_may_be_streamed(folder) -> None:
    """Pieces are sent while the values are still made."""
    seen = []
    asking = filled("jinja2", folder, "list.html", {"numbers": (seen.append(n) or n for n in range(1000))}, stream=True)
    with asking.stream("GET", "/") as answer:
        first = next(iter(answer.pieces))
        early = len(seen)

    assert first.startswith(b"0,1,2")
    assert early < 1000


@pytest.mark.parametrize("name", ["lonely.html", "other.html"])
def test_a_template_that_needs_another_one(folder, name, caplog) -> None:
    """The one that is not there is named."""
    assert filled("jinja2", folder, name, {}).get("/").status == 500
    assert "gone.html" in caplog.text


def test_pages_share_what_they_have_in_common(folder) -> None:
    """Pages that differ in their templates alone have one engine, with one set of templates."""
    tool = type(kirsch.tools.jinja2)()
    settings = {"dir": str(folder / "jinja2"), "on": True}
    for template in ("page.html", "list.html"):
        list(tool.hooks({**settings, "template": template}))

    assert len(tool._engines) == 1


@BOTH
def test_a_template_that_fails_names_its_page(tool, folder) -> None:
    """The page for developers says which handler gave the values, and not what stands around it."""

    class Shop:
        @kirsch.expose
        def index(self):
            return {"numbers": 7}

    config = {f"tools.{tool}.on": True, f"tools.{tool}.dir": str(folder / tool), f"tools.{tool}.template": "list.html"}
    shown = site(Shop(), {"/": {**config, "request.show_tracebacks": True}}).get("/").text

    assert re.search(r"Handler: .*Shop\.index \(", shown)


@BOTH
@pytest.mark.parametrize("on", [True, False])
def test_a_template_filled_by_hand(tool, folder, on) -> None:
    """By the folders and values that config names for the page, whether the tool is on or not."""
    render = getattr(kirsch.tools, tool).render
    given = {"dir": str(folder / tool), "globals": {"site": "<s>"}, "template": "page.html", "on": on}
    asked = page(lambda: render("request.html"), {f"tools.{tool}.{name}": value for name, value in given.items()})

    assert asked.get("/").text.strip() == "/ &lt;s&gt;"


@BOTH
def test_a_template_filled_by_hand_that_is_not_there(tool, folder) -> None:
    """It is an error of the page that names it."""
    render = getattr(kirsch.tools, tool).render
    with pytest.raises(ValueError, match="there is no 'nope'"):
        page(lambda: render("nope", dir=str(folder / tool)), {"request.throw_errors": True}).get("/")
