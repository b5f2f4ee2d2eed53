from __future__ import annotations

import pytest

import kirsch
from kirsch.app.place import ConfigError
from tests.app.pages import site, start

called = []
ON = {
    "tools.allowed_hosts.on": True,
    "tools.allowed_hosts.hosts": ["example.com", "*.example.org"],
    "hooks.on_start_resource": lambda: called.append("hook"),
}


class Root:
    """A page."""

    @kirsch.expose
    def index(self, **_):
        called.append("page")
        return kirsch.request.base


@pytest.fixture(autouse=True)
def nothing_called():
    """Anew for each test."""
    called.clear()


@pytest.mark.parametrize("host", ["example.com", "EXAMPLE.com:8080", "a.b.example.org."])
def test_our_hosts(host):
    """They are served."""
    answer = site(Root(), {"/": ON}).get("/", headers={"Host": host})

    assert (answer.status, answer.text) == (200, f"http://{host}")


@pytest.mark.parametrize("host", ["evil.example", "example.com.evil", "localhost", "example.com, evil", "a b"])
def test_other_hosts(host, caplog):
    """They get 421, nothing of the application runs, and the log says which host it was."""
    answer = site(Root(), {"/": ON}).get("/", headers={"Host": host})

    assert (answer.status, called) == (421, [])
    assert host not in answer.text
    assert f"host {host!r}, asked for by 127.0.0.1, is not among hosts" in caplog.text


def test_no_host():
    """Of HTTP/1.0: then the address of the server is taken."""
    answer = site(Root(), {"/": ON}).get("/", headers={"Host": None}, version=(1, 0))

    assert answer.status == 200


@pytest.mark.parametrize(("forwarded", "status"), [("www.example.org", 200), ("evil.example", 421)])
def test_the_host_that_a_proxy_tells(forwarded, status):
    """It must be ours, too."""
    asked = site(Root(), {"/": {**ON, "tools.proxy.on": True}})
    answer = asked.get("/", headers={"Host": "example.com", "X-Forwarded-Host": forwarded})

    assert (answer.status, called.count("page")) == (status, int(status == 200))


def test_without_names():
    """Nobody is ours, which is said at the start."""
    with pytest.raises(ConfigError, match=r"needs tools.allowed_hosts.hosts, too"):
        start({"tools.allowed_hosts.on": True})


def test_off():
    """Any host will do."""
    assert site(Root()).get("/", headers={"Host": "evil.example"}).status == 200


@pytest.mark.parametrize("hosts", [(), [], ["https://example.com"], "example.com", [1]])
def test_names_are_checked_at_the_start(hosts):
    """With what to write."""
    with pytest.raises(ConfigError, match=r"expected a tuple|'example.com'"):
        start({**ON, "tools.allowed_hosts.hosts": hosts})
