"""Section 13 of the acceptance list: config."""
# ruff: noqa: N802 - the number of a row is written as it stands in the list

from __future__ import annotations

import warnings
from xmlrpc.client import dumps, loads

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import LegacyWarning
from tests.acceptance.sites import mounted
from tests.acceptance.ways import MEMORY, OWN, only
from tests.servers.ports import free_port

CONFIG = only(MEMORY, why="nothing is asked")

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


@CONFIG
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


def test_G_03_dict_of_a_running_site():
    """When the engine has started they go to the application at once."""
    client = mounted(lambda: "page")
    cherrypy.config.update({"server.socket_port": 0})
    cherrypy.engine.start()
    cherrypy.config.update({"/page": {"response.headers.X-From": "dict"}})

    assert client.get("/page").headers["X-From"] == "dict"


@CONFIG
def test_G_03_dict_for_nobody(file):
    """With several applications they can be for none of them, and it is said where they stand."""
    mounted(lambda: "page")
    other = cherrypy.tree.mount(None, "/other")
    cherrypy.config.update(file)
    cherrypy.config.update({"server.socket_port": 0})
    with pytest.warns(UserWarning, match=r"site.conf: \[/page\] in the config of the process .* tree.mount"):
        cherrypy.engine.start()

    assert "/page" not in other.config


@CONFIG
def test_G_04_update_from_a_file(file):
    """By its name; by an old keyword, too."""
    cherrypy.config.update(file)
    with pytest.warns(LegacyWarning, match=r"config\.update\(file=…, updateMap=…\) is an old name; write config\."):
        cherrypy.config.update(updateMap={"mine": "map"}, overwrite=True)

    assert cherrypy.config["mine"] == "map"
    cherrypy.config.update(file=file)
    assert cherrypy.config["mine"] == "file"


@only(OWN, why="the engine is what it is about")
@pytest.mark.usefixtures("live")
def test_G_04_watched(file, monkeypatch):
    """The file is watched as the program is."""
    monkeypatch.setattr(cherrypy.engine.autoreload, "files", set())
    mounted(lambda: "page")
    cherrypy.config.update(file)
    cherrypy.config.update({"server.socket_port": 0})
    cherrypy.engine.start()

    assert file in cherrypy.engine.autoreload.files


def test_G_04_old_arguments():
    """Overwrite leaves what is there, baseurl stands before paths."""
    client = mounted(lambda *_: "page")
    cherrypy.config.update({"server.socket_port": 0, "mine": 1})
    sections = {"global": {"mine": 2, "new": 3}, "/in": {"response.headers.X-From": "map"}}
    with pytest.warns(UserWarning, match="config.update"):
        cherrypy.config.update(updateMap=sections, overwrite=False, baseurl="/page")
    cherrypy.engine.start()

    assert (cherrypy.config["mine"], cherrypy.config["new"]) == (1, 3)
    assert ["X-From" in client.get(path).headers for path in ("/page", "/page/in")] == [False, True]


@CONFIG
def test_G_05_update_from_a_dict():
    """Flat, or with a section."""
    cherrypy.config.update({"mine": 1})
    cherrypy.config.update({"global": {"other": 2}})

    assert (cherrypy.config["mine"], cherrypy.config["other"]) == (1, 2)


@only(OWN, why="the server's port is what it is about")
def test_G_06_port(live):
    """The server listens where config says."""
    port = free_port()
    mounted(lambda: "page")
    cherrypy.config.update({"server.socket_port": port})
    cherrypy.engine.start()

    assert (live("/page")[1], cherrypy.server.bind_addr) == ("page", ("127.0.0.1", port))


@CONFIG
def test_G_07_get():
    """A value of the process, or a default; old arguments are forgiven."""
    cherrypy.config.update({"mine": 1})

    assert (cherrypy.config.get("mine"), cherrypy.config.get("none", 2)) == (1, 2)
    with pytest.warns(
        LegacyWarning, match=r"config\.get\(key, default, return_section, path\) is an .* app\.find_config"
    ):
        assert cherrypy.config.get("mine", None, False, "/") == 1


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((), "process"),
        ((None, False, "/page/x"), "page"),
        ((None, True, "/page/x"), "/page"),
        ((None, True, "/else"), "/"),
        ((None, True), "/page"),
    ],
)
def test_G_07_along_a_path(arguments, found):
    """By the old arguments: the value for a path, or the section that says it."""
    cherrypy.config.update({"who": "process"})
    config = {"/": {"who": "root"}, "/page": {"who": "page"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LegacyWarning)

        assert mounted(lambda: cherrypy.config.get("who", *arguments), config).get("/page").text == found


class Service:
    @cherrypy.expose
    def add(self, a, b):
        return int(a) + int(b) if cherrypy.request.method == "POST" else f"{a} and {b}"


@pytest.mark.parametrize("path", ["/service/xmlrpc", "/service/xmlrpc/RPC2"])
def test_G_08_xmlrpc_filter(client, path):
    """Plain exposed methods below the path are called by XML-RPC; other requests are for pages as ever."""

    class Root:
        service = type("Node", (), {"xmlrpc": Service()})()

    with pytest.warns(LegacyWarning, match=r"\[/service/xmlrpc\]: xmlrpc_filter.on is an .*XMLRPCDisp"):
        cherrypy.tree.mount(Root(), "/", {"/service/xmlrpc": {"xmlrpc_filter.on": True}})
    call = dumps((2, 3), "add")

    assert loads(client.post(path, body=call, headers={"Content-Type": "text/xml"}).body)[0] == (5,)
    assert client.get("/service/xmlrpc/add?a=1&b=2").text == "1 and 2"


@pytest.mark.filterwarnings("ignore::kirsch.app.legacy.LegacyWarning")
def test_G_08_xmlrpc_filter_for_all(client):
    """For the whole site; dots are segments, and what fails is a fault."""
    from xmlrpc.client import Fault, dumps, loads

    cherrypy.config.update({"xmlrpc_filter.on": True})
    cherrypy.tree.mount(type("Root", (), {"service": Service()})())

    def call(name, *args):
        return loads(client.post("/RPC2", body=dumps(args, name), headers={"Content-Type": "text/xml"}).body)[0]

    assert call("service.add", 2, 3) == (5,)
    for failing in (("service.add", 1), ("service.none",), ("service.add", "x", 1)):
        with pytest.raises(Fault) as fault:
            call(*failing)
        assert fault.value.faultCode == 1


def test_G_09_get_all():
    """The values of a key along the path of the request."""
    cherrypy.config.update({"who": "process"})
    client = mounted(lambda: repr(cherrypy.config.getAll("who")), {"/": {"who": "root"}, "/page": {"who": "page"}})
    with pytest.warns(LegacyWarning, match=r"config\.getAll\(key\) is an old name; write request\.config"):
        text = client.get("/page").text

    assert text == "[('global', 'process'), ('/', 'root'), ('/page', 'page')]"
