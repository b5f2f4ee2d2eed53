from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.hosts import Hosts


@pytest.mark.parametrize(
    ("name", "host", "ours"),
    [
        ("example.com", "example.com", True),
        ("example.com", "Example.COM.", True),
        ("Example.com.", "example.com:8443", True),
        ("example.com", "www.example.com", False),
        ("example.com", "example.com.evil", False),
        ("example.com", "evilexample.com", False),
        ("example.com", "example.com@evil", False),
        ("example.com", "example.com:80:80", False),
        ("example.com", "", False),
        ("example.com", "[example.com]", False),
        ("example.com:8443", "example.com:8443", True),
        ("example.com:8443", "example.com", False),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "a.b.example.com.", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", ".example.com", False),
        ("*.example.com:81", "a.example.com:81", True),
        ("*.example.com:81", "a.example.com", False),
        ("::1", "[::1]:8080", True),
        ("[2001:DB8:0:0::1]", "[2001:db8::1]", True),
        ("127.0.0.1", "127.0.0.1:8080", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("127.0.0.1", "127.1", False),
    ],
)
def test_names(name, host, ours):
    """As DNS compares them."""
    assert (host in Hosts([name])) is ours


@pytest.mark.parametrize(
    "name", ["", "*", "*.", "a b", "https://example.com", "example.com/", "a.*.com", "[::1", "::x::"]
)
def test_names_that_are_none(name):
    """What would match nothing is refused."""
    with pytest.raises(ValueError, match="is no host"):
        Hosts([name])


@given(st.text(max_size=50))
def test_no_other_host(host):
    """Whatever is sent."""
    name = host.lower().partition(":")[0].removesuffix(".")

    assert (host in Hosts(["a.example", "*.b.example"])) <= (name == "a.example" or name.endswith(".b.example"))
