"""Variables that a shell script sees: those of its environment, and those that it sets."""

from collections.abc import Mapping

from port_registry.languages.provenance import UnknownTracker
from port_registry.model import Span, TracedText, join_segments

_MAX_VALUE = 10_000
"""How long a variable that a script sets may be to be kept."""


class ShellVariables:
    """The variables that a script sees."""

    def __init__(self, variables: Mapping[str, TracedText], doubts: UnknownTracker) -> None:
        self._variables = variables
        self._set: dict[str, TracedText] = {}
        self.doubts = doubts

    def get(self, name: str) -> TracedText | None:
        """Return what is known of a variable."""
        found = self._set.get(name)
        return self._variables.get(name) if found is None else found

    def assign(self, name: str, value: TracedText) -> None:
        """Note an assignment; one that contradicts what is known makes the variable unknown."""
        known = self.get(name)
        contradicts = known is not None and known.text != value.text
        if contradicts or len(value.text) > _MAX_VALUE:
            span = value.segments[0].span if value.segments else Span("", 0, 0)
            value = join_segments(
                (self.doubts.unknown_segment(f"the script sets `{name}` to several values", span),)
            )
        self._set[name] = value
