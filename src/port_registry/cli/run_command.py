"""`port-registry run`."""

import errno
import shutil
import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.output import put
from port_registry.cli.project import request_of
from port_registry.cli.result import CLEAN, FINDINGS, CommandResult
from port_registry.model.errors import UsageError
from port_registry.output.terminal import Screen, screen_of
from port_registry.output.text.run import doubted, refused, unrunnable
from port_registry.project.workspace import open_workspace
from port_registry.runtime.run_preflight import Ready, prepare
from port_registry.system.exec import become

_NOT_FOUND, _NOT_RUNNABLE = 127, 126
"""What shells report for a command that is not there, and for one that cannot be run."""


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments; what stands behind `--` is kept as it is."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="the entries that it needs")
    parser.set_defaults(behind=())
    declare_target(parser)
    declare_colour(parser)
    parser.usage = f"{parser.prog} [NAME ...] [OPTIONS] -- CMD [ARGUMENT ...]"


def run(given: Namespace) -> CommandResult:
    """Run the command in place of this program, or return why that is not done."""
    command: tuple[str, ...] = given.behind
    if not command:
        raise UsageError("no command", hint="write it behind `--`: `port-registry run -- make dev`")
    workspace = open_workspace(request_of(target(given)))
    ready = prepare(workspace, tuple(given.names), command)
    screen = screen_of(sys.stderr, colour(given))
    if ready.refusals:
        return CommandResult(FINDINGS, "", refused(ready.refusals, screen))
    put(CommandResult(CLEAN, "", doubted(ready.doubt, screen)))
    return _replaced(command, ready, screen)


def _replaced(command: tuple[str, ...], ready: Ready, screen: Screen) -> CommandResult:
    """Return what is said of a command that cannot be run; of another, nothing returns."""
    try:
        become(command, ready.environment)
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else None
        missing = number in (errno.ENOENT, errno.ENOTDIR)
        there = shutil.which(command[0], path=ready.environment.get("PATH"))
        if missing and there is None:
            return CommandResult(
                _NOT_FOUND, "", unrunnable(command[0], "there is no such command", screen)
            )
        reason = "it names an interpreter that is not there" if missing else _why(error)
        return CommandResult(_NOT_RUNNABLE, "", unrunnable(command[0], reason, screen))


def _why(error: OSError | ValueError) -> str:
    strerror = error.strerror if isinstance(error, OSError) else None
    return (strerror or str(error)).lower()
