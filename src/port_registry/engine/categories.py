"""The category that an entry without one belongs to."""

from port_registry.engine.init.identity import SERVICES, category_of
from port_registry.facts import services
from port_registry.facts.ranges import Convention, category_key
from port_registry.model.entry import Name, Registry


def is_flat(registry: Registry) -> bool:
    """Tell whether entries stand at the top of a registry, in no category."""
    return any(not entry.category for entry in registry.entries)


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
