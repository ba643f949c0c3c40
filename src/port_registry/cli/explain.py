"""`port-registry explain`."""

from argparse import ArgumentParser, Namespace

from port_registry.cli import options, result
from port_registry.output.text.explain import manual_text, rule_overview
from port_registry.project.rule_selection import all_rules, find_rule


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("rule", nargs="?", metavar="RULE")
    options.declare_colour(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Return the manual of a rule, or the list of all rules."""
    screen = options.stdout_screen(arguments)
    rule: str | None = arguments.rule
    if rule is None:
        return result.CommandResult(result.CLEAN, rule_overview(all_rules(), screen))
    return result.CommandResult(result.CLEAN, manual_text(find_rule(rule), screen))
