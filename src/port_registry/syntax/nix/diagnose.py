"""What to tell a person about text that is not Nix."""

from port_registry.model.span import Source, Span
from port_registry.syntax.nix.tree import Problem


def diagnose(source: Source, offset: int) -> Problem:
    """Return what is wrong at or before `offset`."""
    return Problem("cannot be read as Nix here", Span(source.path, offset, offset))
