"""`port-registry get`, where the cache has no answer."""

from argparse import ArgumentParser, Namespace

from port_registry.cli import options
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.model import UsageError, format_name
from port_registry.project.find_entry import find_entry
from port_registry.project.get_cache_write import load_and_cache
from port_registry.project.governing_registry import load_registry
from port_registry.project.workspace import Request, open_workspace


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="the entry")
    options.declare_flag(parser, "--names", about="print the names of all entries, one per line")
    options.declare_reading(parser)


def run(arguments: Namespace) -> CommandResult:
    """Return the port of an entry; the two ends of a range are joined by a hyphen."""
    request = options.request_for(arguments)
    is_cacheable = request == Request(request.start)
    registry = load_and_cache(request) if is_cacheable else load_registry(open_workspace(request))
    if arguments.names:
        names = (format_name(entry.name) for entry in registry.entries)
        return CommandResult(CLEAN, "".join(f"{name}\n" for name in names if name.isprintable()))
    if arguments.name is None:
        raise UsageError("no name", hint="`port-registry get --names` lists them")
    return CommandResult(CLEAN, f"{find_entry(registry, arguments.name).ports}\n")
