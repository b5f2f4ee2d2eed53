"""The site of the process, fresh for each test, and ways to ask it."""

from __future__ import annotations

import http.client

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import forget
from kirsch.testing.client import Client
from tests.acceptance.sites import Users


@pytest.fixture(autouse=True)
def _fresh():
    """The site is empty before and after each test, and the config as it was."""
    cherrypy.log.screen = False
    forget()
    port = cherrypy.server.socket_port
    yield
    if cherrypy.engine.state is not cherrypy.engine.states.STOPPED or cherrypy.server.httpserver is not None:
        cherrypy.engine.exit()
    cherrypy.engine.signals.unsubscribe()
    cherrypy.server.instance = None
    for script_name in list(cherrypy.tree.apps):
        cherrypy.tree.remove(script_name)
    cherrypy.config.reset()
    cherrypy.server.socket_port = port


@pytest.fixture
def client():
    """Asks the site."""
    return Client(cherrypy.tree)


@pytest.fixture
def live():
    """Asks the real server, on whatever port it has; None instead of a Host asks as HTTP/1.0 does."""
    cherrypy.config.update({"server.socket_port": 0, "engine.autoreload.on": False})

    def get(path):
        connection = http.client.HTTPConnection(*cherrypy.server.bind_addr, timeout=5)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer, body

    return get


@pytest.fixture
def users(client):
    """A client of the page that tells its arguments."""
    cherrypy.tree.mount(Users(), "/")
    return client
