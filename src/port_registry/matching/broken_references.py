"""Broken references: names that a registry does not have, each fault once."""

from collections.abc import Iterator

from port_registry.languages.nix.absence_guards import has_fallback, is_tested_for
from port_registry.matching.name_suggestions import corrected_name, name_in_other_category
from port_registry.matching.named_references import NamedReference, named_references
from port_registry.matching.project import Project, cached_per_project
from port_registry.model import Name, NamedTuple
from port_registry.registry.attribute_lookup import Lookup, Presence, RegistryAttributes


class MissingReference(NamedTuple):
    """A reference to something that does not exist."""

    reference: NamedReference
    name: Name
    depth: int
    """The number of leading parts of `name` that exist."""
    below_port: bool
    """Whether the part that exists is a port, below which nothing can be."""
    suggestion: Name | None
    """The name that was meant, if that is clear."""
    is_last_part: bool
    """Whether only the last part of the name differs from `suggestion`."""


def missing_references(project: Project) -> Iterator[MissingReference]:
    """Yield the references that name what does not exist, and that nothing guards."""
    for missing in absent_references(project):
        span = missing.reference.reference.span
        source = project.reader.read(span.path)
        steps = missing.name[missing.depth :]
        if not has_fallback(source, span) and not is_tested_for(source, steps):
            yield missing


@cached_per_project
def absent_references(project: Project) -> tuple[MissingReference, ...]:
    """Return the references that name what does not exist, guarded or not."""
    return tuple(_absent_references(project))


def _absent_references(project: Project) -> Iterator[MissingReference]:
    by_registry: dict[str, RegistryAttributes] = {}
    for reference in named_references(project):
        name, entry = reference.name, reference.entry
        if not name or (entry is not None and entry.name == name):
            continue
        registry = reference.registry
        if registry.path not in by_registry:
            by_registry[registry.path] = RegistryAttributes(project.reader, registry)
        lookup = by_registry[registry.path].look_up(name)
        is_absent = lookup.presence in (Presence.ABSENT, Presence.BELOW_A_VALUE)
        # Where a variable that holds such a reference is used, nothing is reported again.
        if is_absent and len(name) - lookup.depth <= reference.reference.written:
            yield _missing_reference(reference, name, lookup)


def _missing_reference(reference: NamedReference, name: Name, lookup: Lookup) -> MissingReference:
    """Return the reference with the name that it may mean."""
    registry, is_absent = reference.registry, lookup.presence is Presence.ABSENT
    near = corrected_name(registry, name, lookup.depth) if is_absent else None
    return MissingReference(
        reference=reference,
        name=name,
        depth=lookup.depth,
        below_port=not is_absent,
        suggestion=(near or name_in_other_category(registry, name)) if is_absent else None,
        is_last_part=near is not None and lookup.depth == len(name) - 1,
    )
