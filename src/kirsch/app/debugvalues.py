"""Any object in a few words of text: bounded, without secrets, and never failing.

Text, numbers and containers are read here, only as far as they are shown. Any other object is asked for its repr, as
long as there is Patience: no repr is begun after its seconds are over. One that never comes back cannot be stopped from
outside; then that request hangs, and the thread with it.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kirsch.app.redaction import REDACTED, is_secret, is_secret_key, is_secret_pair, redacted_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Value = TypeVar("Value")

MOST_CHARACTERS: Final = 400
MOST_CHARACTERS_INSIDE: Final = 120
ROOM_FOR_LENGTH: Final = 20
"""Characters behind a text that is cut, to say how long it is."""

MOST_ITEMS: Final = 12
MOST_ITEMS_INSIDE: Final = 6
DEEPEST: Final = 3
"""How far a value is looked into: a dict of lists of dicts."""
MOST_BITS: Final = 4096
MOST_OF_NAME: Final = 120
"""Characters of the name of a class, which may be made by a program, too."""

_SEQUENCES: Final[tuple[tuple[type, str, str], ...]] = (
    (list, "[", "]"),
    (tuple, "(", ")"),
    (set, "{", "}"),
    (frozenset, "frozenset({", "})"),
    (deque, "deque([", "])"),
)
_REPRS_OF_DICTS: Final = {kind.__repr__ for kind in (dict, OrderedDict, defaultdict, Counter)}


class Patience:
    """How long objects may take to describe themselves, all together."""

    def __init__(self, seconds: float = 1.0) -> None:
        self._until = monotonic() + seconds

    @property
    def spent(self) -> bool:
        """Whether no other object is to be asked."""
        return monotonic() > self._until


def guarded(call: Callable[[], Value], otherwise: Callable[[str], Value]) -> Value:
    """What the call returns; if it fails, what `otherwise` makes of the name of the error.

    Even a SystemExit out of somebody's __repr__ ends here: the page tells of another error.
    """
    try:
        return call()
    except BaseException as error:
        return otherwise(class_name(type(error)))


def named(name: str, value: Any, patience: Patience) -> str:
    """A variable, a parameter, a setting: as described(), and not at all if its name says that it is secret."""
    if value is not None and not isinstance(value, bool) and is_secret(name):
        return REDACTED
    return described(value, patience)


def described(value: Any, patience: Patience) -> str:
    """A value in MOST_CHARACTERS at most, the way repr shows it."""
    kind = class_name(type(value))
    text = guarded(lambda: _shown(value, patience, 0), lambda error: f"<{kind}: its repr raised {error}>")
    return shortened(redacted_text(text), MOST_CHARACTERS)


def plainly(value: Any, patience: Patience, most: int = MOST_CHARACTERS) -> str:
    """Text as it is, anything else as described()."""
    if issubclass(type(value), str):
        return shortened(redacted_text(str.__getitem__(value, slice(0, 2 * most))), most)
    return described(value, patience)


def shortened(text: str, most: int) -> str:
    """The beginning of a text: what is cut off cannot be the end of a secret whose name has gone."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def class_name(kind: type) -> str:
    """The name of a class, whatever its metaclass says."""
    name: object = type.__dict__["__name__"].__get__(kind)
    return shortened(name, MOST_OF_NAME) if type(name) is str else "object"


def message_of(error: BaseException, most: int) -> str:
    """What an exception says, as far as it can."""
    text = guarded(
        lambda: str.__getitem__(str(error), slice(0, most + 1)),
        lambda failure: f"(what it says cannot be read: its __str__ raised {failure})",
    )
    return shortened(redacted_text(text), most)


# -- one object after another ----------------------------------------------------------------------------------------


