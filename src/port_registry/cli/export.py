"""`port-registry export`."""

from argparse import ArgumentParser, Namespace

from port_registry.cli.arguments import (
    colour_choice,
    declare_colour_option,
    declare_read_options,
    registry_options,
)
from port_registry.cli.registry_output import load_with_notes
from port_registry.cli.result import CLEAN, CommandResult

_JSON, _ENV = "json", "env"


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("format", choices=(_JSON, _ENV), metavar="{json,env}", help="the form")
    declare_read_options(parser)
    declare_colour_option(parser)


def run(given: Namespace) -> CommandResult:
    """Return the registry in another form; what is missing from it, and why, goes beside."""
    workspace, registry, beside = load_with_notes(registry_options(given), colour_choice(given))
    if given.format == _ENV:
        from port_registry.output.exports.env import registry_env

        return CommandResult(CLEAN, registry_env(registry.entries), beside)
    from port_registry.output.exports.json import registry_json

    return CommandResult(CLEAN, registry_json(registry, workspace.files), beside)
