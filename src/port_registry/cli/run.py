"""`port-registry run`."""

import errno
import shutil
from argparse import ArgumentParser, Namespace

from port_registry.cli import options
from port_registry.cli.result import CLEAN, FINDINGS, CommandResult, write_result
from port_registry.model import UsageError
from port_registry.output.terminal import Screen
from port_registry.output.text.run import blocked_text, cannot_run_text, doubt_note
from port_registry.project.workspace import open_workspace
from port_registry.runtime.run_preflight import Preflight, preflight
from port_registry.system.process import replace_process

_NOT_FOUND, _NOT_RUNNABLE = 127, 126
"""The statuses that shells report for a missing command, and for one that cannot be run."""


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments; the words after `--` are kept as they are."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="the entries that it needs")
    parser.set_defaults(program=())
    options.declare_reading(parser)
    options.declare_colour(parser)
    parser.usage = f"{parser.prog} [NAME ...] [OPTIONS] -- CMD [ARGUMENT ...]"


def run(arguments: Namespace) -> CommandResult:
    """Run the command in place of this program, or return why it was not run."""
    command: tuple[str, ...] = arguments.program
    if not command:
        raise UsageError("no command", hint="write it after `--`: `port-registry run -- make dev`")
    workspace = open_workspace(options.request_for(arguments))
    checked = preflight(workspace, tuple(arguments.names), command)
    screen = options.stderr_screen(arguments)
    if checked.blocked:
        return CommandResult(FINDINGS, "", blocked_text(checked.blocked, screen))
    write_result(CommandResult(CLEAN, "", doubt_note(checked.doubt, screen)))
    return _replace_process(command, checked, screen)


def _replace_process(command: tuple[str, ...], checked: Preflight, screen: Screen) -> CommandResult:
    """Become `command`; returns only where it cannot be run."""
    try:
        replace_process(command, checked.environment)
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else None
        is_missing = number in (errno.ENOENT, errno.ENOTDIR)
        path = shutil.which(command[0], path=checked.environment.get("PATH"))
        if is_missing and path is None:
            text = cannot_run_text(command[0], "command not found", screen)
            return CommandResult(_NOT_FOUND, "", text)
        strerror = error.strerror if isinstance(error, OSError) else None
        reason = (strerror or str(error)).lower()
        reason = "its interpreter is not found" if is_missing else reason
        return CommandResult(_NOT_RUNNABLE, "", cannot_run_text(command[0], reason, screen))
