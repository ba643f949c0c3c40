"""Table of commands; only the module of the requested one is imported.

A command is a module next to this one with two functions, `declare` and `run`, and two
additions here: the function that imports it, and its line in the table.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Protocol

from port_registry.cli.result import CommandResult
from port_registry.model import NamedTuple


class Command(Protocol):
    """The shape of a command's module."""

    def declare(self, parser: ArgumentParser) -> None:
        """Declare the command's arguments."""
        ...

    def run(self, arguments: Namespace) -> CommandResult:
        """Run the command with the parsed `arguments`."""
        ...


class LazyCommand(NamedTuple):
    """A command in the table."""

    summary: str
    """One line for the help."""
    load: Callable[[], Command]
    """Imports the command's module."""


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
    from port_registry.cli import set as set_

    return set_


def _remove() -> Command:
    from port_registry.cli import remove

    return remove


def _list() -> Command:
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
    from port_registry.cli import run

    return run


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
    "init": LazyCommand(
        "Make a registry from the ports that the project's files already name.", _init
    ),
    "add": LazyCommand("Add an entry with a free port.", _add),
    "rename": LazyCommand("Rename an entry everywhere it is used.", _rename),
    "move": LazyCommand("Move an entry to another category, everywhere it is used.", _move),
    "set": LazyCommand(
        "Change an entry's port, protocols or description, everywhere it is used.", _set
    ),
    "remove": LazyCommand("Remove an entry that nothing uses.", _remove),
    "list": LazyCommand("Show the registry as it was understood.", _list),
    "show": LazyCommand(
        "Show what is known of an entry or a port: its uses, and who listens.", _show
    ),
    "get": LazyCommand("Print the port of an entry, and nothing else.", _get),
    "free-port": LazyCommand("Suggest free ports for a category; nothing is written.", _free_port),
    "wait": LazyCommand("Wait until ports accept connections, or until they are free.", _wait),
    "run": LazyCommand(
        "Run a command with the registry's ports, if those it needs are free.", _run
    ),
    "check": LazyCommand("Check that everything in a project agrees with its registry.", _check),
    "doctor": LazyCommand(
        "Show what can make a port fail on this machine, and what to do.", _doctor
    ),
    "status": LazyCommand("Show every entry next to what is bound now, and by whom.", _status),
    "who": LazyCommand("Show who is on a port, or on those of an entry.", _who),
    "free": LazyCommand("End the processes that listen on ports, and no others.", _free),
    "explain": LazyCommand("Print the manual of a rule, or the list of all rules.", _explain),
    "convert": LazyCommand("Print the registry in another language.", _convert),
    "export": LazyCommand("Print the registry in a format for other programs.", _export),
    "completion": LazyCommand(
        "Print the script that completes commands, options and names in a shell.", _completion
    ),
}
"""By the name on the command line, in the order of the help."""
