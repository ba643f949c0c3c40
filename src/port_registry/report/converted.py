"""A word on a registry that was converted."""

from port_registry.engine.converting import Converted
from port_registry.report.screen import Colour, Screen, harmless
from port_registry.report.words import count


def remark(made: Converted, output: str | None, screen: Screen) -> str:
    """Return what was written where, and what is not as it was; often nothing."""
    lines: list[str] = []
    if output is not None:
        entries = count(len(made.registry.entries), "entry", "entries")
        wrote = screen.paint("Wrote", Colour.GOOD)
        lines.append(f"{wrote} {entries} of {harmless(made.registry.path)} to {harmless(output)}.")
    if made.computed:
        note = screen.paint("note", Colour.NOTE)
        ports = count(made.computed, "port")
        lines.append(f"{note}: {ports} that the registry computes became plain numbers")
    return "".join(f"{line}\n" for line in lines)
