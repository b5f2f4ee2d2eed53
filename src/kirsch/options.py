"""What an option is, written once: name, type, default and one sentence; its checks, flags and docs come from there.

An option stands in a class of options (`class Settings(Options): socket_port = Option(8080, "...")`), where reading it
gives its value, or in a table, where it has a name of its own (`Option(True, "...", name="log.screen")`).
A value of the wrong type is never bent into shape, with three exceptions that lose nothing: an int counts where a float
is expected, 0 and 1 count where a bool is, and a Path where a str is.
"""

from __future__ import annotations

import os
from inspect import iscoroutinefunction
from math import inf
from types import NoneType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, NamedTuple, Self, TypeVar, cast, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

T = TypeVar("T")
Kinds = type | tuple[type, ...]

_WORDS: Final[dict[type, str]] = {
    bool: "True or False",
    int: "an int",
    float: "a number",
    str: "a str",
    object: "a value",
}
_TRUE: Final = ("true", "yes", "on", "1")
_FALSE: Final = ("false", "no", "off", "0")
_LONGEST_SHOWN: Final = 60
_LONGEST_COMPARED: Final = 80


class OptionError(ValueError):
    """A value, or a name, that an option does not allow.

    name: of the option, `""` if it has none. problem: the rest of the message, for whoever knows a better name for it.
    """

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}" if name else problem)
        self.name = name
        self.problem = problem


class Check(NamedTuple):
    """What a value must be, beside its type. text: in words that follow those for the type, `from 0 to 65535`."""

    text: str
    passes: Callable[[Any], bool]


def between(least: float, most: float = inf) -> Check:
    """A number in a range, both ends included; without an upper end it must still be finite."""
    text = f"from {least} up" if most == inf else f"from {least} to {most}"
    return Check(text, lambda value: least <= value <= most and value != inf)


def one_of(*values: object) -> Check:
    """Exactly one of these."""
    return Check(f"that is {' or '.join(map(repr, values))}", lambda value: value in values)


def is_function(value: Any) -> bool:
    """Whether it can be called, and its answer is at hand then: a coroutine is true, whatever it is to become."""
    calls = (value, type(value).__call__) if callable(value) else ()
    return bool(calls) and not any(map(iscoroutinefunction, calls))


FUNCTION: Final = Check("that can be called, and is not `async def`", is_function)


class Option(Generic[T]):
    """One option. On a class of options it reads as itself, on an instance as its value.

    default: what holds if nobody says otherwise. about: one sentence for the docs and for `--help`.
    kinds: allowed types, by default that of the default; `object` allows all. None is allowed where it is the default.
    check: what a value other than None must be beside that. name: by default that of the attribute.
    """

    __slots__ = ("about", "check", "default", "kinds", "name")

    def __init__(
        self, default: T, about: str, kinds: Kinds | None = None, check: Check | None = None, name: str = ""
    ) -> None:
        if kinds is None:
            kinds = type(default)
        self.kinds: tuple[type, ...] = kinds if isinstance(kinds, tuple) else (kinds,)
        if default is None and NoneType not in self.kinds:
            self.kinds = (*self.kinds, NoneType)
        self.default = default
        self.about = about
        self.check = check
        self.name = name

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or name

    # There is no __set__ on purpose: Options checks what is assigned and keeps it in the instance's dict, which Python
    # asks first. PERF: reading a value takes 36 ns; through a call of __get__ it would be 85.

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> Self | T:
        return self if instance is None else self.default

    @property
    def expected(self) -> str:
        """What is allowed, in words."""
        words = " or ".join(_WORDS.get(kind, f"a {kind.__name__}") for kind in self.kinds if kind is not NoneType)
        if self.check is not None:
            words = f"{words} {self.check.text}".lstrip()
        return f"{words}, or None" if NoneType in self.kinds and words else words or "None"

    def accept(self, value: Any) -> T:
        """The value as it is to be kept, if it is allowed. Raises OptionError."""
        if value is None and (NoneType in self.kinds or object in self.kinds):
            return cast("T", value)
        fitting = self._fit(value)
        if fitting is None or (self.check is not None and not self.check.passes(fitting)):
            raise self._error(value)
        return cast("T", fitting)

    def _fit(self, value: Any) -> Any:
        """The value in one of our types; None if it is of another."""
        kinds = self.kinds
        if object in kinds or type(value) in kinds:
            return value
        if isinstance(value, bool):
            return None
        if bool in kinds and isinstance(value, int) and value in (0, 1):
            return bool(value)
        if float in kinds and isinstance(value, int):
            return float(value) if abs(value) < 1 << 1000 else None
        if str in kinds and isinstance(value, os.PathLike):
            return os.fsdecode(value)
        return value if isinstance(value, kinds) else None

    def from_text(self, text: str) -> T:
        """The value that a command line or an environment variable gives. Raises OptionError.

        bool: `true`, `yes`, `on`, `1` and their opposites. int: also `0x10`, `0o600`, `64_000`.
        Where None is allowed, it is `none` or nothing at all.
        """
        return self.accept(self._parse(text))

    def _parse(self, text: str) -> Any:
        word = text.strip().lower()
        if NoneType in self.kinds and word in ("", "none"):
            return None
        if bool in self.kinds and word in _TRUE + _FALSE:
            return word in _TRUE
        for kind, parse in ((int, lambda word: int(word, 0)), (float, float)):
            if kind in self.kinds:
                try:
                    return parse(word)
                except ValueError:
                    continue
        if str in self.kinds:
            return text
        raise self._error(text)

    def _error(self, value: Any) -> OptionError:
        return OptionError(self.name, f"expected {self.expected}, got {shown(value)}")

    def __repr__(self) -> str:
        return f"<Option {self.name}: {self.expected}, default {self.default!r}>"


