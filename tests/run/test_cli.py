from __future__ import annotations

import json

import pytest

from kirsch.run import cli


def test_routes(kirsch_command):
    """Every page with its methods, parameters, handler and place."""
    code, out, _ = kirsch_command("routes", "--json")
    routes = {(route["path"], tuple(route["methods"])): route for route in json.loads(out)}

    assert code == 0
    assert set(routes) == {
        ("/blog/", ()), ("/blog/{*rest}", ()), ("/blog/archive", ()), ("/book", ("GET", "HEAD")), ("/book", ("PUT",)),
    }  # fmt: skip
    assert routes["/blog/archive", ()]["parameters"] == ["page='1'"]
    assert routes["/blog/{*rest}", ()]["parameters"] == ["year", "draft=False"]
    assert routes["/book", ("PUT",)]["handler"] == "app.Book.PUT"
    assert routes["/book", ("PUT",)]["place"].startswith("app.py:")
    assert (routes["/blog/", ()]["tools"], routes["/book", ("PUT",)]["tools"]) == ([], ["ignore_headers"])


def test_routes_as_a_table(kirsch_command):
    """For people: columns under their names, and no traces of the machine."""
    code, out, err = kirsch_command("routes")

    assert (code, err) == (0, "")
    assert out.splitlines()[0].split() == ["path", "methods", "parameters", "handler", "where", "tools"]
    assert "/blog/archive" in out


@pytest.mark.parametrize(
    ("arguments", "handler", "outcome"),
    [
        (["GET", "/blog/2007/11?draft=1"], "app.Blog.default", "called"),
        (["/blog"], "app.Blog.index", "called"),
        (["PUT", "/book?title=x"], "app.Book.PUT", "called"),
        (["DELETE", "/book"], "", "405 Method Not Allowed"),
        (["/blog/archive?nope=1"], "app.Blog.archive", "404 Not Found: Unexpected query string parameters: nope"),
        (["/hidden"], "", "404 Not Found: no page is there"),
    ],
)
def test_explain(kirsch_command, arguments, handler, outcome):
    """Which handler, and whether it would be called; or why it is a 404 or 405."""
    code, out, _ = kirsch_command("explain", *arguments, "--json")
    found = json.loads(out)

    assert code == 0
    assert outcome in found["outcome"]
    assert not handler or found["handler"] == handler


FILES = "import kirsch\nclass Root: page = None\napp = kirsch.Application(Root(), config={{'/s': {}}})\n".format(
    "{'tools.staticdir.on': True, 'tools.staticdir.dir': '/tmp'}"
)


def test_explain_where_a_tool_answers(kirsch_command):
    """Where no page is, a tool that may answer is named."""
    _, out, _ = kirsch_command("explain", "/s/style.css", program=FILES)

    assert "404 Not Found: no page is there, unless one of these tools answers: staticdir" in out


def test_explain_for_people(kirsch_command):
    """The walk, the call, the hooks and the config, each with where it comes from."""
    _, out, _ = kirsch_command("explain", "/blog/2007/11")

    assert "left over, as arguments: '2007', '11'" in out
    assert "default('2007', '11')" in out
    assert "← _cp_config of app.Blog" in out
    assert "[/blog]" in out


def test_config(kirsch_command):
    """The value of each key that holds for a path, and where it is from; secrets are hidden."""
    _, out, _ = kirsch_command("config", "/blog", "--json")
    found = {each["key"]: each for each in json.loads(out)}

    assert found["who"]["value"] == "blog"
    assert found["who"]["place"].endswith("[/blog]")
    assert found["api_key"]["value"] == "[redacted]"
    assert "_cp_config of app.Blog" in found["tools.trailing_slash.on"]["place"]


def test_config_of_a_file(kirsch_command):
    """Of a file, the line is told."""
    _, out, _ = kirsch_command(
        "config", "--config", "site.conf", "--json", site__conf="[global]\n\nwho: 'file'\nmine: 1\n"
    )
    found = {each["key"]: each for each in json.loads(out)}

    assert (found["mine"]["value"], found["mine"]["place"]) == (1, "site.conf, line 4: [global]")


MISTAKEN = "import kirsch\nclass Root:\n    @kirsch.expose\n    @kirsch.config(**{{'{}'}})\n    def page(self): pass\n"


@pytest.mark.parametrize(
    ("program", "code", "words"),
    [
        ("import kirsch\nclass Root:\n    @kirsch.expose\n    def index(self): pass\n", 0, "Nothing found."),
        ("class Root:\n    def index(self): pass\n", 1, "Root, mounted at /, has no page: put @kirsch.expose"),
        (
            "import kirsch\nkirsch.config.update({'server.socket_host': 'localhost'})\nroot = kirsch.Application(None)",
            1,
            "::1",
        ),
        (
            MISTAKEN.format("tools.jinja2.on': True, 'tools.jinja2.template': 'no.html"),
            1,
            "/page cannot be answered: tools.",
        ),
        (
            MISTAKEN.format("hooks.before_handler': 'no.such"),
            1,
            "/page cannot be answered: ModuleNotFoundError: No module",
        ),
    ],
)
def test_check(kirsch_command, program, code, words):
    """What is allowed and hardly meant is said, with what to do; the exit code tells whether there was any."""
    found, out, _ = kirsch_command("check", program=program)

    assert found == code
    assert words in out


