"""How a new entry is used, in the three kinds of files that use most of them."""

from port_registry.model import Name, PortRange, format_name
from port_registry.output.terminal import Colour, Screen, escape_controls
from port_registry.registry.import_expression import ImportExpression

_MODULES = "modules"
"""The folder of the module in the example."""


def usage_text(
    access: ImportExpression, name: Name, ports: PortRange, way: Name, screen: Screen
) -> str:
    """Return how the entry `name` with `ports` is used.

    `way` is what is selected from the entry to get a number.
    """
    reference = format_name((*name, *way))
    module = f"{_MODULES}/{name[-1]}.nix"
    if access.is_module:
        entry = f"{access.value('')}.{reference}"
        lines = _block(f"In a module, such as {module}:", [f"port = {entry};"], screen)
        flake = ['"--port ${toString ' + entry + '}"']
        lines += _block("In a command that a flake's configuration gives:", flake, screen)
    else:
        here, there = access.value(_MODULES), access.value("")
        in_module = [f"let ports = {here}; in {{ … port = ports.{reference}; }}"]
        lines = _block(f"In a module, such as {module}:", in_module, screen)
        in_flake = [f"let ports = {there}; in … " + '"--port ${toString ports.' + reference + '}"']
        lines += _block("In flake.nix:", in_flake, screen)
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
