"""What a store keeps of a session: a few words about it, and its data in bytes. How two changes of it are merged."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

from kirsch.toolbox.serializers import kept, same

if TYPE_CHECKING:
    from kirsch.stores.store import Entry
    from kirsch.toolbox.serializers import Codec, Data

_HEAD: Final = struct.Struct(">BII")
_pack: Final = _HEAD.pack
_unpack: Final = _HEAD.unpack_from
SIZE: Final = _HEAD.size

_NOTHING: Final = object()


class Record:
    """See the module. Times are seconds since the epoch. PERF: a tuple with names takes three times as long to make.

    created: when it began. renewed: when its cookie was sent last. value: the data in bytes. version: of the entry that
    the store has, or ABSENT. data: what is in `value`, if it was fetched: a copy of one's own.
    """

    __slots__ = ("created", "data", "renewed", "value", "version")

    def __init__(self, created: int, renewed: int, value: bytes, version: Any) -> None:
        self.created = created
        self.renewed = renewed
        self.value = value
        self.version = version
        self.data: Data = {}

    def pack(self, mark: int) -> bytes:
        """For the store. mark: of the codec."""
        value = _pack(mark, self.created, self.renewed) + self.value
        return value if type(self.value) is bytes else kept(value, self.value)


def unpack(entry: Entry, codec: Codec) -> Record | None:
    """A record as it came from the store, without its data; None if another codec than this wrote it, or it is none."""
    value, version = entry
    if len(value) < SIZE:
        return None
    mark, created, renewed = _unpack(value)
    if mark != codec.mark:
        return None
    data = value[SIZE:]
    return Record(created, renewed, data if type(value) is bytes else kept(data, value), version)


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
