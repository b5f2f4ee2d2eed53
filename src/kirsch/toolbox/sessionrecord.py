"""What a store keeps of a session: a few words about it, and its data in bytes. How two changes of it are merged."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kirsch.toolbox.serializers import kept, same

if TYPE_CHECKING:
    from kirsch.toolbox.serializers import Codec, Data

_HEAD: Final = struct.Struct(">BII")

_NOTHING: Final = object()


class Record(NamedTuple):
    """See the module. Times are seconds since the epoch.

    created: when it began. renewed: when its cookie was sent last. value: the data.
    """

    created: int
    renewed: int
    value: bytes

    def pack(self, codec: Codec) -> bytes:
        """For the store."""
        value = _HEAD.pack(codec.mark, self.created, self.renewed) + self.value
        return value if type(self.value) is bytes else kept(value, self.value)


def unpack(value: bytes, codec: Codec) -> Record | None:
    """A record as it came from the store; None if it was written by another codec than this, or is none."""
    if len(value) < _HEAD.size:
        return None
    mark, created, renewed = _HEAD.unpack_from(value)
    return Record(created, renewed, kept(value[_HEAD.size :], value)) if mark == codec.mark else None


def merged(before: Data, mine: Data, theirs: Data, codec: Codec) -> tuple[Data, list[Any]]:
    """Two changes of the same data put together, and the keys that both have changed, each otherwise; mine has won."""
    result = dict(theirs)
    both = []
    for key in dict.fromkeys([*before, *mine]):
        was, here, there = (each.get(key, _NOTHING) for each in (before, mine, theirs))
        if _alike(here, was, codec) or _alike(here, there, codec):
            continue
        if not _alike(there, was, codec):
            both.append(key)
        if here is _NOTHING:
            result.pop(key, None)
        else:
            result[key] = here
    return result, both


def _alike(one: Any, other: Any, codec: Codec) -> bool:
    if one is other:
        return True
    if one is _NOTHING or other is _NOTHING:
        return False
    return same(codec.dumps({"": one}), codec.dumps({"": other}))
