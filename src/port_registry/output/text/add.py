"""Text of `add`: the new entry, and how to use it in the most common kinds of files."""

from port_registry.changes.add_entry import PlannedEntry
from port_registry.model import Name, PortRange, format_name
from port_registry.output.locations import DisplayPaths
from port_registry.output.terminal import Colour, Screen, escape_controls
from port_registry.registry.import_expression import ImportExpression

_MODULES = "modules"
"""The folder of the module in the example."""


def addition_text(planned: PlannedEntry, paths: DisplayPaths, screen: Screen, verb: str) -> str:
    """Return what is added, where and why; `verb` is `Added` or `Would add`."""
    endpoint = planned.endpoint
    protocols = "+".join(protocol.value for protocol in endpoint.protocols)
    location = escape_controls(f"{paths.show(planned.rewrite.path)}:{planned.line}")
    entry = escape_controls(f"{format_name(planned.name)} = {endpoint.ports} ({protocols})")
    reason = escape_controls(planned.choice.reason)
    lines = [f"{screen.style(verb, Colour.GOOD)} {entry} to {location}: {reason}."]
    note = screen.style("note", Colour.NOTE)
    lines += [f"{note}: {escape_controls(remark)}" for remark in planned.choice.remarks]
    return "\n".join(lines) + "\n"


def usage_text(
    access: ImportExpression, name: Name, ports: PortRange, value_path: Name, screen: Screen
) -> str:
    """Return how to use the entry `name` with `ports`.

    `value_path` selects the number from the entry; it is empty where the entry is one.
    """
    reference = format_name((*name, *value_path))
    module = f"{_MODULES}/{name[-1]}.nix"
    if access.is_module:
        option = f"{access.value('')}.{reference}"
        lines = _block(f"In a module, such as {module}:", [f"port = {option};"], screen)
        command = ['"--port ${toString ' + option + '}"']
        lines += _block("In a command that a flake's configuration gives:", command, screen)
    else:
        in_module = f"let ports = {access.value(_MODULES)}; in {{ … port = ports.{reference}; }}"
        lines = _block(f"In a module, such as {module}:", [in_module], screen)
        command_line = '"--port ${toString ports.' + reference + '}"'
        in_flake = f"let ports = {access.value('')}; in … {command_line}"
        lines += _block("In flake.nix:", [in_flake], screen)
    stack = [
        f"# Port from {access.path}: {format_name(name)} = {ports}",
        f"command: … --port {ports.first}",
    ]
    return "\n".join((*lines, *_block("In process-compose.yaml:", stack, screen))) + "\n"


def _block(head: str, lines: list[str], screen: Screen) -> list[str]:
    return [
        screen.style(escape_controls(head), Colour.STRONG),
        *(f"  {escape_controls(line)}" for line in lines),
    ]
