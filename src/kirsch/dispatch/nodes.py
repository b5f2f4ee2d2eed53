"""What of an object the outside may reach by naming it in a URL.

Anybody may write anything into a path, so the walk takes only what the program itself put there:

- no name that starts with `_`, whatever the object;
- from an instance of a class written in Python: its attributes, and the aliases that `expose` gave to its methods;
  but not, from a decorator that is an object, the function that it wraps;
- from a class: what it and its parents hold, not what every class can do (`mro`);
- from a module: what is exposed, what holds exposed functions, what has a `_cp_config` or `_cp_dispatch`, and its own
  submodules. Other things that it imported lead nowhere, nor do its classes, whose methods would lack their instance;
- from anything else (functions, methods, builtin objects): only what was set on it by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import FunctionType, MethodType, ModuleType
from typing import Any, Final

from kirsch.dispatch.names import canonical

Look = Callable[[Any, str, None], Any]
"""Finds (node, name, None): the attribute, or None."""

Fleeting = Callable[[Any, str], bool]
"""Whether (node, name) is computed at each look-up, so that the next one may give another object."""

Kind = tuple[Look, Fleeting | None]

MARKS: Final = frozenset({"exposed", "_cp_alias", "_cp_config", "_kirsch_slow"})
"""What we set on functions ourselves (see expose.py): none of it is a node."""

MOST_KINDS: Final = 4096
"""A program that makes classes without end must not fill the memory through us."""

IMMUTABLE_TYPE: Final = 1 << 8
"""The flag in `type.__flags__` of classes that are not written in Python (Py_TPFLAGS_IMMUTABLETYPE)."""

WRAPPERS: Final = (MethodType, staticmethod, classmethod)


def is_exposed(node: Any) -> bool:
    """Whether the node may answer requests. Only a true bool or number counts: proxies have any attribute asked for."""
    mark = getattr(node, "exposed", False)
    return mark is True or (isinstance(mark, int) and mark != 0)


def is_closed(method: MethodType) -> bool:
    """Whether nothing stands below a method: its function holds marks alone."""
    return MARKS.issuperset(getattr(method.__func__, "__dict__", ()))


def look(node: Any, name: str) -> Any:
    """What the node has under a canonical name, if the outside may go there, else None."""
    if name[:1] == "_":
        return None
    return KINDS[type(node)][0](node, name, None)


class Kinds(dict[type, Kind]):
    """How to look into the instances of a class; learned when first asked, by several threads at worst, but the same.

    Aliases that a class gets later are not noticed.
    """

    def __missing__(self, cls: type) -> Kind:
        if len(self) >= MOST_KINDS:
            self.clear()
        kind = self[cls] = kind_of(cls)
        return kind


KINDS: Final = Kinds()


def kind_of(cls: type) -> Kind:
    """Find out how to look into the instances of a class."""
    if issubclass(cls, ModuleType):
        return look_into_module, None
    if issubclass(cls, type):
        return look_into_class, None
    if cls.__flags__ & IMMUTABLE_TYPE:
        return look_into_method if cls is MethodType else look_into_own, None
    # PERF: getattr itself is the look for most classes: no Python frame for the commonest step.
    aliases = aliases_of(cls)
    look_into: Look = alias_look(aliases) if aliases else getattr
    if any("__call__" in vars(parent) for parent in cls.__mro__):
        look_into = wrapper_look(look_into)
    return look_into, fleeting_of(cls)


def look_into_method(node: MethodType, name: str, default: None) -> Any:
    """Of a method: what was set on its function. PERF: getattr itself takes 500 ns to find nothing on a method."""
    return getattr(node.__func__, "__dict__", {}).get(name, default)


def look_into_own(node: Any, name: str, default: None) -> Any:
    """Of functions and builtin objects: what was set on this very one."""
    return getattr(node, "__dict__", {}).get(name, default)


def look_into_class(node: type, name: str, default: None) -> Any:
    """Of a class: what stands in its body or a parent's."""
    if not any(name in vars(parent) for parent in node.__mro__):
        name = aliases_of(node).get(name, "")
    return getattr(node, name, default) if name else default


