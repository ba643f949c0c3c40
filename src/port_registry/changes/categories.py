"""The category of a new entry: which one suits it, and whether the one it was given is known."""

from port_registry.changes.init.service_identification import SERVICES, category_of
from port_registry.facts import services
from port_registry.facts.ranges import Convention, category_key
from port_registry.model import Name, Registry

_MOST_COMPARED = 80
_NEAR = 0.75
"""How alike two names are of which one is surely a slip."""


def is_flat(registry: Registry) -> bool:
    """Return whether entries stand at the top of a registry, in no category."""
    return any(not entry.category for entry in registry.entries)


def is_new(registry: Registry, convention: Convention, name: Name) -> bool:
    """Return whether the category of an entry called `name` is one that nobody knows yet."""
    is_there = any(entry.name[:1] == name[:1] for entry in registry.entries)
    return len(name) > 1 and not is_there and not convention.ranges_for(name)


def meant(registry: Registry, convention: Convention, name: Name) -> str | None:
    """Return the category that is spelt nearly as the one of `name`, which is new."""
    from difflib import get_close_matches

    there = dict.fromkeys(entry.category for entry in registry.entries if entry.category)
    for known in (tuple(there), tuple(convention.categories)):
        near = get_close_matches(name[0][:_MOST_COMPARED], known, n=1, cutoff=_NEAR)
        if near:
            return near[0]
    return None


def category_for(registry: Registry, convention: Convention, name: Name) -> str:
    """Return the category for an entry that is called `name`, one of the registry's if it can."""
    found = services.match(name)
    wanted = SERVICES if found is None else category_of(found.service)
    there = list(dict.fromkeys(entry.category for entry in registry.entries))
    for category in there:
        if category_key(category) == category_key(wanted):
            return category
    ranges = convention.ranges_of(wanted)
    for category in there:
        if ranges and convention.ranges_of(category) == ranges:
            return category
    return wanted
