"""Old keys of config, in programs and in INI files: what each becomes, or what is to be decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kirsch.app.legacykeys import advice, modern_keys
from kirsch.migration.edits import Decision

if TYPE_CHECKING:
    from collections.abc import Collection

OLD_NAMES: Final = "reference/old-names.md#keys-of-config"
SESSIONS: Final = "reference/sessions.md"

_NAMING: Final = ("static_filter.file", "static_filter.dir")
_OTHERS: Final = {
    "tools.sessions.storage_type": ("write tools.sessions.store, such as 'sqlite:/path/to/sessions.db'", SESSIONS),
}


def modern(key: str, beside: Collection[str], line: int) -> str | Decision:
    """The key of today, the same for one that is; or what is to be decided. beside: all keys of the same settings."""
    if key in _OTHERS:
        return Decision(line, f"the key {key}", *_OTHERS[key])
    keys = modern_keys(key, beside)
    if len(keys) > 1:  # a file, or a directory, or who knows
        named = [new for old in beside for new in modern_keys(old, beside) if old in _NAMING]
        keys = (
            tuple(new for new in keys if new.rpartition(".")[0] in {each.rpartition(".")[0] for each in named}) or keys
        )
    if keys == (key,):
        return key
    why = advice(key) or (f"it is two keys now: {' and '.join(keys)}" if len(keys) > 1 else "")
    return Decision(line, f"the old key {key}", f"write {why}" if advice(key) else why, OLD_NAMES) if why else keys[0]
