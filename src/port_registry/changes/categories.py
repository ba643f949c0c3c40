"""Categories of new entries: the one that suits an entry, and whether a given one is known."""

from port_registry.changes.init.service_identification import SERVICES, category_of
from port_registry.facts import identifiers, services
from port_registry.facts.ranges import Convention
from port_registry.model import Name, Registry

_MOST_COMPARED = 80
"""The number of characters of a name that are compared."""

_SIMILARITY = 0.75
"""The similarity of two names from which on one is probably a typing error."""


def is_flat(registry: Registry) -> bool:
    """Return whether entries are at the top of a registry, in no category."""
    return any(not entry.category for entry in registry.entries)


def is_new_category(registry: Registry, convention: Convention, name: Name) -> bool:
    """Return whether neither the registry nor the convention has the category in `name`."""
    exists = any(entry.name[:1] == name[:1] for entry in registry.entries)
    return len(name) > 1 and not exists and not convention.ranges_for(name)


def similar_category(registry: Registry, convention: Convention, name: Name) -> str | None:
    """Return the category whose name is similar to that in `name`, which is new."""
    from difflib import get_close_matches

    own = dict.fromkeys(entry.category for entry in registry.entries if entry.category)
    for categories in (tuple(own), tuple(convention.categories)):
        matches = get_close_matches(name[0][:_MOST_COMPARED], categories, n=1, cutoff=_SIMILARITY)
        if matches:
            return matches[0]
    return None


def suggest_category(registry: Registry, convention: Convention, name: Name) -> str:
    """Return the category for an entry named `name`, one of the registry's if possible."""
    match = services.match(name)
    usual = SERVICES if match is None else category_of(match.service)
    own = list(dict.fromkeys(entry.category for entry in registry.entries))
    for category in own:
        if identifiers.normalise(category) == identifiers.normalise(usual):
            return category
    ranges = convention.ranges_of(usual)
    for category in own:
        if ranges and convention.ranges_of(category) == ranges:
            return category
    return usual
