"""Text of `convert`: what was written, and what changed."""

from port_registry.changes.convert import ConvertedRegistry
from port_registry.output.plural import counted
from port_registry.output.terminal import Colour, Screen, escape_controls


def conversion_text(conversion: ConvertedRegistry, output: str | None, screen: Screen) -> str:
    """Return the file that was written, and a note on computed ports; empty without both."""
    lines: list[str] = []
    if output is not None:
        entries = counted(len(conversion.registry.entries), "entry", "entries")
        registry = escape_controls(conversion.registry.path)
        verb = screen.style("Wrote", Colour.GOOD)
        lines.append(f"{verb} {entries} of {registry} to {escape_controls(output)}.")
    if conversion.computed:
        note = screen.style("note", Colour.NOTE)
        ports = counted(conversion.computed, "port")
        lines.append(f"{note}: {ports} that the registry computes became plain numbers")
    return "".join(f"{line}\n" for line in lines)
