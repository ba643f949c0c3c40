"""`port-registry explain`."""

import sys
from argparse import ArgumentParser, Namespace

from port_registry.cli.arguments import colour, declare_colour
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.output.terminal import screen_of
from port_registry.output.text.explain import manual, overview
from port_registry.project.rule_selection import every_rule, find_rule


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("rule", nargs="?", metavar="RULE")
    declare_colour(parser)


def run(given: Namespace) -> CommandResult:
    """Return the manual of the rule that was asked for, or the list of all rules."""
    screen = screen_of(sys.stdout, colour(given))
    rule: str | None = given.rule
    if rule is None:
        return CommandResult(CLEAN, overview(every_rule(), screen))
    return CommandResult(CLEAN, manual(find_rule(rule), screen))
