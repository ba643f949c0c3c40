"""What the references of a project's files name, in whichever registry they reach."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.matching.project import Project
from port_registry.model import Entry, Name, Reference, Registry, known_keys
from port_registry.registry.lookup import EntryIndex


class DeclaredRegistry(NamedTuple):
    """A registry of the project, the fleet's or a host's."""

    registry: Registry
    entries: EntryIndex


class NamedReference(NamedTuple):
    """A reference, and what it names."""

    reference: Reference
    declared: DeclaredRegistry
    name: Name | None
    """None where a part of the name is computed."""
    entry: Entry | None
    """None where it names something else, or nothing."""


def registries(project: Project) -> dict[str, DeclaredRegistry]:
    """Return the registries of `project` by path; the fleet's own is the first."""
    found = {
        project.registry.path: DeclaredRegistry(project.registry, EntryIndex(project.registry))
    }
    for part in project.registries:
        if part.registry.path not in found:
            found[part.registry.path] = DeclaredRegistry(part.registry, EntryIndex(part.registry))
    return found


def named(project: Project) -> Iterator[NamedReference]:
    """Yield every reference that reaches a registry."""
    known = registries(project)
    for reference in project.references:
        declared = known[reference.registry]
        name = known_keys(reference.name)
        entry = declared.entries.named(name) if name else None
        yield NamedReference(reference, declared, name, entry)
