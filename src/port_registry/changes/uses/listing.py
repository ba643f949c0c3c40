"""Every use of an entry, to be counted and shown."""

from collections.abc import Iterable, Iterator

from port_registry.changes.uses.annotations import marks_of
from port_registry.changes.uses.numbers import loose_numbers, tied_numbers
from port_registry.matching.project import Project
from port_registry.model import EntryUse, Machine, MachineKind, Name, Span, Use, UseForm
from port_registry.project.gather import Gathered


def uses_of(gathered: Gathered, name: Name) -> tuple[EntryUse, ...]:
    """Return the places that use the entry `name`, by path and place, each once.

    An entry that hosts put their own over is one entry.
    """
    found: dict[Span, EntryUse] = {}
    for used in (*_references(gathered, name), *_by_number(gathered.project, name)):
        found.setdefault(used.span, used)
    return tuple(sorted(found.values(), key=lambda one: one.span))


def _references(gathered: Gathered, name: Name) -> Iterator[EntryUse]:
    for reading in gathered.readings:
        if reading.references_to is not None:
            yield from reading.references_to.uses_of(name)
    for use in written_uses(gathered.project.machines):
        if use.entry == name:
            yield EntryUse(use.span, UseForm.REFERENCE)


def _by_number(project: Project, name: Name) -> Iterator[EntryUse]:
    for _, mark in marks_of(project):
        if mark.entry is not None and mark.entry.name == name:
            yield EntryUse(mark.annotation.name_span, UseForm.ANNOTATION)
    for part in project.registries:
        for tied in tied_numbers(project, part.registry.path, name):
            yield EntryUse(tied.span, UseForm.NUMBER)
        for span in loose_numbers(project, part.registry.path, name):
            yield EntryUse(span, UseForm.LOOSE)


def written_uses(machines: Iterable[Machine]) -> Iterator[Use]:
    """Yield what is used on machines that are not made of whole files."""
    for machine in machines:
        if machine.kind is not MachineKind.HOST:
            yield from machine.uses()
