"""Values of the arguments and packages that a flake gets from outside."""

from collections.abc import Callable
from functools import cache

from port_registry.languages.nix import values as nix_values
from port_registry.languages.nix.functions.builtins_table import library
from port_registry.languages.nix.functions.scripts import writer
from port_registry.languages.provenance import UNKNOWN
from port_registry.model import Entry, Name, Registry, Segment, Span, TracedText, join_segments
from port_registry.registry.lookup import EntryIndex
from port_registry.sources.nix.port_vocabulary import names_ports

STACKS = "process-compose"
"""The attribute that holds stacks; in paths the one before a stack's name."""

OptionLookup = Callable[[Name], nix_values.Value | None]
"""Returns the value of an option that a stack's modules set."""


class FlakeValues:
    """The external values of one flake, as `port_registry.languages.nix.values.ExternalValues`."""

    def __init__(self, registry: Registry) -> None:
        self._index = EntryIndex(registry)
        self._entries: dict[Span, Name] = {}
        for entry in registry.entries:
            for span in (*entry.digits[:1], entry.value_span):
                self._entries.setdefault(span, entry.name)
        self.library = _library()
        self.reasons: dict[Span, str] = {}
        """The reasons why values are not known, by their spans."""
        self.stack_options: dict[str, OptionLookup] = {}
        """The options of stacks, by their names."""

    def argument(self, name: str, span: Span) -> nix_values.Thunk:
        """Return the value of an argument that no caller in the file passes."""
        return (
            self.library
            if name == "lib"
            else nix_values.evaluated(nix_values.ExternalValue((name,), span))
        )

    def value_of(self, external: nix_values.ExternalValue) -> nix_values.Value | None:
        """Return the value of `external`; None where it is not known."""
        path = external.path
        if path[-1] == "lib" and _is_nixpkgs(path[-2]):
            return self.library.value
        entry = self._entry(path)
        if entry is not None:
            span = entry.digits[0] if entry.digits else entry.value_span
            return nix_values.Int(entry.endpoint.ports.first, span, (span,))
        if STACKS in path[:-2]:
            index = path.index(STACKS)
            lookup = self.stack_options.get(path[index + 1])
            if lookup is not None:
                return lookup(path[index + 2 :])
        return writer(path[-1])

    def placeholder(self, unknown: nix_values.UnknownValue, span: Span) -> Segment:
        """Return the segment of a string for the unknown interpolation at `span`."""
        self.reasons.setdefault(span, unknown.reason)
        return Segment(UNKNOWN, span, verbatim=False)

    def embedded(self, text: TracedText, span: Span) -> TracedText:
        """Return `text` as it is used at `span`; segments with an entry's port refer to it."""
        segments = text.segments
        if all(segment.span.path and segment.span not in self._entries for segment in segments):
            return text
        return join_segments(self._with_reference(segment, span) for segment in segments)

    def _with_reference(self, segment: Segment, span: Span) -> Segment:
        name = self._entries.get(segment.span, ())
        if name or not segment.span.path:
            return Segment(segment.text, span, verbatim=False, entry=name)
        return segment

    def _entry(self, path: Name) -> Entry | None:
        """Return the entry that a path such as `self.lib.ports.databases.redis` leads to."""
        for index, part in enumerate(path[:-1]):
            if part in nix_values.COMPUTED:
                return None
            if names_ports(part):
                entry = self._index.named(path[index + 1 :])
                if entry is not None and entry.endpoint.ports.is_single():
                    return entry
        return None


@cache
def _library() -> nix_values.Thunk:
    """Return nixpkgs' `lib`; functions that are not modelled are external values."""
    return library(nix_values.ExternalValue(("lib",), nix_values.NOWHERE))


def _is_nixpkgs(part: str) -> bool:
    """Return whether the `lib` of an attribute named `part` is that of nixpkgs."""
    return part == "pkgs" or part.startswith("nixpkgs") or part in nix_values.COMPUTED


def stack_config(key: str) -> nix_values.ExternalValue:
    """Return the argument `config` of the modules of a stack."""
    return nix_values.ExternalValue((STACKS, key), nix_values.NOWHERE)