class Options:
    """A group of options, each of them an attribute that is checked when it is set. Unknown names are refused.

    given: the names that were set, by the constructor or later, whatever their value.
    """

    known: ClassVar[Mapping[str, Option[Any]]] = {}
    given: frozenset[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.known = options_of(cls)

    def __init__(self, **values: Any) -> None:
        vars(self).update({name: option.default for name, option in self.known.items()}, given=frozenset())
        for name, value in values.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        option = self.known.get(name)
        if option is not None:
            vars(self)[name] = option.accept(value)
            vars(self)["given"] = self.given | {name}
        elif name.startswith("_") or hasattr(getattr(type(self), name, None), "__set__"):
            super().__setattr__(name, value)
        else:
            raise OptionError(name, f"there is no such option{did_you_mean(name, self.known)}")

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.known if name in self.given)
        return f"{type(self).__name__}({values})"


def options_of(cls: type) -> dict[str, Option[Any]]:
    """All options of a class and its parents by name, in the order in which they are written."""
    return {
        name: value
        for parent in reversed(cls.__mro__)
        for name, value in vars(parent).items()
        if isinstance(value, Option)
    }


def shown(value: object) -> str:
    """A value and its type for a message, shortened."""
    text = repr(value)
    if len(text) > _LONGEST_SHOWN:
        text = f"{text[:_LONGEST_SHOWN]}..."
    return text if value is None or isinstance(value, bool) else f"{text} ({type(value).__name__})"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message: `; did you mean 'x'?`, or nothing if no known name is near."""
    found = nearest(name, known)
    return f"; did you mean {found!r}?" if found else ""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was most likely meant, None if none is near. Of equals, the first.

    Near is what differs in a third of its letters at most, or what has all the words of `name` and more.
    """
    wanted = name[:_LONGEST_COMPARED].lower().replace("-", "_")
    limit = max(1, len(wanted) // 3)
    best: str | None = None
    also: str | None = None
    words = set(wanted.split("_"))
    for candidate in known:
        other = candidate.lower().replace("-", "_")
        if abs(len(other) - len(wanted)) <= limit:
            steps = distance(wanted, other)
            if steps <= limit:
                best, limit = candidate, steps - 1
        if also is None and words <= set(other.split("_")):
            also = candidate
    return best or also


def distance(one: str, other: str) -> int:
    """How many letters to insert, delete, replace or swap with their neighbour to make one name the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one):
        older, before, row = before, row, [i + 1]
        for j, their in enumerate(other):
            steps = min(before[j] + (letter != their), before[j + 1] + 1, row[j] + 1)
            if i and j and letter == other[j - 1] and their == one[i - 1]:
                steps = min(steps, older[j - 1] + 1)
            row.append(steps)
    return row[-1]
