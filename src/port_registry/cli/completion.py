"""`port-registry completion`."""

import re
from argparse import ArgumentParser, HelpFormatter, Namespace
from collections.abc import Iterator

from port_registry.cli.result import CLEAN, CommandResult
from port_registry.output.completion.commands import CompletedCommand, CompletedOption
from port_registry.output.completion.table import SHELLS, completion_script


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    shells = [shell.NAME for shell in SHELLS]
    parser.add_argument("shell", choices=shells, help="the shell that reads it")


def run(arguments: Namespace) -> CommandResult:
    """Return the script that completes the program's command lines in a shell."""
    return CommandResult(CLEAN, completion_script(arguments.shell, tuple(_commands())))


def _commands() -> Iterator[CompletedCommand]:
    from port_registry.cli.commands import COMMANDS, load_command

    for name, summary in COMMANDS.items():
        parser = ArgumentParser(prog=name, formatter_class=_OneLineFormatter)
        load_command(name).declare(parser)
        # argparse gives its declared arguments only as help.
        lines = filter(_ROW.match, parser.format_help().split("\n"))
        rows = [line.strip().partition("  ") for line in lines]
        options = tuple(_option(head, about.strip()) for head, _, about in rows if head[0] == "-")
        arguments = tuple(head for head, *_ in rows if head[0] != "-")
        yield CompletedCommand(name, summary, options, arguments)


class _OneLineFormatter(HelpFormatter):
    """Help with each argument on one line."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=200, width=10_000)


_ROW = re.compile(r"  \S")


def _option(head: str, summary: str) -> CompletedOption:
    """Return the option that `head` describes: `-n N, --count N`."""
    spellings = [spelling.split(" ", 1) for spelling in head.split(", ")]
    value_name = spellings[-1][1] if len(spellings[-1]) > 1 else ""
    return CompletedOption(tuple(spelling[0] for spelling in spellings), summary, value_name)
