"""`port-registry set`."""

from argparse import ArgumentParser, Namespace

from port_registry.changes.change_entry import EntryUpdate, update_entry
from port_registry.cli import change_command, options, result
from port_registry.model import UsageError, format_name
from port_registry.project.entry_names import parse_entry_name
from port_registry.project.port_arguments import parse_ports


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the entry: `databases.redis`")
    parser.add_argument("port", nargs="?", metavar="PORT", help="a number or a range: `8000-8009`")
    options.declare_protocol(parser)
    parser.add_argument("--description", metavar="TEXT", help="what it is for")
    change_command.declare_change_options(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Change what an entry says, and the numbers that are tied to it."""
    name = parse_entry_name(arguments.name)
    setting = EntryUpdate(
        None if arguments.port is None else parse_ports(arguments.port),
        options.protocols(arguments) or None,
        None if arguments.description is None else " ".join(arguments.description.split()),
    )
    if setting == EntryUpdate():
        raise UsageError(
            f"nothing to set of {format_name(name)}",
            hint="name a port, `--protocol` or `--description`",
        )
    return change_command.run_change(
        arguments,
        lambda registry, progress: update_entry(registry, name, setting, progress),
        f"change {format_name(name)}",
        f"Changed {format_name(name)}",
    )
