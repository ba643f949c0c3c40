"""`port-registry move`."""

from argparse import ArgumentParser, Namespace

from port_registry.changes.change_entry import rename_entry
from port_registry.cli.change_command import declare_change_options, run_change
from port_registry.cli.result import CommandResult
from port_registry.model import format_name
from port_registry.project.entry_names import parse_entry_name, parse_new_name


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the entry: `webUI.grafana`")
    parser.add_argument("category", metavar="CATEGORY", help="where it belongs: `monitoring`")
    declare_change_options(parser)


def run(arguments: Namespace) -> CommandResult:
    """Put an entry into another category, and change everything that uses it."""
    old = parse_entry_name(arguments.name)
    new = parse_new_name(f"{arguments.category}.{format_name(old[-1:])}")
    description = f"{format_name(old)} to {format_name(new[:-1])}"
    return run_change(
        arguments,
        lambda registry, progress: rename_entry(registry, old, new, progress),
        f"move {description}",
        f"Moved {description}",
    )
