"""The site of the process, fresh for each test, and ways to ask it."""

from __future__ import annotations

import http.client

import pytest

import kirsch as cherrypy
from kirsch.app.legacy import forget
from tests.acceptance.sites import Users
from tests.acceptance.ways import WAYS_TAKEN, new_client, ways_of


def pytest_generate_tests(metafunc):
    """Each test goes its ways."""
    metafunc.parametrize("way", ways_of(metafunc.function, metafunc.module)[0], indirect=True)


@pytest.fixture(scope="session", autouse=True)
def _servers():
    """They end with the tests."""
    yield
    WAYS_TAKEN.stop()


@pytest.fixture
def way(request):
    """The way this test goes."""
    WAYS_TAKEN.chosen = request.param
    return request.param


@pytest.fixture(autouse=True)
def _fresh(way):
    """The site is empty before and after each test, and the config as it was."""
    cherrypy.log.screen = False
    forget()
    port = cherrypy.server.socket_port
    yield
    if cherrypy.engine.state is not cherrypy.engine.states.STOPPED or cherrypy.server.httpserver is not None:
        cherrypy.engine.exit()
    if cherrypy.server.httpserver is not None:  # started by hand after an exit
        cherrypy.server.stop()
    cherrypy.engine.signals.unsubscribe()
    cherrypy.server.instance = None
    for script_name, app in list(cherrypy.tree.apps.items()):
        cherrypy.tree.remove(script_name)
        if isinstance(app, cherrypy.Application):
            app.log.flush()
    cherrypy.log.flush()
    cherrypy.config.reset()
    cherrypy.server.socket_port = port


@pytest.fixture
def client():
    """Asks the site."""
    return new_client()


@pytest.fixture
def alone():
    """Only the server of the process runs, if any."""
    WAYS_TAKEN.stop()


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
