"""Interface for values from outside the project.

Without it, an argument that nothing in the project provides is unknown, and so is everything
that depends on it: right for a registry, too little for a command line such as
`"${pkgs.redis}/bin/redis-server --port 6379"`, of which only the first part is unknown.
"""

from typing import Protocol

from port_registry.languages.nix.values import ExternalValue, UnknownValue, Value
from port_registry.model import Segment, Span, TracedText


class ExternalValues(Protocol):
    """Values from outside the project, and placeholders for unknown ones."""

    def value_of(self, external: ExternalValue) -> Value | None:
        """Return the value of `external`; None where it is not known."""
        ...

    def placeholder(self, unknown: UnknownValue, span: Span) -> Segment:
        """Return the placeholder in a string for the unknown interpolation at `span`."""
        ...

    def embedded(self, text: TracedText, span: Span) -> TracedText:
        """Return `text` as a part of another string, interpolated at `span`."""
        ...


def resolve_external(known: ExternalValues | None, external: ExternalValue) -> Value:
    """Return the known value of `external`, or `external` itself."""
    value = None if known is None else known.value_of(external)
    return external if value is None else value
