"""`kirsch completion bash|zsh|fish`: what a shell is to know of the command, made of its own parser."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

BASH: Final = """\
_kirsch() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} words
    COMPREPLY=()
    if [ "$COMP_CWORD" = 1 ]; then words="{verbs}"; else
        case ${{COMP_WORDS[1]}} in
{cases}
        esac
    fi
    while IFS='' read -r line; do
        case $line in -*) case $word in -*) ;; *) continue ;; esac ;; esac
        COMPREPLY+=("$line")
    done < <(compgen -W "$words" -- "$word")
}}
complete -o default -F _kirsch kirsch
"""
"""Flags are shown to who begins one; other words are names of files, which the shell knows itself (`-o default`)."""

FIRST: Final = ("--help", "--version")
"""Flags of the command itself."""

ZSH: Final = "autoload -U +X bashcompinit && bashcompinit\n"


def add_completion(verbs: Any, _: argparse.ArgumentParser) -> None:
    """The verb."""
    parser = verbs.add_parser("completion", help="a script that has your shell complete this command")
    parser.add_argument("shell", choices=sorted(SCRIPTS))
    parser.set_defaults(alone=lambda options: _say(SCRIPTS[options.shell](verbs)))


def _say(script: str) -> int:
    sys.stdout.write(script)
    return 0


def flags_of(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    """The long flags of a verb, and what they are for."""
    for action in parser._actions:
        for flag in action.option_strings:
            if flag.startswith("--"):
                yield flag, action.help or ""


def words_of(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Its flags, and the words that stand for themselves, such as the shells of `completion`."""
    yield from (flag for flag, _ in flags_of(parser))
    yield from choices_of(parser)


def choices_of(parser: argparse.ArgumentParser) -> Iterator[str]:
    """What may stand for an argument of a few values."""
    for action in parser._actions:
        if not action.option_strings and action.choices:
            yield from map(str, action.choices)


def bash(verbs: Any) -> str:
    """For `source <(kirsch completion bash)`."""
    found = {name: " ".join(words_of(each)) for name, each in verbs.choices.items()}
    cases = [f'            {name}) words="{words}" ;;' for name, words in found.items()]
    return BASH.format(verbs=" ".join((*FIRST, *verbs.choices)), cases="\n".join(cases))


def zsh(verbs: Any) -> str:
    """For `source <(kirsch completion zsh)`: that of bash, which zsh understands."""
    return ZSH + bash(verbs)


def fish(verbs: Any) -> str:
    """For `kirsch completion fish | source`."""
    lines = []
    told = {action.dest: action.help or "" for action in verbs._choices_actions}
    for name, parser in verbs.choices.items():
        lines.append(f"complete -c kirsch -f -n __fish_use_subcommand -a {name} -d {_quoted(told.get(name, ''))}")
        lines.extend(
            f"complete -c kirsch -n '__fish_seen_subcommand_from {name}' -l {flag[2:]} -d {_quoted(about)}"
            for flag, about in flags_of(parser)
        )
        if words := " ".join(choices_of(parser)):
            lines.append(f"complete -c kirsch -f -n '__fish_seen_subcommand_from {name}' -a {_quoted(words)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


SCRIPTS: Final[dict[str, Callable[[Any], str]]] = {"bash": bash, "zsh": zsh, "fish": fish}
