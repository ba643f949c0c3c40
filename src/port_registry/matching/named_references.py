"""References of a project's files, with the entries that they name."""

from collections.abc import Iterator

from port_registry.matching.project import Project
from port_registry.model import Entry, Name, NamedTuple, Reference, Registry, known_keys
from port_registry.registry.lookup import EntryIndex


class IndexedRegistry(NamedTuple):
    """A registry of the project, shared or a host's, with its index."""

    registry: Registry
    entries: EntryIndex


class NamedReference(NamedTuple):
    """A reference, and the entry that it names."""

    reference: Reference
    indexed: IndexedRegistry
    name: Name | None
    """None where a part of the name is computed."""
    entry: Entry | None
    """None where it does not name an entry."""


def indexed_registries(project: Project) -> dict[str, IndexedRegistry]:
    """Return the registries of `project` by path; the shared one is the first."""
    registries = [project.registry, *(part.registry for part in project.registries)]
    indexed: dict[str, IndexedRegistry] = {}
    for registry in registries:
        if registry.path not in indexed:
            indexed[registry.path] = IndexedRegistry(registry, EntryIndex(registry))
    return indexed


def named_references(project: Project) -> Iterator[NamedReference]:
    """Yield every reference that leads to a registry."""
    registries = indexed_registries(project)
    for reference in project.references:
        indexed = registries[reference.registry]
        name = known_keys(reference.name)
        entry = indexed.entries.named(name) if name else None
        yield NamedReference(reference, indexed, name, entry)
