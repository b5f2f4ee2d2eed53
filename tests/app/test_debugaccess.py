"""Who may see what developers see."""

from __future__ import annotations

import pytest

from kirsch.app.debugaccess import is_local, may_see


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", ""])
def test_local(address: str) -> None:
    """Loopback addresses are this machine, and so is whoever comes through a Unix socket."""
    assert is_local(address)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "192.168.1.7", "128.0.0.1", "::2", "fe80::1", "::ffff:10.0.0.1", "0.0.0.0", "localhost", "127.1", "x"],
)
def test_elsewhere(address: str) -> None:
    """The neighbour is not, nor is what is no address."""
    assert not is_local(address)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8080",
        "LOCALHOST",
        "127.0.0.1:8080",
        "[::1]:8080",
        "shop.localhost",
        "shop.test:1",
        "box",
    ],
)
def test_names_of_this_machine(host: str) -> None:
    """Names that nobody else can own."""
    assert may_see("127.0.0.1", [("Accept", "*/*"), ("Host", host)])


@pytest.mark.parametrize(
    "host", ["evil.example.com", "evil.example.com:8080", "localhost.evil.com", "10.0.0.1", "[::2]", "[", "", ":80"]
)
def test_names_of_others(host: str) -> None:
    """A page of the world may give its own name our address, but cannot hide the name."""
    assert not may_see("127.0.0.1", [("Host", host)])


def test_one_host() -> None:
    """None or two of them are not what a browser sends."""
    assert not may_see("127.0.0.1", [])
    assert not may_see("127.0.0.1", [("Host", "localhost"), ("Host", "localhost")])


@pytest.mark.parametrize("field", ["X-Forwarded-For", "x-forwarded-proto", "Forwarded", "Via", "X-Real-IP"])
def test_proxies(field: str) -> None:
    """A proxy on this machine speaks for somebody else."""
    assert not may_see("127.0.0.1", [("Host", "localhost"), (field, "127.0.0.1")])


def test_address() -> None:
    """Whatever the fields say, the peer must be here."""
    assert not may_see("10.0.0.1", [("Host", "localhost")])
    assert may_see("", [("Host", "localhost")])
