"""Every use of an entry, to be counted and shown."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from port_registry.changes.uses.annotations import marks_of
from port_registry.changes.uses.enclosing_calls import goes_through
from port_registry.changes.uses.has_attr_checks import questions_of
from port_registry.changes.uses.nix_fleet import fleet_of
from port_registry.changes.uses.nix_text import Texts
from port_registry.changes.uses.numbers import loose_numbers, tied_numbers
from port_registry.changes.uses.options import options_set
from port_registry.changes.uses.rename_map import Renaming
from port_registry.matching.project import Project
from port_registry.model import Machine, MachineKind, Name, Span, Use
from port_registry.project.gather import Gathered


class UseForm(Enum):
    """How a place uses an entry."""

    REFERENCE = "reference"
    COMPUTED = "computed reference"
    """A reference with a computed attribute, which may be the entry's."""
    QUESTION = "question"
    """Whether the registry has the entry."""
    OPTION = "option"
    """A module sets the entry, which is an option."""
    ANNOTATION = "annotation"
    NUMBER = "number"
    """A number that is the entry's, as a comment or its surroundings tell."""
    LOOSE = "loose number"
    """A number that may be the entry's."""


class Used(NamedTuple):
    """One place that uses an entry."""

    span: Span
    way: UseForm


def uses_of(gathered: Gathered, name: Name) -> tuple[Used, ...]:
    """Return the places that use the entry `name`, by path and place, each once.

    An entry that hosts put their own over is one entry.
    """
    found: dict[Span, Used] = {}
    for used in (*_references(gathered, name), *_by_number(gathered.project, name)):
        found.setdefault(used.span, used)
    return tuple(sorted(found.values(), key=lambda one: one.span))


def _references(gathered: Gathered, name: Name) -> Iterator[Used]:
    project = gathered.project
    meant, texts, fleet = Renaming(name, name), Texts(project.reader), fleet_of(gathered)
    for reached in fleet.reached:
        span, last = reached.reference.span, reached.reference.last
        if meant.names(reached.name):
            yield Used(span, UseForm.REFERENCE)
        elif meant.may_be(reached.name) and not goes_through(texts.of(span.path), last):
            yield Used(span, UseForm.COMPUTED)
    for reached in questions_of(fleet, texts, name):
        yield Used(reached.reference.span, UseForm.QUESTION)
    registries = {part.registry.path for part in fleet.registries}
    for definition in options_set(fleet, name, registries):
        yield Used(definition.span, UseForm.OPTION)
    for use in written_uses(project.machines):
        if use.entry == name:
            yield Used(use.span, UseForm.REFERENCE)


def _by_number(project: Project, name: Name) -> Iterator[Used]:
    for _, mark in marks_of(project):
        if mark.entry is not None and mark.entry.name == name:
            yield Used(mark.annotation.name_span, UseForm.ANNOTATION)
    for part in project.registries:
        for tied in tied_numbers(project, part.registry.path, name):
            yield Used(tied.span, UseForm.NUMBER)
        for span in loose_numbers(project, part.registry.path, name):
            yield Used(span, UseForm.LOOSE)


def written_uses(machines: Iterable[Machine]) -> Iterator[Use]:
    """Yield what is used on machines that are not made of whole files."""
    for machine in machines:
        if machine.kind is not MachineKind.HOST:
            yield from machine.uses()
