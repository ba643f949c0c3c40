"""What the command line can say."""

from argparse import ArgumentParser, Namespace
from typing import NamedTuple, NoReturn

from port_registry import __version__
from port_registry.cli.commands import COMMANDS, Command
from port_registry.model.errors import UsageError
from port_registry.project.did_you_mean import suggest

_PROGRAM = "port-registry"

_ABOUT = "One source of truth for the ports of a project, and proof that everything agrees."

_STATUS = """\
exit status:
  0    clean
  1    there are findings
  2    cannot work: usage, configuration, an unreadable registry
  3    a bug in port-registry
  130  interrupted
"""


class HelpAskedError(Exception):
    """The command line asks about the program; the argument is the answer."""


class _Parser(ArgumentParser):
    """A parser that prints nothing and never exits."""

    def error(self, message: str) -> NoReturn:
        """Raise the message as a `UsageError`."""
        raise UsageError(message, hint=f"`{self.prog} --help` shows what there is")

    def print_help(self, *_: object, **__: object) -> NoReturn:
        """Raise the help as a `HelpAskedError`."""
        raise HelpAskedError(self.format_help())


class ParsedCommand(NamedTuple):
    """A command, and the arguments that it was given."""

    command: Command
    given: Namespace


def parse(arguments: list[str]) -> ParsedCommand:
    """Return what `arguments` ask for.

    Raises `UsageError` where they make no sense, `HelpAskedError` where they ask for help or
    for the version.
    """
    if not arguments:
        raise UsageError("no command", hint=f"`{_PROGRAM} check` checks the project you are in")
    name, *rest = arguments
    if name in ("-h", "--help"):
        raise HelpAskedError(_overview())
    if name in ("-V", "--version"):
        raise HelpAskedError(f"{_PROGRAM} {__version__}\n")
    if name.startswith("-"):
        hint = f"`{_PROGRAM} --help` shows what there is"
        raise UsageError(f"the first argument is a command, and `{name}` is none", hint=hint)
    listed = COMMANDS.get(name)
    if listed is None:
        raise UsageError(f"there is no command `{name}`", hint=suggest(name, COMMANDS))
    parser = _Parser(prog=f"{_PROGRAM} {name}", description=listed.about, allow_abbrev=False)
    command = listed.load()
    command.declare(parser)
    behind: list[str] = []
    if parser.get_default("behind") is not None and "--" in rest:
        # What another program is to get, options and all.
        at = rest.index("--")
        rest, behind = rest[:at], rest[at + 1 :]
    given = parser.parse_intermixed_args(rest)
    if behind:
        given.behind = tuple(behind)
    return ParsedCommand(command, given)


def _overview() -> str:
    """Return the help of the program itself."""
    width = max(map(len, COMMANDS))
    commands = "".join(f"  {name:<{width}}  {listed.about}\n" for name, listed in COMMANDS.items())
    return (
        f"usage: {_PROGRAM} COMMAND ...\n       {_PROGRAM} [-h] [-V]\n\n{_ABOUT}\n\n"
        f"commands:\n{commands}\n"
        "options:\n"
        "  -h, --help     show this help, or that of the command before it\n"
        "  -V, --version  show the version\n\n"
        f"{_STATUS}"
    )
