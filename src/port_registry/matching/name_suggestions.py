"""Suggestions for names that the registry does not have."""

from collections.abc import Iterable

from port_registry.model import Entry, Name, Registry, format_name
from port_registry.registry.lookup import EntryIndex

_MOST_COMPARED = 80
"""The number of characters of a name that are compared; the time grows with its square."""

_MOST_LONGER = 2
"""By how many characters the last parts of siblings may differ in length."""


def nearest_name(
    registry: Registry, index: EntryIndex, name: Name, number: int | None
) -> Name | None:
    """Return the name of an entry that is nearest to `name`; None where none is near.

    Names of entries that have `number` come first, then those that the registry itself
    suggests, then the siblings of `name`.
    """
    numbered = () if number is None else index.holding(number)
    suggested = index.suggest(name)[:1]
    names = (entry.name for entry in registry.entries if format_name(entry.name) in suggested)
    siblings = [
        entry
        for entry in registry.entries
        if entry.name[:-1] == name[:-1] and abs(len(entry.service) - len(name[-1])) <= _MOST_LONGER
    ]
    nearest = _closest_service(numbered, name) or next(names, None)
    return nearest or _closest_service(siblings, name)


def corrected_name(registry: Registry, name: Name, depth: int) -> Name | None:
    """Return `name` with its part at `depth` replaced by the nearest one that exists.

    None where none is near, or several are.
    """
    from difflib import get_close_matches

    above, below = name[:depth], name[depth + 1 :]
    known = {
        entry.name[depth]: None
        for entry in registry.entries
        if entry.name[:depth] == above
        and len(entry.name) > depth
        and entry.name[depth + 1 :][: len(below)] == below
    }
    near = get_close_matches(name[depth][:_MOST_COMPARED], known, n=2, cutoff=0.7)
    return (*above, near[0], *below) if len(near) == 1 else None


def name_in_other_category(registry: Registry, name: Name) -> Name | None:
    """Return the name of the only entry with the last part of `name`, in any category."""
    same = [entry.name for entry in registry.entries if entry.service == name[-1]]
    return same[0] if len(same) == 1 else None


def _closest_service(entries: Iterable[Entry], name: Name) -> Name | None:
    """Return the name in `entries` whose last part is nearest to that of `name`."""
    from difflib import get_close_matches

    names = {entry.service: entry.name for entry in entries}
    near = get_close_matches(name[-1][:_MOST_COMPARED], names, n=1, cutoff=0.6)
    return names[near[0]] if near else None
