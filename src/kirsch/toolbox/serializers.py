"""A session's data as bytes, and back: as MessagePack by default, by pickle or something else for those who say so.

MessagePack has values of its own for text, numbers, bytes, lists and dicts; what people also put into sessions has a
tag each: tuples, sets, dates and times, Decimal, UUID. Anything else cannot leave the process; where it need not, in a
store of this process alone, it is kept as the object that it is.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from operator import is_
from typing import TYPE_CHECKING, Any, Final, Protocol, Self
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

Data = dict[Any, Any]

AS_IT_IS: Final = frozenset({str, bytes, float, bool, type(None)})
"""Types whose values MessagePack has, too. Exactly these: what is derived from them would come back as less."""

LEAST, MOST = -(1 << 63), (1 << 64) - 1
"""Of numbers that MessagePack has."""

PAIRS, TUPLE, SET, FROZENSET, DATETIME, DATE, TIME, TIMEDELTA, DECIMAL, IDENTIFIER, INTEGER, OBJECT = range(1, 13)

_encode: Final = msgspec.msgpack.Encoder().encode


class Unstorable(TypeError):
    """A value has no bytes: which one, of what type, and what to do about it."""

    def __init__(self, key: object, reason: str, or_else: str = "") -> None:
        super().__init__(
            f"session[{key!r}] cannot be stored: {reason}. Keep what names it instead, such as its id{or_else}"
        )


OR_PICKLE: Final = "; or set tools.sessions.serializer = 'pickle', where nobody else can write to the store"


def unstorable(dumps: Callable[[Data], Any], data: Data, who: str, error: Exception, or_else: str = "") -> Unstorable:
    """The error for the first entry that somebody's dumps() refuses; as it may be anybody's, for whatever it raises."""
    for key, value in data.items():
        try:
            dumps({key: value})
        except Exception as found:
            return Unstorable(key, f"{who} says: {found}", or_else)
    return Unstorable("...", f"{who} says: {error}", or_else)


class Codec(Protocol):
    """What makes bytes of data. mark: a number from 0 to 255 that tells its bytes from those of others."""

    mark: int

    def dumps(self, data: Data) -> bytes:
        """The data as bytes. Raises Unstorable."""

    def loads(self, value: bytes) -> Data:
        """The data again."""


class Kept(bytes):
    """The bytes of data that does not leave the process. objects: those in it that have no bytes, as its tags count."""

    objects: tuple[Any, ...] = ()

    def __new__(cls, value: bytes, objects: tuple[Any, ...]) -> Self:
        """Bytes with these objects."""
        self = super().__new__(cls, value)
        self.objects = objects
        return self


def kept(value: bytes, like: bytes) -> bytes:
    """A value with the objects of another one, which it was made from."""
    if type(like) is bytes:
        return value
    objects = getattr(like, "objects", ())
    return Kept(value, objects) if objects else value


def same(one: bytes, other: bytes) -> bool:
    """Whether two values stand for the same data, down to the objects."""
    if type(one) is bytes and type(other) is bytes:
        return one == other
    ours, theirs = getattr(one, "objects", ()), getattr(other, "objects", ())
    return one == other and len(ours) == len(theirs) and all(map(is_, ours, theirs))


class Refused(Exception):
    """A value that has no bytes. Its key is not known yet."""


class Packer:
    """Data as MessagePack; see the module. here: the bytes stay in this process, so any object may be in the data."""

    mark = 1

    def __init__(self, *, here: bool = False) -> None:
        self._here = here

    def dumps(self, data: Data) -> bytes:
        """The data as bytes. Raises Unstorable."""
        try:
            if _is_simple(data):
                return _encode(data)
            tagging = Tagging([] if self._here else None)
            value = _encode(tagging.tagged(data))
        except (Refused, RecursionError, UnicodeError) as error:
            raise self._unstorable(data, error) from None
        return Kept(value, tuple(tagging.objects)) if tagging.objects else value

    def _unstorable(self, data: Data, error: Exception) -> Unstorable:
        """The error for the first entry that cannot be encoded."""
        for key, value in data.items():
            try:
                _encode(Tagging([] if self._here else None).tagged([key, value]))
            except RecursionError:
                return Unstorable(key, "it contains itself, or is nested too deeply", OR_PICKLE)
            except (Refused, UnicodeError) as found:
                return Unstorable(key, str(found), OR_PICKLE)
        return Unstorable("...", str(error), OR_PICKLE)

    def loads(self, value: bytes) -> Data:
        """The data again."""
        objects: tuple[Any, ...] = () if type(value) is bytes else getattr(value, "objects", ())
        data: Data = Untagging(objects).decode(value) if objects else _untag(value)
        return data


def _is_simple(data: Data) -> bool:
    """Whether there is nothing to tag. PERF: many sessions are like this."""
    for key, value in data.items():
        kind = type(value)
        if type(key) is not str:
            return False
        if kind is int:
            if not LEAST <= value <= MOST:
                return False
        elif kind not in AS_IT_IS:
            return False
    return True


class Tagging:
    """Makes values plain: those that MessagePack does not have become tags. objects: where others go, if anywhere."""

    def __init__(self, objects: list[Any] | None) -> None:
        self.objects = objects

    def tagged(self, value: Any) -> Any:
        """A value that can be encoded. Raises Refused."""
        kind = type(value)
        if kind in AS_IT_IS:
            return value
        if kind is int:
            return value if LEAST <= value <= MOST else _tag(INTEGER, str(value))
        if kind is list:
            return list(map(self.tagged, value))
        if kind is dict:
            return self._dict(value)
        if kind is tuple:
            return _tag(TUPLE, list(map(self.tagged, value)))
        if kind is set or kind is frozenset:  # in an order of its own, so that equal sets have equal bytes
            return _tag(SET if kind is set else FROZENSET, sorted(map(self.tagged, value), key=_encode))
        way = WAYS.get(kind)
        return _tag(way[0], way[1](value)) if way is not None else self._object(value)

    def _dict(self, value: dict[Any, Any]) -> Any:
        if all(type(key) in AS_IT_IS for key in value):
            return {key: self.tagged(each) for key, each in value.items()}
        return _tag(PAIRS, [[self.tagged(key), self.tagged(each)] for key, each in value.items()])

    def _object(self, value: Any) -> Any:
        if self.objects is None:
            kind = type(value)
            raise Refused(f"a {kind.__module__}.{kind.__qualname__} is none of the types that a store can keep")
        self.objects.append(value)
        return _tag(OBJECT, len(self.objects) - 1)


def _tag(code: int, value: Any) -> msgspec.msgpack.Ext:
    return msgspec.msgpack.Ext(code, _encode(value))


class Untagging:
    """Makes of tags again what they stand for. decode: does it with bytes. objects: that tags may stand for."""

    def __init__(self, objects: tuple[Any, ...] = ()) -> None:
        self._objects = objects
        self.decode = msgspec.msgpack.Decoder(ext_hook=self._back).decode

    def _back(self, code: int, data: memoryview) -> Any:
        value = self.decode(data)
        return self._objects[value] if code == OBJECT else BACK[code](value)


_untag: Final = Untagging().decode


def _from_datetime(value: datetime) -> list[str | None]:
    """With its offset, and the name of its zone if that has one."""
    return [value.isoformat(), getattr(value.tzinfo, "key", None)]


def _to_datetime(value: list[Any]) -> datetime:
    moment = datetime.fromisoformat(value[0])
    if value[1] is None:
        return moment
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo(value[1]))


WAYS: Final[dict[type, tuple[int, Callable[[Any], Any]]]] = {
    datetime: (DATETIME, _from_datetime),
    date: (DATE, date.isoformat),
    time: (TIME, time.isoformat),
    timedelta: (TIMEDELTA, lambda value: [value.days, value.seconds, value.microseconds]),
    Decimal: (DECIMAL, str),
    UUID: (IDENTIFIER, lambda value: value.bytes),
}
"""By type, its tag, and what stands behind that."""

BACK: Final[dict[int, Callable[[Any], Any]]] = {
    PAIRS: dict,
    TUPLE: tuple,
    SET: set,
    FROZENSET: frozenset,
    DATETIME: _to_datetime,
    DATE: date.fromisoformat,
    TIME: time.fromisoformat,
    TIMEDELTA: lambda value: timedelta(*value),
    DECIMAL: Decimal,
    IDENTIFIER: lambda value: UUID(bytes=value),
    INTEGER: int,
}
"""By tag, what makes a value of it again."""


class Pickler:
    """Data by pickle: nearly any object, and for whoever can write to the store a way to run what he likes here."""

    mark = 2

    def dumps(self, data: Data) -> bytes:
        """The data as bytes. Raises Unstorable."""
        import pickle

        try:
            return pickle.dumps(data, pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # whatever an object of somebody's raises when it is asked for its state
            raise unstorable(pickle.dumps, data, "pickle", error) from None

    def loads(self, value: bytes) -> Data:
        """The data again."""
        import pickle

        data: Data = pickle.loads(value)  # noqa: S301 - somebody has asked for it, by name
        return data


class Other:
    """Data by something else that has dumps() and loads(), as the modules `json` and `marshal` have."""

    mark = 3

    def __init__(self, module: Any) -> None:
        self._module = module

    def dumps(self, data: Data) -> bytes:
        """The data as bytes. Raises Unstorable."""
        try:
            value = self._module.dumps(data)
        except Exception as error:
            name = getattr(self._module, "__name__", type(self._module).__name__)
            raise unstorable(self._module.dumps, data, name, error, OR_PICKLE) from None
        return value.encode() if isinstance(value, str) else value

    def loads(self, value: bytes) -> Data:
        """The data again."""
        data: Data = self._module.loads(value)
        return data


def codec_for(serializer: Any, *, here: bool) -> Codec:
    """What `tools.sessions.serializer` names. here: the bytes stay in this process. ValueError for what is none."""
    if serializer == "msgpack":
        return Packer(here=here)
    if serializer == "pickle":
        return Pickler()
    if callable(getattr(serializer, "dumps", None)) and callable(getattr(serializer, "loads", None)):
        return Other(serializer)
    raise ValueError(f"a serializer is 'msgpack', 'pickle', or has dumps() and loads(), and is not {serializer!r}")
