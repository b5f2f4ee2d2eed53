"""Parameters as a handler annotates them: text from path, query and form becomes numbers, dates, members of enums.

Annotations are read once for each handler. What `msgspec` can make of text it makes; any other class or function that
stands as an annotation is called with the text.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final

import msgspec

from kirsch.app.body import Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from kirsch.app.params import Plan

Conversion = typing.Callable[[Any], Any]

_MANY: Final = (list, tuple, set, frozenset, Sequence, Collection, Iterable, AbstractSet)
_OPEN: Final = (Any, object, inspect.Parameter.empty)


class NotConverted(Exception):
    """A value does not fit. name: of the parameter. The message is for whoever sent it."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"The parameter {name!r} cannot be used: {problem}")
        self.name = name


class Conversions:
    """See the module. by_name: what converts a parameter. positional: their names by place. rest: for what is beyond.

    Raises TypeError for annotations that cannot be read.
    """

    def __init__(self, handler: Callable[..., Any], plan: Plan) -> None:
        self.positional = plan.positional
        hints = _hints(handler)
        self.by_name = {name: found for name, hint in hints.items() if (found := conversion(hint)) is not None}
        self.rest = self.by_name.pop(_rest(handler), None)

    def convert(self, params: MutableMapping[str, Any]) -> None:
        """Convert parameters that came by name, in place. Raises NotConverted, and what annotations raise."""
        for name, conversion in self.by_name.items():
            if name in params:
                params[name] = _converted(conversion, name, params[name])

    def converted(self, args: Sequence[Any]) -> list[Any]:
        """Arguments that came by position. Raises as convert()."""
        known = self.positional
        found = []
        for place, value in enumerate(args):
            name = known[place] if place < len(known) else f"*{place}"
            conversion = self.by_name.get(name) if place < len(known) else self.rest
            found.append(value if conversion is None else _converted(conversion, name, value))
        return found


def conversion(hint: Any) -> Conversion | None:
    """What makes of a value from the wire what an annotation says; None if it may be anything."""
    if hint in _OPEN:
        return None
    if inspect.isroutine(hint):
        return typing.cast("Conversion", hint)
    members = _members(hint)
    plain = [each for each in members if each is not NoneType]
    many = any((typing.get_origin(each) or each) in _MANY for each in plain)
    return partial(_convert, hint, many, len(plain) < len(members) and str not in plain)


def _members(hint: Any) -> tuple[Any, ...]:
    """The members of a union; of anything else, itself. Without what `Annotated` adds."""
    if typing.get_origin(hint) is typing.Annotated:
        return _members(typing.get_args(hint)[0])
    if typing.get_origin(hint) in (typing.Union, UnionType):
        return tuple(member for each in typing.get_args(hint) for member in _members(each))
    return (hint,)


def _convert(hint: Any, many: bool, optional: bool, value: Any) -> Any:
    if optional and value == "":  # a field of a form that was left empty
        return None
    if many and not isinstance(value, list):
        value = [value]
    return msgspec.convert(value, hint, strict=False, dec_hook=_make)


def _make(kind: Any, value: Any) -> Any:
    """An instance of a class that msgspec knows nothing of."""
    if isinstance(value, kind):
        return value
    if issubclass(kind, Upload):
        raise ValueError("expected a file")
    return kind(value)


def _converted(conversion: Conversion, name: str, value: Any) -> Any:
    try:
        return conversion(value)
    except msgspec.ValidationError as error:
        raise NotConverted(name, str(error).removesuffix(", got `str`").replace(", got `str` -", " -")) from error


def _hints(handler: Callable[..., Any]) -> Mapping[str, Any]:
    target: Any = handler
    if inspect.isclass(handler):
        target = handler.__init__
    elif not inspect.isroutine(handler):
        target = type(handler).__call__
    try:
        hints = typing.get_type_hints(target, include_extras=True)
    except NameError as error:
        raise TypeError(
            f"the annotations of {handler!r} cannot be read: {error}; what they name must be imported when the program "
            f"runs, not for type checkers only"
        ) from None
    except TypeError:  # nothing that could have annotations: a builtin
        return {}
    hints.pop("return", None)
    return hints


def _rest(handler: Callable[..., Any]) -> str:
    try:
        parameters = inspect.signature(handler).parameters.values()
    except (TypeError, ValueError):
        return ""
    return next((each.name for each in parameters if each.kind is each.VAR_POSITIONAL), "")
