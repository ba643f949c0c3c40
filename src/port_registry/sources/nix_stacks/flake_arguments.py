"""What is known of the arguments and packages that a flake is given."""

from collections.abc import Callable
from functools import cache

from port_registry.languages.nix.functions.builtins_table import library
from port_registry.languages.nix.functions.scripts import writer
from port_registry.languages.nix.values import (
    COMPUTED,
    NOWHERE,
    ExternalValue,
    Int,
    Thunk,
    UnknownValue,
    Value,
    evaluated,
)
from port_registry.languages.provenance import UNKNOWN
from port_registry.model import Entry, Name, Registry, Segment, Span, TracedText, join_segments
from port_registry.registry.lookup import EntryIndex
from port_registry.sources.nix.port_vocabulary import speaks_of_many

STACKS = "process-compose"
"""The attribute that holds stacks, and in ways the one before a stack's name."""

Lookup = Callable[[Name], Value | None]
"""Returns what a stack's modules set an option to."""


class Flake:
    """The world of one flake. It is a `port_registry.languages.nix.external_values.World`."""

    def __init__(self, registry: Registry) -> None:
        self._index = EntryIndex(registry)
        self._entries: dict[Span, Name] = {}
        for entry in registry.entries:
            for span in (*entry.digits[:1], entry.value_span):
                self._entries.setdefault(span, entry.name)
        self.library = _library()
        self.reasons: dict[Span, str] = {}
        """Why what is at a place is not known."""
        self.stacks: dict[str, Lookup] = {}
        """What stacks are made of, by their names."""

    def argument(self, name: str, span: Span) -> Thunk:
        """Return the value of an argument that nobody in the file gives."""
        return self.library if name == "lib" else evaluated(ExternalValue((name,), span))

    def value_of(self, external: ExternalValue) -> Value | None:
        """Return what is found there; None where that is not known."""
        way = external.path
        if way[-1] == "lib" and _is_nixpkgs(way[-2]):
            return self.library.value
        entry = self._entry(way)
        if entry is not None:
            span = entry.digits[0] if entry.digits else entry.value_span
            return Int(entry.endpoint.ports.first, span, (span,))
        if STACKS in way[:-2]:
            at = way.index(STACKS)
            lookup = self.stacks.get(way[at + 1])
            if lookup is not None:
                return lookup(way[at + 2 :])
        return writer(way[-1])

    def placeholder(self, unknown: UnknownValue, span: Span) -> Segment:
        """Return what stands in a string for the interpolation at `span`."""
        self.reasons.setdefault(span, unknown.reason)
        return Segment(UNKNOWN, span, verbatim=False)

    def embedded(self, text: TracedText, span: Span) -> TracedText:
        """Return `text`, taken over at `span`: what is an entry's port refers to it there."""
        if all(piece.span.path and piece.span not in self._entries for piece in text.segments):
            return text
        return join_segments(self._referring(piece, span) for piece in text.segments)

    def _referring(self, piece: Segment, span: Span) -> Segment:
        name = self._entries.get(piece.span, ())
        if name or not piece.span.path:
            return Segment(piece.text, span, verbatim=False, entry=name)
        return piece

    def _entry(self, way: Name) -> Entry | None:
        """Return the entry that a way such as `self.lib.ports.databases.redis` leads to."""
        for at, part in enumerate(way[:-1]):
            if part in COMPUTED:
                return None
            if speaks_of_many(part):
                entry = self._index.named(way[at + 1 :])
                if entry is not None and entry.endpoint.ports.is_single():
                    return entry
        return None


@cache
def _library() -> Thunk:
    """Return nixpkgs' `lib`; what is not modelled of it comes from outside."""
    return library(ExternalValue(("lib",), NOWHERE))


def _is_nixpkgs(part: str) -> bool:
    """Return whether the `lib` of what is called `part` is that of nixpkgs."""
    return part == "pkgs" or part.startswith("nixpkgs") or part in COMPUTED


def settings_of(key: str) -> ExternalValue:
    """Return the `config` that the modules of a stack are given."""
    return ExternalValue((STACKS, key), NOWHERE)