BARE = "import kirsch\nclass Root:\n    @kirsch.expose\n    def index(self): pass\n"
PUBLIC = BARE + "kirsch.config.update({'environment': 'production', 'checker.silenced': ['allowed-hosts']})\n"


@pytest.mark.parametrize(
    ("program", "code", "ids"),
    [
        (BARE, 1, ["allowed-hosts", "security-headers"]),
        (PUBLIC, 1, ["security-headers"]),
        (PUBLIC.replace("']", "', 'security-headers']"), 0, []),
    ],
)
def test_check_before_the_world_comes(kirsch_command, program, code, ids):
    """What a public site should change, each with an id by which it can be silenced."""
    found, out, _ = kirsch_command("check", "--deploy", "--json", program=program)

    assert [each["id"] for each in json.loads(out)] == ids
    assert found == code


def test_check_in_words(kirsch_command):
    """For people: how bad, what, where and what to write."""
    program = BARE + "kirsch.config.update({'engine.autoreload.on': True})\n"
    _, out, _ = kirsch_command("check", "--deploy", program=program)

    assert "error    autoreload: the process starts anew" in out
    assert "         where: all pages\n         write: tools.security_headers.on = True" in out


@pytest.mark.parametrize(
    ("arguments", "program", "code", "words"),
    [
        (["routes", "--app", "nowhere:app"], "", 3, "there is no module 'nowhere'"),
        (["routes", "--app", "app:ap"], "app = 1", 3, "app has no 'ap'; did you mean 'app'?"),
        (["routes"], "x = 1", 3, "has none of app, application, create_app"),
        (["routes"], "def create_app(config): pass", 3, "create_app cannot be called without arguments"),
        (["routes"], "1 / 0", 3, "ZeroDivisionError"),
        (["routes"], "import kirsch\nkirsch.config.update({'server.port': 1})", 3, "server.port"),
        (["explain", "/x"], "import kirsch\nkirsch.tree.mount(None, '/y')", 1, "nothing is mounted at /x"),
        (["serve"], "", 2, "invalid choice"),
        (["rnu"], "", 2, "did you mean 'run'?"),
        (["run", "--prot", "80"], "", 2, "unrecognized arguments: --prot; did you mean '--port'?"),
        (["run", "--worker=2"], "", 2, "unrecognized arguments: --worker=2; did you mean '--workers'?"),
    ],
)
def test_what_goes_wrong(kirsch_command, arguments, program, code, words):
    """It is said in one line, but for the application's own errors, which are shown whole; codes tell them apart."""
    found, _, err = kirsch_command(*arguments, program=program)

    assert found == code
    assert words in err
    assert "kirsch/run" not in err


def test_default_of_a_project(kirsch_command):
    """pyproject.toml may say where the application is."""
    project = '[tool.kirsch]\napp = "other:make"\n'
    other = "import kirsch\nclass Site:\n    @kirsch.expose\n    def page(self): pass\ndef make(): return Site()\n"
    _, out, _ = kirsch_command("routes", program="1 / 0", pyproject__toml=project, other__py=other)

    assert "/page" in out


HELLO = "import kirsch\nclass Hello:\n    @kirsch.expose\n    def index(self): pass\n"


def test_the_only_class_of_pages(kirsch_command):
    """It needs no name; of several, the message says the names."""
    two = HELLO + HELLO[14:].replace("Hello", "Other")

    assert "app.Hello.index" in kirsch_command("routes", program=HELLO)[1]
    assert "app.py:Hello or app.py:Other" in kirsch_command("routes", program=two)[2]


def test_codes_differ():
    """Scripts tell them apart."""
    assert len({cli.FINE, cli.WRONG, cli.MISUSED, cli.NO_APPLICATION}) == 4


GUARDED = """import kirsch
class Root:
    @kirsch.expose
    def index(self): pass
CONFIG = {"/": {"tools.response_headers.on": True, "tools.response_headers.headers": [("X-A", "1")]}}
if __name__ == "__main__":
    kirsch.quickstart(Root(), config=CONFIG)
"""


def test_a_program_that_starts_itself(kirsch_command):
    """What it says to quickstart() holds, as if it was run by itself."""
    code, out, _ = kirsch_command("routes", "--json", program=GUARDED)

    assert (code, [route["tools"] for route in json.loads(out)]) == (0, [["response_headers"]])
