"""Table of commands; only the module of the requested one is imported.

A command is a module next to this one with two functions, `declare` and `run`, and a line in
the table.
"""

from argparse import ArgumentParser, Namespace
from importlib import import_module
from typing import Protocol, cast

from port_registry.cli.result import CommandResult


class Command(Protocol):
    """The shape of a command's module."""

    def declare(self, parser: ArgumentParser) -> None:
        """Declare the command's arguments."""
        ...

    def run(self, arguments: Namespace) -> CommandResult:
        """Run the command with the parsed `arguments`."""
        ...


COMMANDS = {
    "init": "Make a registry from the ports that the project's files already name.",
    "add": "Add an entry with a free port.",
    "rename": "Rename an entry everywhere it is used.",
    "move": "Move an entry to another category, everywhere it is used.",
    "set": "Change an entry's port, protocols or description, everywhere it is used.",
    "remove": "Remove an entry that nothing uses.",
    "list": "Show the registry as it was understood.",
    "show": "Show what is known of an entry or a port: its uses, and who listens.",
    "get": "Print the port of an entry, and nothing else.",
    "free-port": "Suggest free ports for a category; nothing is written.",
    "wait": "Wait until ports accept connections, or until they are free.",
    "run": "Run a command with the registry's ports, if those it needs are free.",
    "check": "Check that everything in a project agrees with its registry.",
    "doctor": "Show what can make a port fail on this machine, and what to do.",
    "status": "Show every entry next to what is bound now, and by whom.",
    "who": "Show who is on a port, or on those of an entry.",
    "free": "End the processes that listen on ports, and no others.",
    "explain": "Print the manual of a rule, or the list of all rules.",
    "convert": "Print the registry in another language.",
    "export": "Print the registry in a format for other programs.",
    "completion": "Print the script that completes commands, options and names in a shell.",
}
"""Names on the command line with a line for the help, in its order."""


def load_command(name: str) -> Command:
    """Import the module of the command `name`, which is called like the command."""
    return cast("Command", import_module(f"port_registry.cli.{name.replace('-', '_')}"))
