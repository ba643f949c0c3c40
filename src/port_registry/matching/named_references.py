"""References of a project's files, with the entries that they name."""

from collections.abc import Iterator

from port_registry.matching.project import Project
from port_registry.model import Entry, Name, NamedTuple, Reference, Registry, known_keys
from port_registry.registry.lookup import EntryIndex


class NamedReference(NamedTuple):
    """A reference, and the entry that it names."""

    reference: Reference
    registry: Registry
    """The registry that it leads to, shared or a host's."""
    name: Name | None
    """None where a part of the name is computed."""
    entry: Entry | None
    """None where it does not name an entry."""


def named_references(project: Project) -> Iterator[NamedReference]:
    """Yield every reference that leads to a registry."""
    registries = (project.registry, *(part.registry for part in project.registries))
    by_path = {registry.path: registry for registry in reversed(registries)}
    indexes = {path: EntryIndex(registry) for path, registry in by_path.items()}
    for reference in project.references:
        path, name = reference.registry, known_keys(reference.name)
        entry = indexes[path].named(name) if name else None
        yield NamedReference(reference, by_path[path], name, entry)
