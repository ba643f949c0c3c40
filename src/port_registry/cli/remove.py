"""`port-registry remove`."""

from argparse import ArgumentParser, Namespace

from port_registry.changes.change_entry import force_remove_entry, remove_entry
from port_registry.cli import options
from port_registry.cli.change_command import declare_change_options, run_change
from port_registry.cli.result import CommandResult
from port_registry.model import format_name
from port_registry.project.entry_names import parse_entry_name


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the entry: `databases.redis`")
    options.declare_flag(parser, "--force", about="remove the entry alone, whatever uses it")
    declare_change_options(parser)


def run(arguments: Namespace) -> CommandResult:
    """Remove an entry."""
    name = parse_entry_name(arguments.name)
    remove = force_remove_entry if arguments.force else remove_entry
    return run_change(
        arguments,
        lambda registry, progress: remove(registry, name, progress),
        f"remove {format_name(name)}",
        f"Removed {format_name(name)}",
    )
