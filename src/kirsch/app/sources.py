"""Where config comes from: a dict, or a file in the INI or TOML form, given by its name or open.

A file is TOML if its name ends in `.toml`. In TOML, a path is a table with a quoted name: `["/admin"]`. Keys are quoted
(`"tools.gzip.on" = true`) or not (`tools.gzip.on = true`), which makes nested tables; they are joined into keys where
they stand for settings, and stay what they are elsewhere (see Source.flat).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from kirsch.app.inifile import read_ini
from kirsch.app.place import ConfigError, Place

Depth = Callable[[str], int]
"""Of how many words a setting's name consists, by its first words `tools` or `request.body`; 0 if it is no setting."""

TOML: Final = ".toml"

_PART = r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'"""
_TOML_KEY = re.compile(rf"\s*((?:{_PART})(?:\s*\.\s*(?:{_PART}))*)\s*=")
_TOML_HEADER = re.compile(rf"\s*\[\s*((?:{_PART})(?:\s*\.\s*(?:{_PART}))*)\s*\]")
_BARE_PATH = re.compile(r"^\s*\[/", re.MULTILINE)
_TOML_PART = re.compile(_PART)


class Source:
    """What was read. sections: by name, values as they came. name: of the file; "" if it was a dict.

    lines: of the keys, by section and key, as far as they are known. is_file: whether the name can be looked at again.
    """

    def __init__(
        self, sections: Mapping[str, Any], name: str = "", lines: Mapping[tuple[str, str], int] | None = None
    ) -> None:
        self.sections = dict(sections)
        self.name = name
        self.lines = lines or {}
        self.is_file = False

    def place(self, section: str, key: str = "", otherwise: str = "") -> Place:
        """Where a key stands. otherwise: what to call the source if it is no file."""
        return Place(self.name or otherwise, self.lines.get((section, key), 0), section, key)

    def flat(self, values: Mapping[str, Any], depth: Depth) -> dict[str, Any]:
        """A section with the nested tables of TOML joined into keys, as deep as settings go."""
        if not self.name.endswith(TOML):
            return dict(values)
        return dict(_joined("", values, depth))

    def is_outside(self, name: str, depth: Depth) -> bool:
        """Whether what looks like a section is a setting outside of all of them: the table `[tools.gzip]` in TOML."""
        return self.name.endswith(TOML) and isinstance(name, str) and depth(name) > 0

    def __repr__(self) -> str:
        return f"<Source {self.name or 'dict'} with {', '.join(map(repr, self.sections))}>"


def read(given: Any) -> Source:
    """Read config: a dict, the name of a file, an open file, or what was read before. Raises ConfigError."""
    if isinstance(given, Source):
        return given
    if isinstance(given, Mapping):
        return Source(given)
    if isinstance(given, str | bytes | os.PathLike):
        name = os.fsdecode(given)
        try:
            with open(name, "rb") as file:
                source = _parse(file.read(), name)
        except OSError as error:
            where = "" if os.path.isabs(name) else f" (looked in {os.getcwd()})"
            raise ConfigError(f"cannot read the config file {name!r}: {error.strerror}{where}") from None
        source.is_file = True
        return source
    if hasattr(given, "read"):
        name = getattr(given, "name", "")
        return _parse(given.read(), name if isinstance(name, str) else "an open file")
    raise ConfigError(f"config is a dict, the name of a file or an open file, not {given!r}")


def _parse(content: str | bytes, name: str) -> Source:
    text = content if isinstance(content, str) else _decoded(content, name)
    if name.endswith(TOML):
        return _parse_toml(text, name)
    name = name or "an open file"
    sections, lines = read_ini(text, name)
    return Source(sections, name, lines)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError("config files are UTF-8, and this line is not", Place(name, line)) from None


def _parse_toml(text: str, name: str) -> Source:
    import tomllib

    try:
        sections = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        advice = '; a path is written ["/path"]' if _BARE_PATH.search(text) else ""
        raise ConfigError(f"this is not TOML: {error}{advice}", Place(name)) from None
    except RecursionError:
        raise ConfigError("this is nested too deeply", Place(name)) from None
    return Source(sections, name, toml_lines(text))


def toml_lines(text: str) -> dict[tuple[str, str], int]:
    """The lines of the keys of a TOML text, found without understanding it: for messages, where a guess will do."""
    lines: dict[tuple[str, str], int] = {}
    table: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if header := _TOML_HEADER.match(line):
            table = _parts(header[1])
        elif key := _TOML_KEY.match(line):
            words = [*table, *_parts(key[1])]
            for end in range(1, len(words) + 1):
                lines.setdefault(("", ".".join(words[:end])), number)
                lines.setdefault((words[0], ".".join(words[1:end])), number)
    return lines


def _parts(key: str) -> list[str]:
    return [part.strip("\"'") for part in _TOML_PART.findall(key)]


def _joined(prefix: str, values: Mapping[str, Any], depth: Depth) -> list[tuple[str, Any]]:
    """The keys of nested tables, joined by dots."""
    joined: list[tuple[str, Any]] = []
    for word, value in values.items():
        key = f"{prefix}{word}"
        if isinstance(value, dict) and value and key.count(".") + 1 < depth(key):
            joined += _joined(f"{key}.", value, depth)
        else:
            joined.append((key, value))
    return joined
