"""What someone meant who wrote a name that the registry does not have."""

from collections.abc import Iterable

from port_registry.model import Entry, Name, Registry, format_name
from port_registry.registry.lookup import EntryIndex

_MOST_COMPARED = 80
"""How much of a name is compared; the time taken grows with its square."""

_MOST_LONGER = 2
"""By how many characters the last parts of siblings may differ in length."""


def nearest(registry: Registry, index: EntryIndex, name: Name, number: int | None) -> Name | None:
    """Return the name that is nearest to `name`, if one is near at all.

    Names of entries that have `number` come first, then those that the registry itself
    suggests, then the siblings of `name`.
    """
    numbered = () if number is None else index.holding(number)
    suggested = index.suggest(name)
    return (
        _closest_service(numbered, name)
        or next(
            (entry.name for entry in registry.entries if format_name(entry.name) in suggested[:1]),
            None,
        )
        or _closest_service(_siblings(registry, name), name)
    )


def mended(registry: Registry, name: Name, depth: int) -> Name | None:
    """Return what `name` is with its part at `depth` exchanged for the nearest that exists.

    None where nothing is near, or more than one thing is.
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


def moved(registry: Registry, name: Name) -> Name | None:
    """Return the one entry that is called as `name` is, but in another category."""
    same = [entry.name for entry in registry.entries if entry.service == name[-1]]
    return same[0] if len(same) == 1 else None


def _siblings(registry: Registry, name: Name) -> list[Entry]:
    return [
        entry
        for entry in registry.entries
        if entry.name[:-1] == name[:-1] and abs(len(entry.service) - len(name[-1])) <= _MOST_LONGER
    ]


def _closest_service(entries: Iterable[Entry], name: Name) -> Name | None:
    """Return the name of the one of `entries` whose last part is nearest to that of `name`."""
    from difflib import get_close_matches

    names = {entry.service: entry.name for entry in entries}
    near = get_close_matches(name[-1][:_MOST_COMPARED], names, n=1, cutoff=0.6)
    return names[near[0]] if near else None
