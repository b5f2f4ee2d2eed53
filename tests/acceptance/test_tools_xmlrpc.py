"""Section T: XML-RPC for a part of the site."""
# ruff: noqa: N802 - the names of rows

from __future__ import annotations

from xmlrpc.client import Fault, dumps, loads

import pytest

import kirsch as cherrypy


class Service(cherrypy.XMLRPCController):
    @cherrypy.expose
    def add(self, a, b):
        """A sum."""
        return a + b


class Root:
    svc = Service()

    @cherrypy.expose
    def index(self):
        """A plain page beside it."""
        return "plain"


@pytest.mark.parametrize("path", ["/svc/", "/RPC2/svc/"])
def test_T_13_xmlrpc_for_a_part(client, path):
    """Below its path clients of XML-RPC call methods; elsewhere pages are pages, and their failures no faults."""
    config = {"/": {"request.dispatch": cherrypy.dispatch.XMLRPCDispatcher()}, "/svc": {"tools.xmlrpc.on": True}}
    cherrypy.tree.mount(Root(), "", config)

    def call(name, *args):
        return loads(client.post(path, body=dumps(args, name), headers={"Content-Type": "text/xml"}).body)[0]

    assert call("add", 2, 3) == (5,)
    with pytest.raises(Fault):
        call("subtract", 2, 3)
    assert client.get("/").text == "plain"
