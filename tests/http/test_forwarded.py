from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.http.forwarded import MOST, Hop, Node, element_at, find_client, parse_forwarded, parse_list, parse_node

TOKENS = st.from_regex(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}", fullmatch=True)
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30)
HOPS = st.lists(st.tuples(VALUES, VALUES, TOKENS, TOKENS), min_size=1, max_size=10)
ADDRESSES = st.ip_addresses().map(lambda address: str(getattr(address, "ipv4_mapped", None) or address))


@pytest.mark.parametrize(
    ("value", "hops"),
    [
        ("", []),
        (",, ,", []),
        ('for="_gazonk"', [Hop("_gazonk")]),
        ('For="[2001:db8:cafe::17]:4711"', [Hop("[2001:db8:cafe::17]:4711")]),
        ("for=192.0.2.60;proto=http;by=203.0.113.43", [Hop("192.0.2.60", "203.0.113.43", "", "http")]),
        ("for=192.0.2.43, for=198.51.100.17", [Hop("192.0.2.43"), Hop("198.51.100.17")]),
        ('for=a;host="x.example:8080" ; secret=b', [Hop("a", "", "x.example:8080")]),
        ('host="a, b;c\\"d"', [Hop(host='a, b;c"d')]),
        (";;for=a;;", [Hop("a")]),
        ("other=1", [Hop()]),
    ],
)
def test_forwarded(value, hops):
    """As in the examples of RFC 7239; what stands in quotes is data."""
    assert parse_forwarded(value) == hops


@pytest.mark.parametrize(
    "value",
    [
        "for", "for=", "=a", "for = a", 'for="a', "for=a b", "for=a;for=b", "for=[::1]", "for=a\0", 'for="\x01"',
        "for=a," * MOST + "for=b", "for=a\r\n", "a" * 100_000, '"' * 100_000, "for=" + "\\" * 100_000,
    ],
)  # fmt: skip
def test_forwarded_that_is_none(value):
    """Nothing is guessed, nor cut short, as the end is what counts."""
    with pytest.raises(ValueError, match=r"."):
        parse_forwarded(value)


@given(HOPS)
def test_forwarded_comes_back(hops):
    """Whatever is quoted as it should be is read as what it was."""

    def quoted(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    value = ", ".join(f"for={quoted(c)};by={quoted(b)};host={h};proto={p}" for c, b, h, p in hops)
    assert parse_forwarded(value) == [Hop(*hop) for hop in hops]


@given(st.text(max_size=200))
def test_anything_is_read_or_refused(text):
    """Nothing else comes out of the parsers."""
    for parse in (parse_forwarded, parse_list, parse_node):
        try:
            parse(text)
        except ValueError:
            continue


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("192.0.2.1", Node("192.0.2.1")),
        ("192.0.2.1:8080", Node("192.0.2.1", 8080)),
        ("192.0.2.1:_port", Node("192.0.2.1")),
        ("[2001:DB8::1]:443", Node("2001:db8::1", 443)),
        ("[2001:db8::1]", Node("2001:db8::1")),
        ("2001:db8:0::1", Node("2001:db8::1")),
        ("::ffff:192.0.2.1", Node("192.0.2.1")),
        ("Unknown", Node("unknown")),
        ("_Hidden.1:80", Node("_Hidden.1", 80)),
    ],
)
def test_nodes(text, node):
    """Addresses with and without ports, and those who would not be known."""
    assert parse_node(text) == node


@pytest.mark.parametrize(
    "text",
    ["", "a", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "[1.2.3.4]x", "[::1", "::1]", "_", ":80",
     "1.2.3.4, 5", "fe80::1%eth0", "<b>", "1.2.3.4\n", "٣.2.3.4", "[::g]", "_a b"],
)  # fmt: skip
def test_nodes_that_are_none(text):
    """Refused."""
    with pytest.raises(ValueError, match=r"."):
        parse_node(text)


@given(st.ip_addresses(), st.integers(1, 65535))
def test_any_address(address, port):
    """With a port it needs brackets, if it has colons."""
    shown = str(getattr(address, "ipv4_mapped", None) or address)
    with_port = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"

    assert parse_node(str(address)) == Node(shown)
    assert parse_node(with_port) == Node(shown, port)


def is_proxy(address):
    """Those of a network of ours."""
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network("10.0.0.0/8")
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("nodes", "found"),
    [
        (["1.1.1.1"], ("1.1.1.1", 1)),
        (["9.9.9.9", "1.1.1.1"], ("1.1.1.1", 1)),
        (["junk", "1.1.1.1", "10.0.0.1", "10.0.0.2"], ("1.1.1.1", 3)),
        (["10.0.0.1", "10.0.0.2"], ("10.0.0.1", 2)),
        (["1.1.1.1", "unknown", "10.0.0.2"], ("unknown", 2)),
        (["1.1.1.1", "", "10.0.0.2"], ("unknown", 2)),
    ],
)
def test_the_client_is_the_last_that_is_no_proxy(nodes, found):
    """What stands further left, it may have sent itself."""
    node, distance = find_client(nodes, is_proxy)

    assert (node.address, distance) == found


@pytest.mark.parametrize("nodes", [[], ["junk"], ["1.1.1.1", "junk"], ["1.1.1.1", "junk", "10.0.0.1"]])
def test_what_must_be_believed_must_be_read(nodes):
    """No address is made up for one that is malformed."""
    with pytest.raises(ValueError, match=r"."):
        find_client(nodes, is_proxy)


@given(
    st.lists(st.text(st.characters(exclude_characters=",")), max_size=5),
    ADDRESSES,
    st.lists(st.just("10.1.1.1"), max_size=5),
)
def test_a_client_cannot_choose_its_address(made_up, address, proxies):
    """Whatever it sends in front."""
    node, distance = find_client([*made_up, address, *proxies], lambda each: each == "10.1.1.1" and each != address)

    assert (node.address, distance) == (address, len(proxies) + 1)


@pytest.mark.parametrize(("distance", "element"), [(0, "https"), (1, "http"), (2, "https"), (3, "https")])
def test_lists_beside_that_of_the_clients(distance, element):
    """The element of the same step; or the first, where there is none so far to the left, or no such list."""
    assert element_at(["https", "http"], distance) == element
    assert element_at([], distance) == ""


def test_plain_lists():
    """Blanks and empty elements do not count; too many are refused."""
    assert parse_list(" a,, b\t,") == ["a", "b"]
    with pytest.raises(ValueError, match="more than"):
        parse_list("a," * (MOST + 1))
