"""`port-registry move`."""

from argparse import ArgumentParser, Namespace

from port_registry.changes.change_entry import renamed
from port_registry.cli.change_command import carry_out, declare_change
from port_registry.cli.result import CommandResult
from port_registry.model.entry import format_name
from port_registry.project.entry_names import known_name, name_of


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the entry: `webUI.grafana`")
    parser.add_argument("category", metavar="CATEGORY", help="where it belongs: `monitoring`")
    declare_change(parser)


def run(given: Namespace) -> CommandResult:
    """Put an entry into another category, and change everything that uses it."""
    old = known_name(given.name)
    new = name_of(f"{given.category}.{format_name(old[-1:])}")
    what = f"{format_name(old)} to {format_name(new[:-1])}"
    return carry_out(
        given,
        lambda registry, progress: renamed(registry, old, new, progress),
        f"move {what}",
        f"Moved {what}",
    )
