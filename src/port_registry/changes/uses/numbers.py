"""The edits that give an entry's new port to the numbers that are tied to it."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.changes.uses.annotations import marks_of
from port_registry.changes.uses.change_context import HoldingRegistry, Scene
from port_registry.changes.uses.changes import UseChanges
from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.entry_matches import MatchedUse, matched_uses
from port_registry.matching.file_annotations import FileAnnotation, file_annotations
from port_registry.matching.named_references import named_references
from port_registry.matching.project import Project
from port_registry.matching.unannotated_uses import unannotated_uses
from port_registry.model import BlockedUse, Edit, Name, Note, PortRange, Span, format_name


class Renumbering(NamedTuple):
    """An entry's ports, before and after."""

    name: Name
    old: PortRange
    new: PortRange

    def of(self, number: int) -> int | None:
        """Return what `number`, a port of the entry, is afterwards; None where none is like it."""
        if self.old.last - self.old.first != self.new.last - self.new.first:
            return number if self.new.first <= number <= self.new.last else None
        return number - self.old.first + self.new.first


class Tied(NamedTuple):
    """A number that is the entry's."""

    number: int
    span: Span
    digits: Span | None


def renumber_uses(scene: Scene, holder: HoldingRegistry, ports: PortRange) -> UseChanges:
    """Return what gives `ports` to the numbers tied to the entry in the registry of `holder`."""
    changes = UseChanges()
    renumbering = Renumbering(scene.name, holder.leaf.entry.endpoint.ports, ports)
    for tied in (
        *tied_numbers(scene.project, holder.path, scene.name),
        *_repeated(scene.project, holder.path, scene.name),
    ):
        changes.take(_renumbered(tied, renumbering))
    for span in loose_numbers(scene.project, holder.path, scene.name):
        shown = format_name(scene.name)
        changes.notes.append(Note(f"nothing ties this number to {shown} for sure; it stays", span))
    return changes


def _renumbered(tied: Tied, renumbering: Renumbering) -> tuple[Edit, ...] | BlockedUse:
    name, number = format_name(renumbering.name), renumbering.of(tied.number)
    if number is None:
        message = f"{tied.number} is of {name}, and nothing in {renumbering.new} is like it"
        return BlockedUse(
            tied.span, message, "keep the number of ports, or change all of it by hand"
        )
    if tied.digits is None:
        message = f"{tied.number} is tied to {name} and does not stand here in one piece"
        return BlockedUse(tied.span, message, "write it out there, or change all of it by hand")
    return (Edit(tied.digits, str(number)),) if number != tied.number else ()


def tied_numbers(project: Project, registry: str, name: Name) -> Iterator[Tied]:
    """Yield the numbers that surely are the port of the entry `name`, comments aside.

    A number that has drifted from it already is not.
    """
    if registry == project.registry.path:
        for ties in annotated_machines(project):
            for tie in ties.links.values():
                entry = tie.target.entry
                if entry is not None and entry.name == name and not tie.stale:
                    yield Tied(tie.site.number, tie.site.span, tie.site.digits)
    yield from _in_files(project, registry, name)


def _repeated(project: Project, registry: str, name: Name) -> Iterator[Tied]:
    """Yield the numbers that comments repeat, but for those that are out of date."""
    for path, mark in marks_of(project):
        number, digits = mark.annotation.number, mark.annotation.digits
        is_own = path == registry and mark.entry is not None and mark.entry.name == name
        if is_own and number is not None and digits is not None and not mark.has_stale_number():
            yield Tied(number, digits, digits)


def _in_files(project: Project, registry: str, name: Name) -> Iterator[Tied]:
    for nix in file_annotations(project):
        if _is_of(nix, registry, name):
            for use in nix.uses:
                if nix.target.holds(use.number) and use.number == use.last:
                    yield Tied(use.number, use.span, use.digits)
    for one in _meant(project, registry, name):
        if one.is_certain() and one.use.number == one.use.last:
            yield Tied(one.use.number, one.use.span, one.use.digits)
    for reference in named_references(project):
        fallback, entry = reference.reference.fallback, reference.entry
        is_own = reference.indexed.registry.path == registry
        if is_own and entry is not None and entry.name == name and fallback is not None:
            ports = entry.endpoint.ports
            if ports.first == ports.last == fallback.value:
                yield Tied(fallback.value, fallback.span, fallback.span)


def _is_of(nix: FileAnnotation, registry: str, name: Name) -> bool:
    entry = nix.target.entry
    return nix.project.registry.path == registry and entry is not None and entry.name == name


def _meant(project: Project, registry: str, name: Name) -> Iterator[MatchedUse]:
    """Yield the numbers in files that mean the entry and no other."""
    parts = project.registries
    for one in matched_uses(project):
        held = one.best_match()
        is_own = held is not None and parts[held.registry_index].registry.path == registry
        if is_own and held is not None and held.entry.name == name:
            yield one


def loose_numbers(project: Project, registry: str, name: Name) -> Iterator[Span]:
    """Yield the numbers that may be the port of the entry `name`, and nothing ties to it."""
    if registry == project.registry.path:
        for ties in annotated_machines(project):
            for one in unannotated_uses(project, ties):
                if any(entry.name == name for entry in one.entries):
                    yield from (spot.span for spot in one.sites)
    for meant in _meant(project, registry, name):
        if not meant.is_certain() or meant.use.number != meant.use.last:
            yield meant.use.shown
