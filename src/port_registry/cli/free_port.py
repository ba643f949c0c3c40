"""`port-registry free-port`."""

from argparse import ArgumentParser, Namespace
from itertools import islice

from port_registry.changes.add_entry import RequestedEntry
from port_registry.changes.suggest_ports import suggest_ports
from port_registry.cli import options, result
from port_registry.output.text.changes import too_few_ports_note, unknown_category_note
from port_registry.project.entry_names import parse_category
from port_registry.project.port_arguments import parse_count
from port_registry.project.workspace import open_workspace


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("category", metavar="CATEGORY", help="the category, or a whole name")
    parser.add_argument("-n", "--count", metavar="N", default="1", help="how many (1)")
    options.declare_protocol(parser)
    options.declare_registry(parser)
    options.declare_colour(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Return free ports for an entry of the category, one per line."""
    count = parse_count(arguments.count)
    name = (*parse_category(arguments.category), "entry")
    workspace = open_workspace(options.request_for(arguments))
    suggestion = suggest_ports(
        workspace, RequestedEntry(name, protocols=options.protocols(arguments))
    )
    ports = [str(port) for port in islice(suggestion.ports, count)]
    screen = options.stderr_screen(arguments)
    unknown, notes = suggestion.unknown_category, ""
    if unknown is not None:
        notes = unknown_category_note(unknown, screen)
    if len(ports) < count:
        notes += too_few_ports_note(len(ports), screen)
    return result.CommandResult(result.CLEAN, "".join(f"{port}\n" for port in ports), notes)
