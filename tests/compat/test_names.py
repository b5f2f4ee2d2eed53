"""The names of CherryPy 18.10 and their parameters, as read by introspection, against ours."""

from __future__ import annotations

import dis
import importlib
import inspect
from pathlib import Path

from kirsch.compat.alias import place_of
from tests.compat.differences import LEFT_OUT, OTHERWISE

TABLE = Path(__file__).with_name("cherrypy_18_10.txt")
"""A line for each: dotted name, and parameters as `(a, b=, *c, **d)` where it can be called."""


def recorded():
    """Name and parameters of each line; parameters are None for what is not called."""
    for line in TABLE.read_text("utf-8").splitlines():
        name, bracket, parameters = line.partition("(")
        yield name, [each for each in parameters.rstrip(")").split(", ") if each] if bracket else None


def resolved(name):
    """What has this name here. AttributeError if nothing has; None for an attribute that instances get."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(place_of(".".join(parts[:count])))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            found = None if isinstance(found, type) and part in set_on_instances(found) else getattr(found, part)
        return found
    raise AttributeError(name)


def set_on_instances(cls):
    """Attributes that methods of the class set, or that it announces."""
    names = set()
    for each in cls.__mro__:
        names |= set(vars(each).get("__annotations__", ())) | set(vars(each).get("__slots__", ()))
        for method in vars(each).values():
            if inspect.isfunction(method):
                names |= {step.argval for step in dis.get_instructions(method) if step.opname == "STORE_ATTR"}
    return names - set(dir(cls))


def parameters_of(thing):
    """As in the table; None if nobody knows."""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return None
    marks: dict[object, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return [
        f"{marks.get(each.kind, '')}{each.name}{'=' if each.default is not each.empty else ''}"
        for each in signature.parameters.values()
    ]


def fits(theirs, ours):
    """Whether what is called as theirs can be called here: by place and by name, with more behind."""
    if theirs[:1] in (["self"], ["cls"]) and ours[:1] != theirs[:1]:
        theirs = theirs[1:]
    named = [each for each in theirs if not each.startswith("*")]
    return ours[: len(named)] == named or any(each.startswith("**") for each in ours)


def missing():
    """Names that nothing has here."""
    for name, _ in recorded():
        try:
            resolved(name)
        except AttributeError:
            yield name


def otherwise():
    """Names of what is called otherwise here."""
    gone = set(missing())
    for name, theirs in recorded():
        ours = parameters_of(resolved(name)) if name not in gone and theirs is not None else None
        if ours is not None and theirs is not None and not fits(theirs, ours):
            yield name


def within(name, places):
    """Whether a name is one of the places, or lies below one."""
    return any(f"{name}.".startswith(f"{place}.") for place in places)


def test_names():
    """Each is there, or left out with a reason; and what is left out is not there."""
    gone = set(missing())
    left_out = {name for names in LEFT_OUT.values() for name in names}

    assert {name for name in gone if not within(name, left_out)} == set()
    assert {name for name in left_out if not any(within(each, [name]) for each in gone)} == set()


def test_parameters():
    """Each is called as there, or stands in the list with a reason."""
    assert sorted(otherwise()) == sorted(name for names in OTHERWISE.values() for name in names)
