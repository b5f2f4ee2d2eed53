"""Uploads, hooks and config of the acceptance list, in the old spelling."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import io

import pytest

import kirsch as cherrypy
from kirsch.app.body import Upload
from kirsch.app.legacy import LegacyWarning
from tests.seed.sites import mounted

# -- uploads ---------------------------------------------------------------------------------------------------------


def upload(handler, filename="a.txt", data=b"some data", config=None, kind="text/plain"):
    """What a page that gets a file makes of it."""
    return mounted(handler, config).post("/page", files={"file": (filename, data, kind)}).text


def test_U_01_files_are_objects():
    """A file is an object to stream from, no text."""
    assert upload(lambda file: f"{isinstance(file, str)} {file.file.read(4)}") == "False b'some'"


def test_U_02_fields_and_uploads():
    """What is no str and has a file name is an upload."""

    def page(**kwargs):
        return ",".join(name for name, each in kwargs.items() if not isinstance(each, str) and each.filename)

    files = {"file": ("a.txt", b"data", "text/plain")}

    assert mounted(page).post("/page", data={"field": "text"}, files=files).text == "file"


def test_U_03_read_in_blocks():
    """Its file is read from the beginning, block by block."""
    assert (
        upload(lambda file: str(sum(map(len, iter(lambda: file.file.read(8192), b"")))), data=b"x" * 50_000) == "50000"
    )


@pytest.mark.parametrize("size", [5_000, 5_000_000])
def test_U_04_removed_by_itself(size):
    """When the request is over, its file is closed, and so gone."""
    kept = []
    upload(lambda file: kept.append(file.file) or "", data=b"x" * size)

    assert kept[0].closed


def test_U_05_storage_can_be_overridden():
    """A class of one's own may keep it elsewhere."""
    made = []

    class Own(Upload):
        def make_file(self):
            made.append(io.BytesIO())
            return made[-1]

    text = upload(lambda file: file.file.read().decode(), config={"/": {"request.body.part_class": Own}})

    assert (text, len(made)) == ("some data", 1)


def test_U_06_field_without_a_file():
    """Only its name is filled."""
    assert upload(lambda file: f"{file.name} {file.filename!r} {file.value}", "", b"") == "file '' b''"


@pytest.mark.parametrize("name", ["a.txt", "häß lich.txt"])
def test_U_07_names(name):
    """The name of the file and of the field."""
    assert upload(lambda file: f"{file.filename} {file.name}", name) == f"{name} file"


def test_U_08_value():
    """The whole file as a value, as often as one likes."""
    assert upload(lambda file: f"{file.value} {file.fullvalue()} {file.value}") == "b'some data' some data b'some data'"


def test_U_09_details():
    """Headers and media type of the part; the type by its old name, too."""
    assert upload(lambda file: f"{file.headers['content-type']} {file.content_type.value}") == "text/plain text/plain"
    with pytest.warns(UserWarning, match="write `content_type`"):
        assert upload(lambda file: file.type, kind="text/css") == "text/css"


# -- hooks -----------------------------------------------------------------------------------------------------------

POINTS = (
    "on_start_resource", "before_request_body", "before_handler", "before_finalize", "on_end_resource",
    "before_error_response", "after_error_response", "on_end_request",
)  # fmt: skip


def ran(handler, **request):
    """The points that a request passes, in their order."""
    done = []
    hooks = {f"hooks.{point}": lambda point=point: done.append(point) for point in POINTS}
    mounted(handler, {"/": hooks}).request(request.pop("method", "GET"), "/page", **request)
    return done


def test_H_01_lean_by_default():
    """Without config only the tools of the box that are on run."""
    assert [key for key in cherrypy.config if key.startswith("tools.")] == ["tools.trailing_slash.on"]


