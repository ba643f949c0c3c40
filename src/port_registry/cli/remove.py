"""`port-registry remove`."""

from argparse import ArgumentParser, Namespace

from port_registry.changes.change_entry import remove_entry
from port_registry.cli import change_command, options, result
from port_registry.model import format_name
from port_registry.project.entry_names import parse_entry_name


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the entry: `databases.redis`")
    options.declare_flag(parser, "--force", about="remove the entry alone, whatever uses it")
    change_command.declare_change_options(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Remove an entry."""
    name = parse_entry_name(arguments.name)
    is_forced = arguments.force is True
    return change_command.run_change(
        arguments,
        lambda registry, progress: remove_entry(registry, name, progress, is_forced=is_forced),
        f"remove {format_name(name)}",
        f"Removed {format_name(name)}",
    )
