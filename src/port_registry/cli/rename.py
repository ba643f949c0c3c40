"""`port-registry rename`."""

from argparse import ArgumentParser, Namespace

from port_registry.changes.change_entry import rename_entry
from port_registry.cli.change_command import declare_change_options, run_change
from port_registry.cli.result import CommandResult
from port_registry.model import format_name
from port_registry.project.entry_names import parse_entry_name, parse_new_name


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("old", metavar="OLD", help="what it is called now: `databases.redis`")
    parser.add_argument("new", metavar="NEW", help="its new name, with its category")
    declare_change_options(parser)


def run(arguments: Namespace) -> CommandResult:
    """Rename an entry, and everything that uses it."""
    old, new = parse_entry_name(arguments.old), parse_new_name(arguments.new)
    description = f"{format_name(old)} to {format_name(new)}"
    return run_change(
        arguments,
        lambda registry, progress: rename_entry(registry, old, new, progress),
        f"rename {description}",
        f"Renamed {description}",
    )
