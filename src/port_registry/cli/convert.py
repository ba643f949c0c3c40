"""`port-registry convert`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.answer import CLEAN, Answer
from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.project import request_of, standing
from port_registry.engine.converting import convert, write_new
from port_registry.engine.workspace import open_workspace
from port_registry.registry.convert import LANGUAGES
from port_registry.report.converted import remark
from port_registry.report.screen import screen_of


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--to", choices=LANGUAGES, required=True, help="the language")
    parser.add_argument("-o", "--output", metavar="FILE", help="write this file, which is new")
    declare_target(parser)
    declare_colour(parser)


def run(given: Namespace) -> Answer:
    """Return the registry in another language, or write it to a file."""
    made = convert(open_workspace(request_of(target(given))), given.to)
    said = remark(made, given.output, screen_of(sys.stderr, colour(given)))
    if given.output is None:
        return Answer(CLEAN, made.text, said)
    write_new(standing(), given.output, made.text)
    return Answer(CLEAN, "", said)
