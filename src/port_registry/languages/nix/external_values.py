"""What an evaluation is told of the world outside the project.

Without it, an argument that nobody in the project gives is unknown, and so is all that it
is part of: right for a registry, too little for a command line such as
`"${pkgs.redis}/bin/redis-server --port 6379"`, of which only the first part is unknown.
"""

from typing import Protocol

from port_registry.languages.nix.values import ExternalValue, UnknownValue, Value
from port_registry.model import Segment, Span, TracedText


class ExternalValues(Protocol):
    """Knows what comes from outside, and how to go on where nobody does."""

    def known(self, outside: ExternalValue) -> Value | None:
        """Return what is found there; None where that is not known."""
        ...

    def stand_in(self, unknown: UnknownValue, span: Span) -> Segment:
        """Return what stands in a string for the interpolation at `span`, which is not known."""
        ...

    def taken(self, text: TracedText, span: Span) -> TracedText:
        """Return `text` as it stands in a string that takes it over at `span`."""
        ...


def found(world: ExternalValues | None, outside: ExternalValue) -> Value:
    """Return what `world` knows of `outside`, or `outside` itself."""
    value = None if world is None else world.known(outside)
    return outside if value is None else value
