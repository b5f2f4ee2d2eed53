from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirsch.protocol.events import RemoteError
from kirsch.protocol.proxyline import MOST_V1, MOST_V2, SIGNATURE, Preamble, parse_preamble

PORTS = st.integers(0, 65535)
FOUR = (b"PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\r\n", ("192.0.2.1", 5000), ("198.51.100.2", 443))
SIX = (b"PROXY TCP6 2001:db8::1 2001:DB8:0::2 1 2\r\n", ("2001:db8::1", 1), ("2001:db8::2", 2))


def version_2(kind, body, command=0x21, size=None):
    """A header of version 2. kind: family and transport."""
    return SIGNATURE + bytes([command, kind]) + (len(body) if size is None else size).to_bytes(2, "big") + body


def packed(client, server, client_port, server_port):
    """The addresses as they stand in it."""
    return client.packed + server.packed + client_port.to_bytes(2, "big") + server_port.to_bytes(2, "big")


IPV4 = packed(ipaddress.ip_address("192.0.2.1"), ipaddress.ip_address("198.51.100.2"), 5000, 443)
TLV = b"\x01\x00\x02h2" + b"\x20\x00\x00"
TOLD = {
    "IPv4": FOUR,
    "IPv6": SIX,
    "IPv4 within IPv6": (b"PROXY TCP6 ::ffff:1.2.3.4 ::1 1 2\r\n", ("1.2.3.4", 1), ("::1", 2)),
    "unknown": (b"PROXY UNKNOWN\r\n", None, None),
    "unknown, with what it is not to say": (b"PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", None, None),
    "version 2": (version_2(0x11, IPV4), ("192.0.2.1", 5000), ("198.51.100.2", 443)),
    "version 2, with more": (version_2(0x11, IPV4 + TLV), ("192.0.2.1", 5000), ("198.51.100.2", 443)),
    "version 2, IPv6": (version_2(0x21, bytes(15) + b"\1" + bytes(15) + b"\2" + b"\0\1\0\2"), ("::1", 1), ("::2", 2)),
    "version 2, itself": (version_2(0x11, IPV4, 0x20), None, None),
    "version 2, itself, odd family": (version_2(0xFF, b"xyz", 0x20), None, None),
    "version 2, unspecified": (version_2(0x00, b""), None, None),
    "version 2, Unix socket": (version_2(0x31, b"/run/x".ljust(216, b"\0")), None, None),
}


@pytest.mark.parametrize("after", [b"", b"GET / HTTP/1.1\r\n", b"\r\n\r\n\0"])
@pytest.mark.parametrize(("data", "client", "server"), TOLD.values(), ids=TOLD)
def test_told(data, client, server, after):
    """Client and server as told, and where the client's own bytes begin; in any pieces."""
    assert parse_preamble(data + after) == Preamble(len(data), client, server)
    assert all(parse_preamble(data[:size]) is None for size in range(len(data)))


LIES = {
    "plain HTTP": b"GET / HTTP/1.1\r\n",
    "small letters": b"proxy TCP4 1.1.1.1 1.1.1.1 1 1\r\n",
    "bare line feed": b"PROXY TCP4 1.1.1.1 1.1.1.1 1 1\n",
    "carriage return within": b"PROXY TCP4 1.1.1.1\r 1.1.1.1 1 1\r\n",
    "two blanks": b"PROXY TCP4  1.1.1.1 1.1.1.1 1 1\r\n",
    "blank at the end": b"PROXY TCP4 1.1.1.1 1.1.1.1 1 1 \r\n",
    "other family": b"PROXY UDP4 1.1.1.1 1.1.1.1 1 1\r\n",
    "IPv6 for IPv4": b"PROXY TCP4 ::1 ::1 1 1\r\n",
    "IPv4 for IPv6": b"PROXY TCP6 1.1.1.1 1.1.1.1 1 1\r\n",
    "no address": b"PROXY TCP4 1.1.1 1.1.1.1 1 1\r\n",
    "leading zero": b"PROXY TCP4 1.1.1.1 1.1.1.1 01 1\r\n",
    "large port": b"PROXY TCP4 1.1.1.1 1.1.1.1 65536 1\r\n",
    "signed port": b"PROXY TCP4 1.1.1.1 1.1.1.1 +1 1\r\n",
    "no port": b"PROXY TCP4 1.1.1.1 1.1.1.1 1\r\n",
    "nothing": b"PROXY \r\n",
    "unknown with more": b"PROXY UNKNOWNX\r\n",
    "too long": b"PROXY UNKNOWN " + b"x" * MOST_V1,
    "version 1 in version 2": version_2(0x11, IPV4, 0x11),
    "unknown command": version_2(0x11, IPV4, 0x22),
    "unknown family": version_2(0x41, IPV4),
    "datagrams": version_2(0x12, IPV4),
    "unknown transport": version_2(0x1F, IPV4),
    "too short for its family": version_2(0x21, IPV4),
    "empty for its family": version_2(0x11, b""),
    "too large": version_2(0x11, b"", size=MOST_V2 - 15),
    "almost the signature": SIGNATURE[:-1] + b"x",
}


@pytest.mark.parametrize("data", LIES.values(), ids=LIES)
def test_refused(data):
    """Whoever has to speak it speaks it as it stands, or not at all."""
    with pytest.raises(RemoteError) as refused:
        parse_preamble(data)
    assert refused.value.status == 400


@given(st.ip_addresses(v=4), st.ip_addresses(v=4), PORTS, PORTS, st.binary(max_size=100))
def test_any_ipv4(client, server, client_port, server_port, more):
    """Both versions tell the same."""
    line = f"PROXY TCP4 {client} {server} {client_port} {server_port}\r\n".encode()
    binary = version_2(0x11, packed(client, server, client_port, server_port) + more)

    assert parse_preamble(line) == (len(line), (str(client), client_port), (str(server), server_port))
    told = Preamble(len(binary), (str(client), client_port), (str(server), server_port))
    assert parse_preamble(binary) == told


@given(st.binary(max_size=200), st.sampled_from([b"", b"PROXY ", SIGNATURE, SIGNATURE + b"\x21\x11"]))
def test_anything(data, start):
    """Told, refused, or not complete: and that only within bounds, and as long as it can still become something."""
    try:
        found = parse_preamble(start + data)
    except RemoteError:
        return
    if found is None:
        assert len(start + data) < (MOST_V2 if start[:1] == b"\r" or data[:1] == b"\r" else MOST_V1)
    else:
        assert 0 < found.size <= len(start + data)
