"""`port-registry free-port`."""

import sys
from argparse import ArgumentParser, Namespace
from itertools import islice

from port_registry.changes.add_entry import RequestedEntry
from port_registry.changes.suggest_ports import suggested
from port_registry.cli.arguments import (
    colour,
    declare_colour,
    declare_protocol,
    declare_registry,
    protocols,
    target,
)
from port_registry.cli.project import request_of
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.output.terminal import screen_of
from port_registry.output.text.free_port import fewer, unheard_of
from port_registry.project.entry_names import category_of
from port_registry.project.port_arguments import count_of
from port_registry.project.workspace import open_workspace


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("category", metavar="CATEGORY", help="the category, or a whole name")
    parser.add_argument("-n", "--count", metavar="N", default="1", help="how many (1)")
    declare_protocol(parser)
    declare_registry(parser)
    declare_colour(parser)


def run(given: Namespace) -> CommandResult:
    """Return ports that an entry of the category could have, one a line."""
    count = count_of(given.count)
    name = (*category_of(given.category), "entry")
    workspace = open_workspace(request_of(target(given)))
    answer = suggested(workspace, RequestedEntry(name, protocols=protocols(given)))
    found = [str(port) for port in islice(answer.ports, count)]
    screen = screen_of(sys.stderr, colour(given))
    err = "" if answer.unheard_of is None else unheard_of(answer.unheard_of, screen)
    err += "" if len(found) == count else fewer(len(found), screen)
    return CommandResult(CLEAN, "".join(f"{port}\n" for port in found), err)
