"""Completion script for zsh."""

from port_registry.output.completion.commands import (
    LIST_NAMES,
    PROGRAMS,
    CompletedCommand,
    CompletedOption,
    choice_words,
    completion_kind,
    fill_template,
)
from port_registry.project.rule_selection import rule_names

NAME: str = "zsh"

_SCRIPT = """\
#compdef @PROGRAMS@
# Completion of port-registry in zsh: source this file, or put it into a folder of $fpath
# as _port-registry.

_port_registry_names() {
    local -a found=(${(f)"$(@LIST_NAMES@)"})
    compadd -a found
}

_port_registry_categories() {
    local -a found=(${(fu)"$(@LIST_NAMES@ | sed -n 's/\\.[^.]*$//p')"})
    compadd -a found
}

_port_registry_rules() {
    compadd @RULES@
}

_port_registry() {
    local -a commands=(
@COMMANDS@
    )
    if ((CURRENT == 2)); then
        _describe -t commands command commands
        return
    fi
    shift words
    ((CURRENT--))
    case $words[1] in
@CASES@
    esac
}

if [[ $funcstack[1] == _port_registry || $funcstack[1] == _port-registry ]]; then
    _port_registry "$@"
else
    compdef _port_registry @PROGRAMS@
fi
"""


def script(commands: tuple[CompletedCommand, ...]) -> str:
    """Return the script that completes `commands`."""
    descriptions = (f"{command.name}:{command.summary}" for command in commands)
    return fill_template(
        _SCRIPT,
        {
            "PROGRAMS": " ".join(PROGRAMS),
            "LIST_NAMES": LIST_NAMES,
            "RULES": " ".join(rule_names()),
            "COMMANDS": "\n".join(f"        {_quoted(text)}" for text in descriptions),
            "CASES": "\n".join(
                f"        {command.name})\n            _arguments{_specs(command)}\n            ;;"
                for command in commands
            ),
        },
    )


def _specs(command: CompletedCommand) -> str:
    """Return the arguments of `_arguments` for a command."""
    specs = [
        _quoted(f"{name}[{_escaped(option.summary)}]{_value(option)}")
        for option in command.options
        for name in option.names
    ]
    for number, value_name in enumerate(command.arguments, 1):
        is_repeated = "..." in value_name or completion_kind(value_name) == "files"
        position = "*" if is_repeated else str(number)
        specs.append(_quoted(f"{position}:{_escaped(value_name)}:{_action(value_name)}"))
    return "".join(f" \\\n                {spec}" for spec in specs)


def _value(option: CompletedOption) -> str:
    if not option.value_name:
        return ""
    label = "value" if option.value_name.startswith("{") else option.value_name
    return f":{_escaped(label)}:{_action(option.value_name)}"


def _action(value_name: str) -> str:
    kind = completion_kind(value_name)
    if kind == "words":
        return f"({choice_words(value_name)})"
    return {"files": "_files", "nothing": " "}.get(kind, f"_port_registry_{kind}")


def _escaped(text: str) -> str:
    for char in "\\[]:":
        text = text.replace(char, f"\\{char}")
    return text


def _quoted(text: str) -> str:
    """Return `text` as one word of the shell."""
    escaped = text.replace("'", "'\\''")
    return f"'{escaped}'"
