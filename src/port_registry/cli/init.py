"""`port-registry init`."""

import os
import sys
from argparse import ArgumentParser, Namespace

from port_registry.changes.init.plan import propose, write
from port_registry.cli.arguments import colour, declare_colour, declare_dry_run
from port_registry.cli.prompts import asker
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.output.locations import Paths
from port_registry.output.progress_bar import Bar
from port_registry.output.terminal import screen_of
from port_registry.output.text.init import ProposalReport
from port_registry.project.workspace import Request, current_directory


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("-y", "--yes", action="store_true", help="write it without asking")
    declare_dry_run(parser)
    parser.add_argument("--registry", metavar="FILE", help="write this file, and not lib/ports.nix")
    parser.add_argument(
        "--config", metavar="FILE", help="read this in place of the project's port-registry.toml"
    )
    declare_colour(parser)


def run(given: Namespace) -> CommandResult:
    """Propose a registry, and write it where that is wanted."""
    bar = Bar(sys.stderr)
    try:
        plan = propose(Request(current_directory(), config=given.config), given.registry, bar)
    finally:
        bar.clear()
    paths = Paths(plan.files.root, os.path.realpath(os.getcwd()))
    report = ProposalReport(plan, paths, screen_of(sys.stderr, colour(given)))
    ask = asker()
    if given.dry_run or (ask is None and not given.yes):
        return CommandResult(CLEAN, plan.text, report.found() + report.hint())
    found = report.found()
    if ask is not None and not given.yes:
        sys.stderr.write(f"{found}\n{plan.text}\n")
        found = ""
        if not ask(f"Write {paths.show(plan.path)}?", "yes").lower().startswith("y"):
            return CommandResult(CLEAN, "", "Nothing was written.\n")
    write(plan)
    return CommandResult(CLEAN, report.written(), found)
