"""Completion script for fish."""

from port_registry.output.completion.commands import (
    LIST_NAMES,
    PROGRAMS,
    CompletedCommand,
    CompletedOption,
    choice_words,
    completion_kind,
)
from port_registry.project.rule_selection import rule_names

NAME: str = "fish"


def script(commands: tuple[CompletedCommand, ...]) -> str:
    """Return the script that completes `commands`."""
    program, *other_programs = PROGRAMS
    lines = [
        "# Completion of port-registry in fish: put it into",
        "# ~/.config/fish/completions/port-registry.fish.",
        "",
        "function __port_registry_categories",
        f"    {LIST_NAMES} | string replace -rf '\\.[^.]*$' '' | sort -u",
        "end",
        "",
        f"complete -c {program} -f",
    ]
    for command in commands:
        lines.append(
            f"complete -c {program} -n __fish_use_subcommand"
            f" -a {command.name} -d {_quoted(command.summary)}"
        )
        prefix = f"complete -c {program} -n '__fish_seen_subcommand_from {command.name}'"
        lines += [f"{prefix}{_option(option)}" for option in command.options]
        values = dict.fromkeys(_values(value_name) for value_name in command.arguments)
        lines += [f"{prefix} {value}" for value in values if value]
    lines += [f"complete -c {other} -w {program}" for other in other_programs]
    return "".join(f"{line}\n" for line in lines)


def _option(option: CompletedOption) -> str:
    flags = ""
    for name in option.names:
        flags += f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}"
    if option.value_name:
        flags += " -r" if completion_kind(option.value_name) == "files" else " -x"
        flags += f" {_values(option.value_name)}".rstrip()
    return f"{flags} -d {_quoted(option.summary)}"


def _values(value_name: str) -> str:
    kind = completion_kind(value_name)
    if kind == "words":
        return f"-a {_quoted(choice_words(value_name))}"
    return {
        "names": f"-a '({LIST_NAMES})'",
        "categories": "-a '(__port_registry_categories)'",
        "rules": f"-a '{' '.join(rule_names())}'",
        "files": "-F",
    }.get(kind, "")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
