"""URLs: hosts with their ports."""

from __future__ import annotations

from ipaddress import IPv6Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kirsch.http.urls import split_host, valid_host

HOSTS = [
    ("example.com", "example.com", None),
    ("Example.COM:8080", "example.com", 8080),
    ("localhost", "localhost", None),
    ("127.0.0.1:0", "127.0.0.1", 0),
    ("a_b-c~d", "a_b-c~d", None),
    ("x%20y", "x%20y", None),
    ("h:", "h", None),
    ("h:00080", "h", 80),
    ("h:65535", "h", 65535),
    ("[::1]", "[::1]", None),
    ("[::]:80", "[::]", 80),
    ("[2001:DB8::1]:443", "[2001:db8::1]", 443),
    ("[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]", None),
    ("[1::8]", "[1::8]", None),
    ("[1:2:3:4:5:6:7::]", "[1:2:3:4:5:6:7::]", None),
    ("[::2:3:4:5:6:7:8]", "[::2:3:4:5:6:7:8]", None),
    ("[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]", None),
]


@pytest.mark.parametrize(("value", "name", "port"), HOSTS)
def test_hosts(value, name, port):
    """Names, IPv4 and IPv6 with or without a port, as bytes and as text."""
    assert split_host(value) == split_host(value.encode()) == (name, port)
    assert valid_host(value.encode())


@pytest.mark.parametrize(
    "value",
    [
        "",
        ":80",
        "a b",
        "a/b",
        "a@b",
        "a\r\nb",
        "a\n",
        "a\0",
        "a\\b",
        "a,b c",
        "http://a",
        "h:65536",
        "h:99999",
        "h:000080",
        "h:+80",
        "h:8_0",
        "h:٨٠",
        "h:80:80",
        "::1",
        "[::1",
        "[]",
        "[:]",
        "[:::]",
        "[1::2::3]",
        "[1:2:3:4:5:6:7]",
        "[1:2:3:4:5:6:7:8:9]",
        "[12345::]",
        "[::1.2.3]",
        "[::1.2.3.256]",
        "[fe80::1%eth0]",
        "[v1.x]",
        "[::1]x",
        "%",
        "%zz",
        "münchen.de",
        "日本",
        "h" * 256,
    ],
)
def test_what_is_no_host(value):
    """Everything else is refused."""
    with pytest.raises(ValueError, match="not a host"):
        split_host(value)
    assert not valid_host(value.encode())


@given(st.binary(max_size=40) | st.text(alphabet="[]:.1aF%", max_size=40).map(str.encode))
def test_a_host_is_split_or_a_value_error(value):
    """Both functions agree on any bytes, and nothing but ValueError is raised."""
    try:
        name, port = split_host(value)
    except ValueError:
        assert not valid_host(value)
        return
    assert valid_host(value)
    assert name
    assert port is None or 0 <= port <= 65535


@given(st.ip_addresses(v=6))
def test_every_ipv6_address_is_a_host(address):
    """In its short and its long form."""
    assert valid_host(f"[{address}]".encode())
    assert valid_host(f"[{address.exploded}]".encode())


@given(st.from_regex(r"\A([0-9a-f]{0,5}:){0,8}([0-9a-f]{0,4}|[0-9.]{0,12})\Z") | st.text(alphabet="0:1.", max_size=20))
@example("1:2:3:4:5:6:1.2.3.4")
@example("1.2.3.4::")
@example("::1.2.3.4:5")
def test_ipv6_agrees_with_the_standard_library(text):
    """What stands in the brackets is an address exactly if Python says so."""
    try:
        IPv6Address(text)
    except ValueError:
        assert not valid_host(f"[{text}]".encode())
    else:
        assert valid_host(f"[{text}]".encode())
