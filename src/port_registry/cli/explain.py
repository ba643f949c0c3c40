"""`port-registry explain`."""

import sys

from port_registry.cli.answer import CLEAN, Answer
from port_registry.cli.parser import ExplainOptions
from port_registry.engine.catalogue import every_rule, find_rule
from port_registry.report.manual import manual, overview
from port_registry.report.screen import screen_of


def run(options: ExplainOptions) -> Answer:
    """Return the manual of the rule that was asked for, or the list of all rules."""
    screen = screen_of(sys.stdout, options.colour)
    if options.rule is None:
        return Answer(CLEAN, overview(every_rule(), screen))
    return Answer(CLEAN, manual(find_rule(options.rule), screen))
