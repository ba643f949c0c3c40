"""The table of commands. Only the module of the one that is asked for is imported.

A command is a module beside this one with two functions, `declare` and `run`, and two lines
here: what imports it, and what it does.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import NamedTuple, Protocol

from port_registry.cli.result import CommandResult


class Command(Protocol):
    """What the module of a command has."""

    def declare(self, parser: ArgumentParser) -> None:
        """Declare the command's arguments."""
        ...

    def run(self, given: Namespace) -> CommandResult:
        """Read the arguments that were given, and do what they ask for."""
        ...


class Listed(NamedTuple):
    """A command in the table."""

    about: str
    """What it does, on one line."""
    load: Callable[[], Command]
    """Imports its module."""


def _init() -> Command:
    from port_registry.cli import init

    return init


def _add() -> Command:
    from port_registry.cli import add

    return add


def _rename() -> Command:
    from port_registry.cli import rename

    return rename


def _move() -> Command:
    from port_registry.cli import move

    return move


def _set() -> Command:
    from port_registry.cli import set as setting

    return setting


def _remove() -> Command:
    from port_registry.cli import remove

    return remove


def _listing() -> Command:
    from port_registry.cli import list_

    return list_


def _show() -> Command:
    from port_registry.cli import show

    return show


def _get() -> Command:
    from port_registry.cli import get

    return get


def _free_port() -> Command:
    from port_registry.cli import free_port

    return free_port


def _wait() -> Command:
    from port_registry.cli import wait

    return wait


def _run() -> Command:
    from port_registry.cli import run_command

    return run_command


def _status() -> Command:
    from port_registry.cli import status

    return status


def _who() -> Command:
    from port_registry.cli import who

    return who


def _free() -> Command:
    from port_registry.cli import free

    return free


def _check() -> Command:
    from port_registry.cli import check

    return check


def _explain() -> Command:
    from port_registry.cli import explain

    return explain


def _convert() -> Command:
    from port_registry.cli import convert

    return convert


def _export() -> Command:
    from port_registry.cli import export

    return export


def _completion() -> Command:
    from port_registry.cli import completion

    return completion


def _doctor() -> Command:
    from port_registry.cli import doctor

    return doctor


COMMANDS = {
    "init": Listed("Make the registry of a project from what its files already name.", _init),
    "add": Listed("Add an entry, with a port that is free.", _add),
    "rename": Listed("Call an entry by another name, wherever it is used.", _rename),
    "move": Listed("Put an entry into another category, wherever it is used.", _move),
    "set": Listed("Change an entry's port, protocols or description, wherever it is used.", _set),
    "remove": Listed("Remove an entry that nothing uses.", _remove),
    "list": Listed("Show the registry as it was understood.", _listing),
    "show": Listed("Show what is known of an entry or a port: its uses, and who listens.", _show),
    "get": Listed("Print the port of an entry, and nothing else.", _get),
    "free-port": Listed("Suggest free ports for a category; nothing is written.", _free_port),
    "wait": Listed("Wait until ports accept connections, or until they are free.", _wait),
    "run": Listed("Run a command with the registry's ports, if those it needs are free.", _run),
    "check": Listed("Check that everything in a project agrees with its registry.", _check),
    "doctor": Listed("Say what can make a port fail on this machine, and what to do.", _doctor),
    "status": Listed("Show every entry beside what is bound now, and by whom.", _status),
    "who": Listed("Show who is on a port, or on those of an entry.", _who),
    "free": Listed("End those who listen on ports, and nobody else.", _free),
    "explain": Listed("Print the manual of a rule, or the list of all rules.", _explain),
    "convert": Listed("Print the registry in another language.", _convert),
    "export": Listed("Print the registry for other programs: Nix, shells.", _export),
    "completion": Listed(
        "Print the script that completes commands, options and names in a shell.", _completion
    ),
}
"""By the name that is typed, in the order of the help."""