def look_into_module(node: ModuleType, name: str, default: None) -> Any:
    """Of a module: what is meant for it."""
    held = vars(node)
    if name.startswith("_"):
        return held.get(name, default)  # no segment gets here: it is the dispatcher, asking for its method
    value = held[name] if name in held else held.get(aliases_in(held).get(name, ""))
    return value if value is not None and is_meant(value, node) else default


def is_meant(value: Any, module: ModuleType) -> bool:
    """Whether a module's value is there to be walked."""
    if isinstance(value, ModuleType) and value.__name__.startswith(f"{module.__name__}."):
        return True
    if is_exposed(value):
        return True
    if isinstance(value, type):
        return False
    spaces = [getattr(value, "__dict__", {}), *map(vars, type(value).__mro__)]
    if any("_cp_config" in held or "_cp_dispatch" in held for held in spaces):
        return True
    return any(is_page(thing) for held in spaces for thing in list(held.values()))


def is_page(value: Any) -> bool:
    """Whether a raw value of a namespace is an exposed function, wrapped as a method or not."""
    return not isinstance(value, type) and bool(marks_of(value).get("exposed"))


def unwrapped(value: Any) -> Any:
    """The function inside a method, staticmethod or classmethod; anything else as it is."""
    # By type(): isinstance() asks the object too, and proxies answer for an object that may not be there.
    return value.__func__ if issubclass(type(value), WRAPPERS) else value


def marks_of(value: Any) -> Mapping[str, Any]:
    """What was set on a function or class itself, wrapped or not; nothing for anything else. Runs no code of it."""
    target = unwrapped(value)
    if issubclass(type(target), type) or type(target).__flags__ & IMMUTABLE_TYPE:
        return getattr(target, "__dict__", {})
    return {}


def wrapper_look(look_into: Look) -> Look:
    """A look for instances of a class that can be called, so that one may be a decorator and wrap a function."""

    def look_beside_wrapped(node: Any, name: str, default: None) -> Any:
        found = look_into(node, name, default)
        return default if found is not None and found is getattr(node, "__wrapped__", None) else found

    return look_beside_wrapped


def alias_look(aliases: dict[str, str]) -> Look:
    """A look for instances of a class that has aliases. What an instance holds itself wins over them."""

    def look_with_aliases(node: Any, name: str, default: None) -> Any:
        if name in aliases and name not in getattr(node, "__dict__", ()):
            name = aliases[name]
        return getattr(node, name, default)

    return look_with_aliases


def aliases_of(cls: type) -> dict[str, str]:
    """The aliases in the bodies of a class and its parents: alias to attribute. The nearest body wins."""
    aliases: dict[str, str] = {}
    for parent in reversed(cls.__mro__):
        held = vars(parent)
        aliases = {alias: name for alias, name in aliases.items() if alias not in held} | aliases_in(held)
    return aliases


def aliases_in(held: Mapping[str, Any]) -> dict[str, str]:
    """The aliases of what a namespace holds: alias to name, each alias both as spelled and canonical."""
    aliases: dict[str, str] = {}
    for name, value in list(held.items()):
        for alias in marks_of(value).get("_cp_alias", ()):
            aliases[alias] = aliases[canonical(alias)] = name
    return {alias: name for alias, name in aliases.items() if alias not in held}


def fleeting_of(cls: type) -> Fleeting | None:
    """Tells which attributes of a class's instances are computed; None if none are."""
    computed = {name for parent in cls.__mro__ for name, value in vars(parent).items() if is_computed(name, value)}
    if isinstance(cls.__getattribute__, FunctionType):
        return lambda _node, _name: True
    if not hasattr(cls, "__getattr__"):
        return (lambda _node, name: name in computed) if computed else None
    known = frozenset(name for parent in cls.__mro__ for name in vars(parent)) - computed
    return lambda node, name: name not in known and name not in getattr(node, "__dict__", ())


def is_computed(name: str, value: Any) -> bool:
    """Whether a raw value of a class, if a path can name it, is a property or a descriptor written in Python."""
    if name.startswith("_") or issubclass(type(value), cached_property):
        return False
    return issubclass(type(value), property) or isinstance(getattr(type(value), "__get__", None), FunctionType)
