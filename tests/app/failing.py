"""Code that fails, for the tests of what developers see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def raised(call: Callable[[], Any]) -> Exception:
    """What a call raises."""
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("it raised nothing")


def divide(amount: int, password: str = "hunter2") -> float:
    """Fail, with a secret among the arguments."""
    return amount / 0


def lookup(fruit: str = "pear") -> None:
    """Fail because something else has failed."""
    try:
        divide(3)
    except ZeroDivisionError as error:
        raise KeyError(fruit) from error


def give_up() -> None:
    """Fail while something that has failed is being handled."""
    try:
        lookup()
    except KeyError:
        raise ValueError  # noqa: B904


def dig(depth: int) -> float:
    """Fail in a call of itself."""
    return dig(depth - 1) if depth else 1 / 0


def ping(depth: int) -> float:
    """Fail when called by another one that it calls."""
    return pong(depth) if depth else 1 / 0


def pong(depth: int) -> float:
    """See ping."""
    return ping(depth - 1)


def chain_of(length: int, at_last: str = "1 / 0") -> Callable[[], Any]:
    """As many functions, each of which calls the next, so that no frame repeats."""
    names: dict[str, Any] = {"dig": dig}
    source = "".join(f"def f{number}(): f{number + 1}()\n" for number in range(length))
    exec(f"{source}def f{length}(): {at_last}\n", names)
    call: Callable[[], Any] = names["f0"]
    return call
