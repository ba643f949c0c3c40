"""`port-registry free-port`."""

import sys
from argparse import ArgumentParser, Namespace
from itertools import islice

from port_registry.cli.answer import CLEAN, Answer
from port_registry.cli.arguments import (
    colour,
    declare_colour,
    declare_protocol,
    declare_registry,
    protocols,
    target,
)
from port_registry.cli.project import request_of
from port_registry.engine.adding import Asked
from port_registry.engine.naming import category_of
from port_registry.engine.numbers import count_of
from port_registry.engine.suggesting import suggested
from port_registry.engine.workspace import open_workspace
from port_registry.report.screen import screen_of
from port_registry.report.suggested import fewer, unheard_of


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("category", metavar="CATEGORY", help="the category, or a whole name")
    parser.add_argument("-n", "--count", metavar="N", default="1", help="how many (1)")
    declare_protocol(parser)
    declare_registry(parser)
    declare_colour(parser)


def run(given: Namespace) -> Answer:
    """Return ports that an entry of the category could have, one a line."""
    count = count_of(given.count)
    name = (*category_of(given.category), "entry")
    workspace = open_workspace(request_of(target(given)))
    answer = suggested(workspace, Asked(name, protocols=protocols(given)))
    found = [str(port) for port in islice(answer.ports, count)]
    screen = screen_of(sys.stderr, colour(given))
    err = "" if answer.unheard_of is None else unheard_of(answer.unheard_of, screen)
    err += "" if len(found) == count else fewer(len(found), screen)
    return Answer(CLEAN, "".join(f"{port}\n" for port in found), err)
