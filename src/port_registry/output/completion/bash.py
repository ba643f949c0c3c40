"""Completion script for bash."""

from collections.abc import Iterator

from port_registry.output.completion.commands import (
    LIST_NAMES,
    PROGRAMS,
    CompletedCommand,
    choice_words,
    completion_kind,
    fill_template,
)
from port_registry.project.rule_selection import rule_names

NAME: str = "bash"

_SCRIPT = """\
# Completion of port-registry in bash: source this file, or put it into
# ~/.local/share/bash-completion/completions/port-registry.

_port_registry_reply() {
    # The kind of what is completed, then the words that there are.
    local kind=$1 word
    shift
    local -a found=("$@")
    case $kind in
        files)
            compopt -o default 2>/dev/null
            return
            ;;
        names) while IFS= read -r word; do found+=("$word"); done < <(@LIST_NAMES@) ;;
        categories)
            while IFS= read -r word; do found+=("$word"); done < <(
                @LIST_NAMES@ | sed -n 's/\\.[^.]*$//p' | sort -u
            )
            ;;
        rules) found=(@RULES@) ;;
    esac
    for word in "${found[@]}"; do
        [[ $word == "$current"* ]] && COMPREPLY+=("$(printf '%q' "$word")")
    done
}

_port_registry() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]} at count=0
    local takes=" @VALUED_OPTIONS@ "
    local -a options arguments
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        _port_registry_reply words @COMMANDS@ --help --version
        return
    fi
    case "$command $before" in
@VALUES@
    esac
    case $command in
@CASES@
    esac
    if [[ $current == -* ]]; then
        _port_registry_reply words "${options[@]}"
        return
    fi
    for ((at = 2; at < COMP_CWORD; at++)); do
        if [[ $takes == *" ${COMP_WORDS[at]} "* ]]; then
            ((at++))
        elif [[ ${COMP_WORDS[at]} != -* ]]; then
            ((count++))
        fi
    done
    ((count >= ${#arguments[@]})) && count=$((${#arguments[@]} - 1))
    # shellcheck disable=SC2086
    ((count >= 0)) && _port_registry_reply ${arguments[count]}
}

complete -F _port_registry @PROGRAMS@
"""


def script(commands: tuple[CompletedCommand, ...]) -> str:
    """Return the script that completes `commands`."""
    valued = [
        (command.name, name, _reply(option.value_name))
        for command in commands
        for option in command.options
        for name in (option.names if option.value_name else ())
    ]
    return fill_template(
        _SCRIPT,
        {
            "LIST_NAMES": LIST_NAMES,
            "RULES": " ".join(rule_names()),
            "VALUED_OPTIONS": " ".join(sorted({option for _, option, _ in valued})),
            "COMMANDS": " ".join(command.name for command in commands),
            "VALUES": "\n".join(_value_cases(valued)),
            "CASES": "\n".join(map(_case, commands)),
            "PROGRAMS": " ".join(PROGRAMS),
        },
    )


def _case(command: CompletedCommand) -> str:
    options = " ".join(name for option in command.options for name in option.names)
    arguments = " ".join(f"'{_reply(value_name)}'" for value_name in command.arguments)
    return f"        {command.name}) options=({options}) arguments=({arguments}) ;;"


def _reply(value_name: str) -> str:
    """Return the arguments of `_port_registry_reply` for a value."""
    kind = completion_kind(value_name)
    return f"words {choice_words(value_name)}" if kind == "words" else kind


def _value_cases(valued: list[tuple[str, str, str]]) -> Iterator[str]:
    """Yield the cases of commands, options and the replies for their values, each reply once."""
    patterns_by_reply: dict[str, list[str]] = {}
    for command, name, reply in valued:
        is_same = all(other == reply for _, option, other in valued if option == name)
        pattern = f"*' {name}'" if is_same else f"'{command} {name}'"
        patterns = patterns_by_reply.setdefault(reply, [])
        if pattern not in patterns:
            patterns.append(pattern)
    for reply, patterns in patterns_by_reply.items():
        yield f"        {' | '.join(patterns)})\n            _port_registry_reply {reply}"
        yield "            return\n            ;;"
