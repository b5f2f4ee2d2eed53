"""Who may see the page for developers: a client on this very machine, and nobody whom it speaks for.

The address of a peer does not tell that alone. A proxy on this machine has a local address and passes on what the world
asks; a page of the world can give its own name the address 127.0.0.1 and then read what is answered here (DNS
rebinding). Both show in the fields of the request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kirsch.http.addresses import LOCAL, is_among

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPOKEN_FOR: Final = frozenset({"forwarded", "via", "x-real-ip", "cf-connecting-ip", "true-client-ip"})
"""Fields that only a proxy adds; beside these, whatever begins with `x-forwarded-`."""

_HERE: Final = (".localhost", ".local", ".test", ".internal", ".home.arpa")
"""Names that nobody in the world can own (RFC 6761, 6762, 8375; ICANN for `.internal`)."""


def is_local(address: str) -> bool:
    """Whether a peer is this machine: 127.0.0.0/8, ::1, ::ffff:127.…, or "", which is a Unix socket."""
    return is_among(address, LOCAL)


def may_see(address: str, fields: Iterable[tuple[str, str]]) -> bool:
    """Whether what developers see may go to a client of this address that has sent these fields.

    Without a Host, or with one that the world could own, it may not: browsers always send theirs.
    """
    hosts = []
    for name, value in fields:
        field = name.lower()
        if field in _SPOKEN_FOR or field.startswith("x-forwarded-"):
            return False
        if field == "host":
            hosts.append(value)
    return is_local(address) and len(hosts) == 1 and _is_name_of_this_machine(hosts[0])


def _is_name_of_this_machine(host: str) -> bool:
    name = host.strip().lower()
    if name.startswith("["):
        return is_local(name[1:].partition("]")[0] or "-")
    name = name.partition(":")[0].removesuffix(".")
    if not name:
        return False
    return "." not in name or name.endswith(_HERE) or is_local(name)
