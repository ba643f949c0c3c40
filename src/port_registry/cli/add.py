"""`port-registry add`."""

import os
import sys
from argparse import ArgumentParser, Namespace

from port_registry.changes.add_entry import Planned, RequestedEntry, plan
from port_registry.changes.registry_transaction import opened
from port_registry.cli.arguments import (
    TargetArgument,
    colour,
    declare_colour,
    declare_dry_run,
    declare_protocol,
    declare_registry,
    protocols,
    target,
)
from port_registry.cli.project import request_of
from port_registry.cli.prompts import Asker, asker
from port_registry.cli.result import CLEAN, CommandResult
from port_registry.model.errors import UsageError
from port_registry.output.locations import Paths
from port_registry.output.terminal import screen_of
from port_registry.output.text.add import added
from port_registry.project.entry_names import name_of
from port_registry.project.port_arguments import ports_of


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="category and name: `web.api`")
    parser.add_argument("port", nargs="?", metavar="PORT", help="a number or a range: `8000-8009`")
    declare_protocol(parser)
    parser.add_argument("--description", metavar="TEXT", default="", help="what it is for")
    parser.add_argument("--host", metavar="HOST", help="the machine that it is on")
    parser.add_argument("--address", metavar="IP", help="the address that it binds")
    parser.add_argument(
        "--internal", action="store_true", help="say that no firewall is to be opened for it"
    )
    declare_dry_run(parser)
    declare_registry(parser)
    declare_colour(parser)


def run(given: Namespace) -> CommandResult:
    """Add an entry, and say how it is used."""
    where = target(given)
    asked = _asked(given, where, asker())
    screen = screen_of(sys.stderr, colour(given))
    with opened(request_of(where)) as registry:
        planned = plan(registry, asked)
        paths = Paths(registry.workspace.files.root, os.path.realpath(os.getcwd()))
        if given.dry_run:
            from port_registry.cli.diff_output import diff

            said = added(planned, paths, screen, "Would add")
            return CommandResult(CLEAN, diff((planned.rewrite,), colour(given)), said)
        registry.write((planned.rewrite,))
    return _said(given, planned, paths)


def _said(given: Namespace, planned: Planned, paths: Paths) -> CommandResult:
    from port_registry.output.text.usage import usage

    screen = screen_of(sys.stdout, colour(given))
    said = added(planned, paths, screen, "Added")
    ports = planned.choice.ports
    how = usage(planned.access, planned.name, ports, planned.way, screen)
    return CommandResult(CLEAN, f"{said}\n{how}")


def _asked(given: Namespace, where: TargetArgument, ask: Asker | None) -> RequestedEntry:
    """Return what was asked for; what is missing is asked of the person, if there is one."""
    text: str | None = given.name
    port: str | None = given.port
    if ask is not None:
        from port_registry.cli.prompts import complete

        text, port = complete(ask, request_of(where), text, port)
    if text is None:
        raise UsageError(
            "no name", hint="`port-registry add databases.mysql` adds MySQL with its own port"
        )
    return RequestedEntry(
        name_of(text),
        None if port is None else ports_of(port),
        protocols(given),
        given.description,
        given.host,
        given.address,
        given.internal,
    )
