"""`port-registry doctor`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.arguments import colour, declare_colour, declare_target, target
from port_registry.cli.project import request_of
from port_registry.cli.result import CLEAN, FINDINGS, CommandResult
from port_registry.output.progress_bar import Bar
from port_registry.output.terminal import screen_of
from port_registry.output.text.doctor import diagnosis_json, page
from port_registry.project.workspace import open_workspace
from port_registry.runtime.doctor.diagnose import diagnose
from port_registry.system.machine.machine import this_machine


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    declare_target(parser)
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    declare_colour(parser)


def run(given: Namespace) -> CommandResult:
    """Return what can make a port fail on this machine, and what to do about it."""
    bar = Bar(sys.stderr)
    try:
        found = diagnose(open_workspace(request_of(target(given))), this_machine(), bar)
    finally:
        bar.clear()
    status = CLEAN if found.is_well() else FINDINGS
    if given.json:
        return CommandResult(status, diagnosis_json(found))
    return CommandResult(status, page(found, screen_of(sys.stdout, colour(given))))
