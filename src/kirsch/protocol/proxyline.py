"""The PROXY protocol: what a proxy says of a client before the first byte of that client, in version 1 or 2.

By the text of HAProxy, doc/proxy-protocol.txt. Nothing of it is guessed: whoever may speak it has to speak it rightly.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from kirsch.protocol.events import RemoteError

if TYPE_CHECKING:
    from kirsch.exchange import Address

SIGNATURE: Final = b"\r\n\r\n\0\r\nQUIT\n"
MOST_V1: Final = 107
MOST_V2: Final = 4096
"""Bytes in all. Of version 2 the text allows 64 KiB, but what is sent takes some hundreds, with certificates a few."""

_PORT = rb"(0|[1-9][0-9]{0,4})"
_V1 = re.compile(rb"PROXY (TCP4|TCP6) ([0-9A-Fa-f.:]{2,45}) ([0-9A-Fa-f.:]{2,45}) " + _PORT + b" " + _PORT + rb"\r\n")
_V1_UNKNOWN = re.compile(rb"PROXY UNKNOWN(?: [\x20-\x7e]*)?\r\n")
_IPV4, _IPV6, _UNIX = 1, 2, 3
_SIZES: Final = {0: 0, _IPV4: 12, _IPV6: 36, _UNIX: 216}
"""Bytes of both addresses, by their family."""


class Preamble(NamedTuple):
    """What was said. size: bytes of it; the client's own follow.

    client, server: its address and the one that it has asked, or None where the proxy speaks for itself, or does not
    say whom it speaks for: then the ends of the connection are what they are.
    """

    size: int
    client: Address | None = None
    server: Address | None = None


def parse_preamble(data: bytes) -> Preamble | None:
    """What stands at the start of a connection; None while it is not complete. Raises RemoteError (400)."""
    if data.startswith(SIGNATURE):
        return _version_2(data)
    if SIGNATURE.startswith(data):
        return None
    if data.startswith(b"PROXY ") or b"PROXY ".startswith(data):
        return _version_1(data)
    raise RemoteError(400, "it does not begin with the PROXY protocol")


def _version_1(data: bytes) -> Preamble | None:
    end = data.find(b"\n", 0, MOST_V1) + 1
    if not end:
        if len(data) >= MOST_V1 or b"\r" in data[:-1]:
            raise RemoteError(400, "its PROXY line does not end as it should")
        return None
    line = data[:end]
    match = _V1.fullmatch(line)
    if match is None:
        if _V1_UNKNOWN.fullmatch(line):
            return Preamble(end)
        raise RemoteError(400, f"its PROXY line is malformed: {line!r}")
    family, client, server, client_port, server_port = match.groups()
    version = 4 if family == b"TCP4" else 6
    return Preamble(end, (_text(client, version), _number(client_port)), (_text(server, version), _number(server_port)))


def _version_2(data: bytes) -> Preamble | None:
    if len(data) < 16:
        return None
    version, command = data[12] >> 4, data[12] & 15
    family, transport = data[13] >> 4, data[13] & 15
    size = 16 + int.from_bytes(data[14:16], "big")
    if version != 2 or command > 1:
        raise RemoteError(400, f"its PROXY header is of version {version}, command {command}")
    if size > MOST_V2:
        raise RemoteError(400, f"its PROXY header has {size} bytes; {MOST_V2} are allowed")
    if command == 1 and (family not in _SIZES or transport > 1 or size - 16 < _SIZES[family]):
        raise RemoteError(400, f"its PROXY header is malformed: family {family}, transport {transport}, {size} bytes")
    if len(data) < size:
        return None
    if command == 0 or not transport or family not in (_IPV4, _IPV6):
        return Preamble(size)
    each = 4 if family == _IPV4 else 16
    addresses, ports = data[16 : 16 + 2 * each], data[16 + 2 * each : 20 + 2 * each]
    return Preamble(
        size,
        (_packed(addresses[:each]), int.from_bytes(ports[:2], "big")),
        (_packed(addresses[each:]), int.from_bytes(ports[2:], "big")),
    )


def _number(port: bytes) -> int:
    if int(port) > 65535:
        raise RemoteError(400, f"its PROXY line has a port {port.decode()}")
    return int(port)


def _text(address: bytes, version: int) -> str:
    import ipaddress

    try:
        found = ipaddress.ip_address(address.decode("ascii"))
    except ValueError:
        found = None
    if found is None or found.version != version:
        raise RemoteError(400, f"its PROXY line has an address {address.decode()} that is not of IPv{version}")
    return str(getattr(found, "ipv4_mapped", None) or found)


def _packed(address: bytes) -> str:
    import ipaddress

    found = ipaddress.ip_address(address)
    return str(getattr(found, "ipv4_mapped", None) or found)