def test_H_02_tools_by_path():
    """Each part of a site has its own tools."""
    seen = []
    cherrypy.tools.noting = cherrypy.Tool("before_handler", lambda: seen.append(cherrypy.request.path_info))
    client = mounted(lambda *_: "", {"/page/in": {"tools.noting.on": True}})
    client.get("/page/out")
    client.get("/page/in")
    del vars(cherrypy.tools)["noting"]

    assert seen == ["/page/in"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_H_03_on_start_resource(method):
    """Called once a request, first."""
    assert ran(lambda: "", method=method)[0] == "on_start_resource"


def test_H_04_before_request_body():
    """The body has not been read by then."""
    read = []
    hooks = {"hooks.before_request_body": lambda: read.append(cherrypy.request.body.params.copy())}
    mounted(lambda a: a, {"/": hooks}).post("/page", data={"a": "1"})

    assert read == [{}]


def test_H_05_before_main():
    """The old name of the point before the handler, in config and of a tool; it is said once what it is called now."""
    seen = []
    with pytest.warns(UserWarning, match="hooks.before_main is an old name; write hooks.before_handler") as said:
        client = mounted(lambda: "page", {"/": {"hooks.before_main": lambda: seen.append("hook")}})
    with pytest.warns(UserWarning, match="before_handler"):
        cherrypy.tools.old = cherrypy.Tool("before_main", lambda: seen.append("tool"))
    cherrypy.tree.apps[""].merge({"/": {"tools.old.on": True}})
    client.get("/page")
    del vars(cherrypy.tools)["old"]

    assert (sorted(seen), len(said)) == (["hook", "tool"], 1)


def test_H_06_before_finalize():
    """What it makes of the body is sent."""

    def change():
        cherrypy.response.body = [piece.upper() for piece in cherrypy.response.body]

    assert mounted(lambda: "page", {"/": {"hooks.before_finalize": change}}).get("/page").text == "PAGE"


def fail():
    """A page with a mistake."""
    raise ValueError("by mistake")


def test_H_07_on_end_resource():
    """For every request, also when the handler has failed, and then before the error is answered."""
    done = ran(fail)

    assert "on_end_resource" in ran(lambda: "")
    assert done.index("on_end_resource") < done.index("before_error_response")


@pytest.mark.parametrize("error", [cherrypy.HTTPError(403), cherrypy.NotFound(), cherrypy.HTTPRedirect("/")])
def test_H_08_before_error_response(error):
    """Once for an accident, and not for what was meant."""
    assert ran(fail).count("before_error_response") == 1
    assert "before_error_response" not in ran(error)


def test_H_09_after_error_response():
    """Right behind the other; before_finalize is not called on this way."""
    done = ran(fail)

    assert done[done.index("before_error_response") + 1] == "after_error_response"
    assert "before_finalize" not in done


@pytest.mark.parametrize("handler", [lambda: "", fail, cherrypy.NotFound()])
def test_H_10_on_end_request(handler):
    """Last of all, whatever happened."""
    assert ran(handler)[-1] == "on_end_request"


class Filter:
    def before_main(self):
        """Answer instead of the handler."""
        cherrypy.response.body = "filtered"
        cherrypy.request.execute_main = False

    def before_finalize(self):
        """Sign the answer."""
        cherrypy.response.headers["X-Filter"] = "yes"


@pytest.mark.parametrize("name", ["_cp_filters", "_cpFilterList"])
def test_H_11_filters(client, name):
    """Classes with methods named like the points act as hooks of all below; it is said what to use instead."""

    class Root:
        @cherrypy.expose
        def page(self):
            return "page"

    setattr(Root, name, [Filter()])
    cherrypy.tree.mount(Root())
    with pytest.warns(LegacyWarning) as said:
        answer = client.get("/page")

    assert f"Root: {name} is an old name; write a Tool" in str(said[0].message)
    assert (answer.text, answer.headers["X-Filter"]) == ("filtered", "yes")


# -- config ----------------------------------------------------------------------------------------------------------

FILE = """
[global]
server.socket_port: 8082
mine = 'file'

[/page]
response.headers.X-From: 'file'
"""


@pytest.fixture
def file(tmp_path):
    """A config file."""
    (tmp_path / "site.conf").write_text(FILE)
    return str(tmp_path / "site.conf")


def test_G_01_global_and_path_options(file):
    """Those of the process go to it, those of a path to the application."""
    client = mounted(lambda: cherrypy.config["mine"], file)
    cherrypy.config.update(file)

    assert (client.get("/page").text, client.get("/page").headers["X-From"]) == ("file", "file")


def test_G_02_file(file):
    """INI, with Python's literals, and `:` or `=`."""
    cherrypy.config.update(file)

    assert (cherrypy.server.socket_port, cherrypy.config["mine"]) == (8082, "file")


def test_G_03_dict():
    """A dict does the same; its sections of paths go to the only application when the engine starts."""
    client = mounted(lambda: "page")
    cherrypy.config.update({"global": {"server.socket_port": 0}, "/page": {"response.headers.X-From": "dict"}})
    cherrypy.engine.start()

    assert client.get("/page").headers["X-From"] == "dict"


def test_G_04_update_from_a_file(file):
    """By its name; by an old keyword, too."""
    cherrypy.config.update(file)
    with pytest.warns(UserWarning, match="config.update"):
        cherrypy.config.update(updateMap={"mine": "map"}, overwrite=True)

    assert cherrypy.config["mine"] == "map"
    cherrypy.config.update(file=file)
    assert cherrypy.config["mine"] == "file"


def test_G_05_update_from_a_dict():
    """Flat, or with a section."""
    cherrypy.config.update({"mine": 1})
    cherrypy.config.update({"global": {"other": 2}})

    assert (cherrypy.config["mine"], cherrypy.config["other"]) == (1, 2)


def test_G_06_port():
    """The server listens where config says."""
    cherrypy.config.update({"server.socket_port": 8083})

    assert cherrypy.server.bind_addr == ("127.0.0.1", 8083)


def test_G_07_get():
    """A value of the process, or a default; old arguments are forgiven."""
    cherrypy.config.update({"mine": 1})

    assert (cherrypy.config.get("mine"), cherrypy.config.get("none", 2)) == (1, 2)
    with pytest.warns(UserWarning, match="find_config"):
        assert cherrypy.config.get("mine", None, False, "/") == 1


class Service:
    @cherrypy.expose
    def add(self, a, b):
        return int(a) + int(b) if cherrypy.request.method == "POST" else f"{a} and {b}"


@pytest.mark.parametrize("path", ["/service/xmlrpc", "/service/xmlrpc/RPC2"])
def test_G_08_xmlrpc_filter(client, path):
    """Plain exposed methods below the path are called by XML-RPC; other requests are for pages as ever."""
    from xmlrpc.client import dumps, loads

    class Root:
        service = type("Node", (), {"xmlrpc": Service()})()

    with pytest.warns(UserWarning, match="xmlrpc_filter.on is an old name"):
        cherrypy.tree.mount(Root(), "/", {"/service/xmlrpc": {"xmlrpc_filter.on": True}})
    call = dumps((2, 3), "add")

    assert loads(client.post(path, body=call, headers={"Content-Type": "text/xml"}).body)[0] == (5,)
    assert client.get("/service/xmlrpc/add?a=1&b=2").text == "1 and 2"


def test_G_09_get_all():
    """The values of a key along the path of the request."""
    cherrypy.config.update({"who": "process"})
    client = mounted(lambda: repr(cherrypy.config.getAll("who")), {"/": {"who": "root"}, "/page": {"who": "page"}})
    with pytest.warns(UserWarning, match="getAll"):
        text = client.get("/page").text

    assert text == "[('global', 'process'), ('/', 'root'), ('/page', 'page')]"
