"""The parser of the command line: a verb or flag that there is not is answered with the one that was likely meant."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from kirsch.options import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence


class Parser(argparse.ArgumentParser):
    """As in the standard library, but flags are written out. verbs: what add_subparsers() has given, of the command."""

    verbs: Any = None

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **more})

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As there, but a flag that nobody knows is an error of the verb that it was said to, which tells its usage."""
        if self.verbs is not None and args and args[0][:1] != "-" and args[0] not in self.verbs.choices:
            choices = ", ".join(self.verbs.choices)
            self.error(
                f"invalid choice: {args[0]!r}{did_you_mean(args[0], self.verbs.choices)} (choose from {choices})"
            )
        known, unknown = super().parse_known_args(args, namespace)
        flags = [each.partition("=")[0] for each in unknown if each.startswith("-")]
        if flags:
            told = did_you_mean(flags[0], self._option_string_actions)
            self.error(f"unrecognized arguments: {' '.join(unknown)}{told}")
        return known, unknown
