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
        case $word in -*) ;; *) return ;; esac
    fi
    while IFS='' read -r line; do COMPREPLY+=("$line"); done < <(compgen -W "$words" -- "$word")
}}
complete -o default -F _kirsch kirsch
"""
"""Words that are no flags are names of files, which the shell knows itself (`-o default`)."""

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


def bash(verbs: Any) -> str:
    """For `source <(kirsch completion bash)`."""
    flags = {name: " ".join(flag for flag, _ in flags_of(each)) for name, each in verbs.choices.items()}
    cases = [f'            {name}) words="{words}" ;;' for name, words in flags.items()]
    return BASH.format(verbs=" ".join(verbs.choices), cases="\n".join(cases))


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
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


SCRIPTS: Final[dict[str, Callable[[Any], str]]] = {"bash": bash, "zsh": zsh, "fish": fish}
