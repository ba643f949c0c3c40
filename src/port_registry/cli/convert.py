"""`port-registry convert`."""

from argparse import ArgumentParser, Namespace

from port_registry.changes.convert import LANGUAGES, convert, write_new
from port_registry.cli import options, result
from port_registry.output.text.changes import conversion_text
from port_registry.project.workspace import current_directory, open_workspace


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--to", choices=LANGUAGES, required=True, help="the language")
    parser.add_argument("-o", "--output", metavar="FILE", help="write this file, which is new")
    options.declare_reading(parser)
    options.declare_colour(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Return the registry in another language, or write it to a new file."""
    conversion = convert(open_workspace(options.request_for(arguments)), arguments.to)
    text = conversion_text(conversion, arguments.output, options.stderr_screen(arguments))
    if arguments.output is None:
        return result.CommandResult(result.CLEAN, conversion.text, text)
    write_new(current_directory(), arguments.output, conversion.text)
    return result.CommandResult(result.CLEAN, "", text)
