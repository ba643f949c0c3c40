"""`port-registry export`."""

from argparse import ArgumentParser, Namespace

from port_registry.cli import options, registry_notes, result
from port_registry.output.table import EXPORT_FORMATS, export_format


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    formats = [export.NAME for export in EXPORT_FORMATS]
    parser.add_argument("format", choices=formats, help="the format")
    options.declare_reading(parser)
    options.declare_colour(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Return the registry in an export format; the notes on it go to standard error."""
    loaded = registry_notes.load_with_notes(arguments)
    export = export_format(arguments.format)
    text = export.export(loaded.registry, loaded.workspace.files)
    return result.CommandResult(result.CLEAN, text, loaded.notes)