def _shown(value: Any, patience: Patience, depth: int) -> str:
    kind = type(value)
    own: Any = kind.__repr__
    most = MOST_CHARACTERS_INSIDE if depth else MOST_CHARACTERS - ROOM_FOR_LENGTH
    if issubclass(kind, str) and own is str.__repr__:
        return _literal(str.__getitem__(value, slice(0, most)), str.__len__(value))
    if issubclass(kind, (bytes, bytearray)) and own in (bytes.__repr__, bytearray.__repr__):
        return _literal(bytes(memoryview(value)[:most]), len(memoryview(value)))
    if issubclass(kind, int) and own is int.__repr__ and int.bit_length(value) > MOST_BITS:
        return f"<{class_name(kind)} of {int.bit_length(value):,} bits>"
    if issubclass(kind, dict) and own in _REPRS_OF_DICTS:
        return _dict(value, patience, depth)
    for base, opening, closing in _SEQUENCES:
        if issubclass(kind, base) and own is base.__repr__:
            return _sequence(value, (base, opening, closing), patience, depth)
    if own is object.__repr__:
        return _plain_object(value, patience, depth)
    if patience.spent:
        return f"<{class_name(kind)}: not asked, the time is up>"
    return shortened(str.__getitem__(repr(value), slice(0, most + 1)), most)


def _literal(start: str | bytes, length: int) -> str:
    return repr(start) if len(start) == length else f"{start!r}… ({length:,})"


def _item(value: Any, patience: Patience, depth: int) -> str:
    if is_secret_pair(value):
        return f"({_item(value[0], patience, depth)}, {REDACTED})"
    kind = class_name(type(value))
    return guarded(lambda: _shown(value, patience, depth), lambda error: f"<{kind}: its repr raised {error}>")


def _dict(value: Any, patience: Patience, depth: int) -> str:
    count = dict.__len__(value)
    items = _joined(_entries(dict.items(value), patience, depth + 1), count, depth)
    kind = type(value)
    return f"{{{items}}}" if kind is dict else f"{class_name(kind)}({{{items}}})"


def _entries(items: Any, patience: Patience, depth: int) -> Iterator[str]:
    for key, each in items:
        hidden = is_secret_key(key) and each is not None and not isinstance(each, bool)
        yield f"{_item(key, patience, depth)}: {REDACTED if hidden else _item(each, patience, depth)}"


def _sequence(value: Any, form: tuple[type, str, str], patience: Patience, depth: int) -> str:
    base, opening, closing = form
    iterate: Any = base.__dict__["__iter__"]
    count: int = base.__dict__["__len__"](value)
    items = _joined((_item(each, patience, depth + 1) for each in iterate(value)), count, depth)
    if base is tuple and count == 1:
        items += ","
    if base in (set, frozenset) and not count:
        opening, closing = f"{base.__name__}(", ")"
    shown = f"{opening}{items}{closing}"
    return shown if type(value) is base else f"{class_name(type(value))}({shown})"


def _joined(items: Iterator[str], count: int, depth: int) -> str:
    most = MOST_ITEMS_INSIDE if depth else MOST_ITEMS
    if depth >= DEEPEST:
        return "…" if count else ""
    shown = list(islice(items, most))
    return ", ".join(shown) + (f", … ({count:,} in all)" if count > most else "")


def _plain_object(value: Any, patience: Patience, depth: int) -> str:
    """An object whose class says nothing of how to show it: its attributes say more than its address."""
    attributes = guarded(lambda: object.__getattribute__(value, "__dict__"), lambda _: {})
    if type(attributes) is not dict or not attributes or depth >= DEEPEST - 1:
        return f"<{class_name(type(value))}>"
    shown = [
        f"{name}={REDACTED if is_secret(name) else _item(each, patience, depth + 1)}"
        for name, each in islice(attributes.items(), MOST_ITEMS_INSIDE)
        if isinstance(name, str)
    ]
    more = " …" if len(attributes) > MOST_ITEMS_INSIDE else ""
    return f"<{class_name(type(value))} {' '.join(shown)}{more}>"
