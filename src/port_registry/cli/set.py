"""`port-registry set`."""

from argparse import ArgumentParser, Namespace

from port_registry.changes.change_entry import Setting, set_to
from port_registry.cli.arguments import declare_protocol, protocols
from port_registry.cli.change_command import carry_out, declare_change
from port_registry.cli.result import CommandResult
from port_registry.model.entry import format_name
from port_registry.model.errors import UsageError
from port_registry.project.entry_names import known_name
from port_registry.project.port_arguments import ports_of


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the entry: `databases.redis`")
    parser.add_argument("port", nargs="?", metavar="PORT", help="a number or a range: `8000-8009`")
    declare_protocol(parser)
    parser.add_argument("--description", metavar="TEXT", help="what it is for")
    declare_change(parser)


def run(given: Namespace) -> CommandResult:
    """Change what an entry says, and the numbers that are tied to it."""
    name = known_name(given.name)
    setting = Setting(
        None if given.port is None else ports_of(given.port),
        protocols(given) or None,
        None if given.description is None else " ".join(given.description.split()),
    )
    if setting == Setting():
        raise UsageError(
            f"nothing to set of {format_name(name)}",
            hint="name a port, `--protocol` or `--description`",
        )
    return carry_out(
        given,
        lambda registry, progress: set_to(registry, name, setting, progress),
        f"change {format_name(name)}",
        f"Changed {format_name(name)}",
    )
