"""`port-registry export`."""

from argparse import ArgumentParser, Namespace

from port_registry.cli import options
from port_registry.cli.registry_notes import load_with_notes
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.output.table import EXPORT_FORMATS, export_format


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    formats = [export.NAME for export in EXPORT_FORMATS]
    parser.add_argument("format", choices=formats, help="the format")
    options.declare_reading(parser)
    options.declare_colour(parser)


def run(arguments: Namespace) -> CommandResult:
    """Return the registry in an export format; the notes on it go to standard error."""
    loaded = load_with_notes(arguments)
    export = export_format(arguments.format)
    text = export.export(loaded.registry, loaded.workspace.files)
    return CommandResult(CLEAN, text, loaded.notes)
