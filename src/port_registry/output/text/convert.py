"""A word on a registry that was converted."""

from port_registry.changes.convert import Converted
from port_registry.output.plural import counted
from port_registry.output.terminal import Colour, Screen, escape_controls


def conversion_text(made: Converted, output: str | None, screen: Screen) -> str:
    """Return what was written where, and what is not as it was; often nothing."""
    lines: list[str] = []
    if output is not None:
        entries = counted(len(made.registry.entries), "entry", "entries")
        wrote = screen.style("Wrote", Colour.GOOD)
        lines.append(
            f"{wrote} {entries} of {escape_controls(made.registry.path)} to"
            f" {escape_controls(output)}."
        )
    if made.computed:
        note = screen.style("note", Colour.NOTE)
        ports = counted(made.computed, "port")
        lines.append(f"{note}: {ports} that the registry computes became plain numbers")
    return "".join(f"{line}\n" for line in lines)
