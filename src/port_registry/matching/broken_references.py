"""References in Nix files to what a registry does not have, each fault once."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.matching.absence_guards import has_fallback, is_asked_for
from port_registry.matching.memoize import cached_per_project
from port_registry.matching.name_suggestions import mended, moved
from port_registry.matching.named_references import NamedReference, named
from port_registry.matching.project import Project
from port_registry.model import Name
from port_registry.registry.attribute_lookup import Lookup, Presence, RegistryAttributes


class Missing(NamedTuple):
    """A reference that Nix fails on as soon as it needs its value."""

    named: NamedReference
    name: Name
    depth: int
    """How many parts of `name` exist."""
    past: bool
    """Whether what exists is a port, below which nothing can be."""
    meant: Name | None
    """What was meant, if that can be told."""
    renames: bool
    """Whether another last attribute makes the reference name `meant`."""


def missing_references(project: Project) -> Iterator[Missing]:
    """Yield the references that name what does not exist, and that nothing guards."""
    for one in absent_references(project):
        source = project.reader.read(one.named.reference.span.path)
        span = one.named.reference.span
        if not has_fallback(source, span) and not is_asked_for(source, one.name[one.depth :]):
            yield one


@cached_per_project
def absent_references(project: Project) -> tuple[Missing, ...]:
    """Return the references that name what does not exist, guarded or not."""
    return tuple(_absent_references(project))


def _absent_references(project: Project) -> Iterator[Missing]:
    books: dict[str, RegistryAttributes] = {}
    for one in named(project):
        if not one.name or (one.entry is not None and one.entry.name == one.name):
            continue
        registry = one.declared.registry
        book = books.get(registry.path)
        if book is None:
            book = books[registry.path] = RegistryAttributes(project.reader, registry)
        found = book.look_up(one.name)
        if found.presence in (Presence.ABSENT, Presence.BELOW_A_VALUE) and _is_here(
            one, one.name, found
        ):
            yield _missing(one, one.name, found)


def _is_here(one: NamedReference, name: Name, found: Lookup) -> bool:
    """Return whether the reference itself writes the attribute that is missing.

    Where a name that was given such a value is used, nothing is reported again.
    """
    return len(name) - found.depth <= one.reference.written


def _missing(one: NamedReference, name: Name, found: Lookup) -> Missing:
    """Return the reference with what it may mean."""
    registry = one.declared.registry
    if found.presence is Presence.BELOW_A_VALUE:
        return Missing(one, name, found.depth, past=True, meant=None, renames=False)
    near = mended(registry, name, found.depth)
    renames = near is not None and found.depth == len(name) - 1
    meant = near or moved(registry, name)
    return Missing(one, name, found.depth, past=False, meant=meant, renames=renames)
