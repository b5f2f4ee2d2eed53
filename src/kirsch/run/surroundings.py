"""Config from around the program: variables `KIRSCH_…` of the environment, and `[tool.kirsch]` of pyproject.toml.

`KIRSCH_SERVER__SOCKET_PORT=8000` sets `server.socket_port`: two underscores stand for a dot, capital letters for small
ones. A value is what the key's type makes of it; for keys without a known type it is JSON, or else text.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kirsch.app.config import ConfigError, GlobalConfig
from kirsch.app.place import Place
from kirsch.app.sources import Source, toml_lines
from kirsch.options import OptionError
from kirsch.server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "KIRSCH_"
PROJECT: Final = "pyproject.toml"
APP: Final = "app"


def take_environment(config: GlobalConfig, environ: Mapping[str, str]) -> list[str]:
    """Set what the variables say; their names. Raises ConfigError, which names the variable."""
    names = sorted(name for name in environ if name.startswith(PREFIX) and name != PREFIX)
    for name in names:
        key = name.removeprefix(PREFIX).lower().replace("__", ".")
        try:
            config.update(Source({key: _value(config, key, environ[name])}, f"variable {name}"))
        except OptionError as error:
            raise ConfigError(error.problem, Place(f"variable {name}", key=key)) from None
    return names


def _value(config: GlobalConfig, key: str, text: str) -> Any:
    option = Settings.known.get(key.removeprefix("server.")) if key.startswith("server.") else None
    option = option or config.known.options.get(key)
    if option is not None and object not in option.kinds and not {tuple, list} & set(option.kinds):
        return option.from_text(text)
    try:
        return json.loads(text)
    except ValueError:
        return text


def project() -> tuple[str, Source | None]:
    """What pyproject.toml says under [tool.kirsch]: where the application is, and config; "" and None if nothing."""
    import tomllib

    path = Path(PROJECT)
    if not path.exists():
        return "", None
    text = path.read_text("utf-8")
    try:
        said = tomllib.loads(text).get("tool", {}).get("kirsch", {})
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"this is not TOML: {error}", Place(PROJECT)) from None
    if not isinstance(said, dict):
        raise ConfigError("[tool.kirsch] is a table", Place(PROJECT))
    settings = {key: value for key, value in said.items() if key != APP}
    lines = {_below(key): line for key, line in toml_lines(text).items()}
    return str(said.get(APP, "")), Source(settings, PROJECT, lines) if settings else None


def _below(key: tuple[str, str]) -> tuple[str, str]:
    """The section and key of a line as they are called below [tool.kirsch]."""
    words = f"{key[0]}.{key[1]}".strip(".").removeprefix("tool.kirsch").strip(".")
    return "", words
