from __future__ import annotations

import pytest

from kirsch.http.addresses import LOCAL, household, is_among, is_network


@pytest.mark.parametrize(
    ("address", "networks", "expected"),
    [
        ("127.3.2.1", LOCAL, True),
        ("::1", LOCAL, True),
        ("::ffff:127.0.0.1", LOCAL, True),
        ("", LOCAL, True),
        ("", ["127.0.0.1"], False),
        ("10.0.0.1", LOCAL, False),
        ("10.0.0.1", ["10.0.0.0/8"], True),
        ("10.0.0.1", ["unix", "10.0.0.1"], True),
        ("fe80::1%eth0", ["fe80::/10"], True),
        ("unknown", ["0.0.0.0/0", "::/0"], False),
        ("10.0.0.1", [], False),
    ],
)
def test_who_is_among(address, networks, expected):
    """By address, network, or Unix socket; a name is nobody's address."""
    assert is_among(address, networks) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("unix", True), ("10.0.0.1", True), ("10.0.0.1/8", True), ("::/0", True), ("host", False), ("10.0.0", False),
     (None, False), ("10.0.0.1/33", False)],
)  # fmt: skip
def test_networks(text, expected):
    """What config may say."""
    assert is_network(text) is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("somewhere", "somewhere"),
    ],
)
def test_households(address, expected):
    """An address of IPv4 is one customer; of IPv6 he has 2^64 of them."""
    assert household(address) == expected
