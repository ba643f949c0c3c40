"""`port-registry completion`."""

import re
from argparse import ArgumentParser, HelpFormatter, Namespace
from collections.abc import Iterator

from port_registry.cli.result import CLEAN, CommandResult
from port_registry.output.completion import (
    SHELLS,
    CompletedCommand,
    CompletedOption,
    completion_script,
)


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("shell", choices=tuple(SHELLS), help="the shell that reads it")


def run(given: Namespace) -> CommandResult:
    """Return the script that completes the program's command lines in a shell."""
    return CommandResult(CLEAN, completion_script(given.shell, tuple(_commands())))


def _commands() -> Iterator[CompletedCommand]:
    from port_registry.cli.commands import COMMANDS

    for name, entry in COMMANDS.items():
        parser = ArgumentParser(prog=name, formatter_class=_OneLine)
        entry.load().declare(parser)
        # argparse gives access to its declared arguments only through the help.
        rows = [_row(line) for line in parser.format_help().split("\n") if _ROW.match(line)]
        options = tuple(_option(head, about) for head, about in rows if head.startswith("-"))
        arguments = tuple(head for head, _ in rows if not head.startswith("-"))
        yield CompletedCommand(name, entry.summary, options, arguments)


class _OneLine(HelpFormatter):
    """Help with each argument on a line of its own."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=200, width=10_000)


_ROW = re.compile(r"  \S")


def _row(line: str) -> tuple[str, str]:
    head, _, about = line.strip().partition("  ")
    return head, about.strip()


def _option(head: str, about: str) -> CompletedOption:
    """Return the option that `head` describes: `-n N, --count N`."""
    spellings = [part.split(" ", 1) for part in head.split(", ")]
    value_name = spellings[-1][1] if len(spellings[-1]) > 1 else ""
    choices = tuple(value_name.strip("{}").split(",")) if value_name.startswith("{") else ()
    return CompletedOption(tuple(part[0] for part in spellings), about, value_name, choices)
