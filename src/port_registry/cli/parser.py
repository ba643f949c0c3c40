"""Command-line parser."""

import sys
from argparse import ArgumentParser, HelpFormatter, Namespace
from functools import partial
from typing import NoReturn

from port_registry import __version__
from port_registry.cli.commands import COMMANDS, Command, load_command
from port_registry.model import NamedTuple, UsageError
from port_registry.output.terminal import terminal_width
from port_registry.project.did_you_mean import suggest

_PROGRAM = "port-registry"

_FALLBACK_WIDTH = 80
"""The width of the help without a terminal."""

_DESCRIPTION = "One source of truth for the ports of a project, and proof that everything agrees."

_STATUS = """\
exit status:
  0    clean
  1    there are findings
  2    cannot work: usage, configuration, an unreadable registry
  3    a bug in port-registry
  130  interrupted
"""


class HelpRequestedError(Exception):
    """The command line asks for help or the version; the argument is the text to print."""


class _CommandParser(ArgumentParser):
    """A parser that prints nothing and never exits."""

    def error(self, message: str) -> NoReturn:
        """Raise the message as a `UsageError`."""
        raise UsageError(message, hint=f"`{self.prog} --help` shows what there is")

    def print_help(self, *_: object, **__: object) -> NoReturn:
        """Raise the help as a `HelpRequestedError`."""
        raise HelpRequestedError(self.format_help())


class ParsedCommand(NamedTuple):
    """A command and its parsed arguments."""

    command: Command
    arguments: Namespace


def parse(command_line: list[str]) -> ParsedCommand:
    """Return the command that `command_line` names, and its arguments.

    Raises `UsageError` where the command line is not valid, `HelpRequestedError` where it asks
    for help or for the version.
    """
    if not command_line:
        raise UsageError("no command", hint=f"`{_PROGRAM} check` checks the project you are in")
    name, *words = command_line
    if name in ("-h", "--help"):
        raise HelpRequestedError(_overview())
    if name in ("-V", "--version"):
        raise HelpRequestedError(f"{_PROGRAM} {__version__}\n")
    if name.startswith("-"):
        hint = f"`{_PROGRAM} --help` shows what there is"
        raise UsageError(f"expected a command, not the option `{name}`", hint=hint)
    if name not in COMMANDS:
        raise UsageError(f"unknown command `{name}`", hint=suggest(name, COMMANDS))
    # argparse would import `shutil` for the width, and compression with it.
    formatter = partial(HelpFormatter, width=terminal_width(sys.stdout, _FALLBACK_WIDTH) - 2)
    parser = _CommandParser(
        prog=f"{_PROGRAM} {name}",
        description=COMMANDS[name],
        allow_abbrev=False,
        formatter_class=formatter,
    )
    command = load_command(name)
    command.declare(parser)
    program: list[str] = []
    if parser.get_default("program") is not None and "--" in words:
        # The command line of another program, with options of its own.
        separator = words.index("--")
        words, program = words[:separator], words[separator + 1 :]
    arguments = parser.parse_intermixed_args(words)
    if program:
        arguments.program = tuple(program)
    return ParsedCommand(command, arguments)


def _overview() -> str:
    """Return the help of the program itself."""
    width = max(map(len, COMMANDS))
    commands = "".join(f"  {name:<{width}}  {summary}\n" for name, summary in COMMANDS.items())
    return (
        f"usage: {_PROGRAM} COMMAND ...\n       {_PROGRAM} [-h] [-V]\n\n{_DESCRIPTION}\n\n"
        f"commands:\n{commands}\n"
        "options:\n"
        "  -h, --help     show this help, or that of the command before it\n"
        "  -V, --version  show the version\n\n"
        f"{_STATUS}"
    )
