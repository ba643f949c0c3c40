"""`port-registry convert`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.changes.convert import convert, write_new
from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.project import request_of
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.output.terminal import screen_of
from port_registry.output.text.convert import remark
from port_registry.project.workspace import current_directory, open_workspace
from port_registry.registry.convert import LANGUAGES


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--to", choices=LANGUAGES, required=True, help="the language")
    parser.add_argument("-o", "--output", metavar="FILE", help="write this file, which is new")
    declare_target(parser)
    declare_colour(parser)


def run(given: Namespace) -> CommandResult:
    """Return the registry in another language, or write it to a file."""
    made = convert(open_workspace(request_of(target(given))), given.to)
    said = remark(made, given.output, screen_of(sys.stderr, colour(given)))
    if given.output is None:
        return CommandResult(CLEAN, made.text, said)
    write_new(current_directory(), given.output, made.text)
    return CommandResult(CLEAN, "", said)
