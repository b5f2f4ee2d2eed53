"""Config files in the INI form: `[section]`, then `key = value` or `key: value`, values being Python literals.

The form is that of `configparser`: `#` and `;` begin a line of comment, a longer indentation continues a value,
`%(name)s` puts in the raw value of another key of the section or of `[DEFAULT]`, `%%` is a percent sign. Keys keep
their case. A value is data: literals, also joined by `+` or repeated by `*`. Nothing is imported, nothing called.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn

from kirsch.app.place import ConfigError, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from configparser import ConfigParser

MOST_REPEATED: Final = 1_000_000
"""The longest str, bytes, list or tuple that `*` may make."""

_WORDS: Final = {"true": "True", "yes": "True", "on": "True", "false": "False", "no": "False", "off": "False"}
_WORDS_FOR_NONE: Final = ("none", "null", "nil")
_LONGEST_SHOWN: Final = 60

Sections = dict[str, dict[str, Any]]
Lines = dict[tuple[str, str], int]


class Key(str):
    """A key that knows the line it was read from."""

    __slots__ = ("line",)
    line: int


class Counted:
    """The lines of a text, counted as a parser takes them; makes its keys at the line where it is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line = 0

    def __iter__(self) -> Iterator[str]:
        for line in self.text.split("\n"):
            self.line += 1
            yield line

    def key(self, name: str) -> Key:
        """A key, met at the line that was taken last."""
        key = Key(name)
        key.line = self.line
        return key


class NotLiteralError(ValueError):
    """A value is not one of the literals that a config file may hold; the message says why."""


def read_ini(text: str, source: str) -> tuple[Sections, Lines]:
    """The sections of a file's text, and the lines of their keys by section and key. Raises ConfigError."""
    parser = _parsed(text, source)
    sections: Sections = {}
    lines: Lines = {}
    for section in parser.sections():
        values = sections[section] = {}
        for key in parser.options(section):
            name = str(key)
            lines[section, name] = line = getattr(key, "line", 0)
            values[name] = _value(parser, Place(source, line, section, name))
    return sections, lines


def _parsed(text: str, source: str) -> ConfigParser:
    import configparser

    counted = Counted(text)

    class Parser(configparser.ConfigParser):
        def optionxform(self, optionstr: str) -> str:  # called for each key where it is met; the key keeps its case
            return counted.key(optionstr)

    parser = Parser()
    try:
        parser.read_file(counted, source)
    except configparser.MissingSectionHeaderError as error:
        advice = "a key stands before the first section; put [global], or a path like [/], above it"
        raise ConfigError(advice, Place(source, error.lineno)) from None
    except (configparser.DuplicateOptionError, configparser.DuplicateSectionError) as error:
        key = getattr(error, "option", "")
        raise ConfigError("stands there twice", Place(source, error.lineno or 0, error.section, key)) from None
    except configparser.ParsingError as error:
        problem = "neither [section] nor key = value, nor indented so that it belongs to the line above"
        raise ConfigError(problem, Place(source, error.errors[0][0] if error.errors else counted.line)) from None
    return parser


def _value(parser: ConfigParser, place: Place) -> Any:
    import configparser

    try:
        return literal(parser.get(place.section, place.key))
    except configparser.InterpolationMissingOptionError as error:
        problem = f"%({error.reference})s: there is no such key in this section or in [DEFAULT]"
    except configparser.InterpolationError as error:
        problem = f"{error.message.splitlines()[0]}; a percent sign itself is written %%"
    except NotLiteralError as error:
        problem = str(error)
    raise ConfigError(problem, place) from None


def literal(text: str) -> Any:
    """The value that a text stands for; nothing at all stands for itself. Raises NotLiteralError."""
    if not text.strip():
        return text
    try:
        return evaluate(ast.parse(text.strip(), mode="eval").body)
    except NotLiteralError:
        raise
    except (RecursionError, MemoryError):
        raise NotLiteralError("the value is nested too deeply") from None
    except (SyntaxError, ValueError, TypeError, OverflowError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise NotLiteralError(f"{_shortened(text)} is not a Python value ({reason}){_advice(text)}") from None


def evaluate(node: ast.expr) -> Any:
    """What an expression is worth. Raises NotLiteralError."""
    match node:
        case ast.Constant():
            return node.value
        case ast.List():
            return [evaluate(item) for item in node.elts]
        case ast.Tuple():
            return tuple(evaluate(item) for item in node.elts)
        case ast.Set():
            return {evaluate(item) for item in node.elts}
        case ast.Dict():
            return {evaluate(_named(key)): evaluate(value) for key, value in zip(node.keys, node.values, strict=True)}
        case ast.UnaryOp(op=ast.USub()):
            return -evaluate(node.operand)
        case ast.BinOp(op=ast.Add()):
            return evaluate(node.left) + evaluate(node.right)
        case ast.BinOp(op=ast.Mult()):
            return _product(evaluate(node.left), evaluate(node.right))
    return Beyond.evaluate(node)


def _named(key: ast.expr | None) -> ast.expr:
    if key is None:
        raise NotLiteralError("** is not possible in a config file")
    return key


def _product(left: Any, right: Any) -> Any:
    """The product, within bounds: a few letters must not ask for gigabytes."""
    for sequence, times in ((left, right), (right, left)):
        if isinstance(times, int) and hasattr(sequence, "__len__") and len(sequence) * times > MOST_REPEATED:
            raise NotLiteralError(f"the value would be longer than {MOST_REPEATED}")
    return left * right


def refuse(node: ast.expr) -> NoReturn:
    """Say why an expression is not taken."""
    raise NotLiteralError(_refusal(node))


class Beyond:
    """What becomes of an expression that is no literal: for the application of others, kirsch.compat evaluates it."""

    evaluate: ClassVar[Callable[[ast.expr], Any]] = staticmethod(refuse)


def _refusal(node: ast.expr) -> str:
    """Why an expression is not taken."""
    text = ast.unparse(node)
    if isinstance(node, ast.Name):
        return f"{_shortened(text)} is a name, and a config file holds data only{_advice(text)}"
    if isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        return (
            f"{_shortened(text)} would import or call something, and a config file holds data only: give this "
            f"setting in Python, as a dict, or run the program by `kirsch run --cherrypy`"
        )
    return f"{_shortened(text)} is more than literals joined by + or repeated by *"


def _advice(text: str) -> str:
    """What may have been meant by something that is no literal."""
    word = text.strip()
    if word.lower() in _WORDS:
        return f"; write {_WORDS[word.lower()]}"
    if word.lower() in _WORDS_FOR_NONE:
        return "; write None"
    if "\n" in word:
        return "; a value of several lines stands in brackets"
    if word[:1] in "\"'([{":
        return ""
    return f"; text stands in quotes: {_shortened(repr(word))}"


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
