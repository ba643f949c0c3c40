"""`port-registry add`."""

from argparse import ArgumentParser, Namespace

from port_registry.changes.add_entry import RequestedEntry, plan_entry
from port_registry.changes.registry_transaction import open_registry
from port_registry.cli import options, prompts, result
from port_registry.model import UsageError
from port_registry.output.text.changes import addition_text, usage_text
from port_registry.project.entry_names import parse_new_name
from port_registry.project.port_arguments import parse_ports
from port_registry.project.workspace import Request


def declare(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="category and name: `web.api`")
    parser.add_argument("port", nargs="?", metavar="PORT", help="a number or a range: `8000-8009`")
    options.declare_protocol(parser)
    parser.add_argument("--description", metavar="TEXT", default="", help="what it is for")
    parser.add_argument("--host", metavar="HOST", help="the machine that it is on")
    parser.add_argument("--address", metavar="IP", help="the address that it binds")
    options.declare_flag(
        parser, "--internal", about="mark it as one that no firewall is opened for"
    )
    options.declare_dry_run(parser)
    options.declare_registry(parser)
    options.declare_colour(parser)


def run(arguments: Namespace) -> result.CommandResult:
    """Add an entry, and show how to use it."""
    request = options.request_for(arguments)
    entry = _requested_entry(arguments, request, prompts.terminal_prompt())
    with open_registry(request) as registry:
        planned = plan_entry(registry, entry)
        paths = options.display_paths(registry.workspace.files.root)
        if arguments.dry_run:
            from port_registry.output.unified_diff import diff_output

            diff = diff_output((planned.rewrite,), options.stdout_screen(arguments))
            text = addition_text(planned, paths, options.stderr_screen(arguments), "Would add")
            return result.CommandResult(result.CLEAN, diff, text)
        registry.write((planned.rewrite,))
    screen = options.stdout_screen(arguments)
    text = addition_text(planned, paths, screen, "Added")
    return result.CommandResult(result.CLEAN, f"{text}\n{usage_text(planned, screen)}")


def _requested_entry(
    arguments: Namespace, request: Request, prompt: prompts.Prompt | None
) -> RequestedEntry:
    """Return the entry of the arguments; the user is asked for missing ones, if there is one."""
    name: str | None = arguments.name
    port: str | None = arguments.port
    if prompt is not None:
        from port_registry.cli.prompts import prompt_for_missing

        name, port = prompt_for_missing(prompt, request, name, port)
    if name is None:
        raise UsageError(
            "no name", hint="`port-registry add databases.mysql` adds MySQL with its own port"
        )
    return RequestedEntry(
        parse_new_name(name),
        None if port is None else parse_ports(port),
        options.protocols(arguments),
        arguments.description,
        arguments.host,
        arguments.address,
        arguments.internal,
    )
