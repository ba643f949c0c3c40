"""Entries of the registry that claim one port without meaning to."""

from collections import defaultdict
from collections.abc import Iterator

from port_registry.model import Entry, Registry, Span
from port_registry.registry.clash import clash, clashing_pairs


def origin(entry: Entry) -> tuple[Span, ...]:
    """Return where the number of `entry` comes from.

    Two entries with one origin are one number under two names, on purpose.
    """
    return entry.digits or (entry.value_span,)


def are_double(one: Entry, other: Entry) -> bool:
    """Return whether two entries claim one port without meaning to."""
    return (
        one.name != other.name
        and origin(one) != origin(other)
        and clash(one.endpoint, other.endpoint)
    )


def doubles(registry: Registry) -> Iterator[tuple[Entry, Entry]]:
    """Yield each entry that clashes with earlier ones, paired with them.

    Of earlier ones that clash with each other, only the first counts: three entries on one
    port are two pairs.
    """
    place = {id(entry): at for at, entry in enumerate(registry.entries)}
    earlier: dict[int, list[int]] = defaultdict(list)
    for one, other in clashing_pairs(registry.entries):
        first, later = sorted((place[id(one)], place[id(other)]))
        earlier[later].append(first)
    paired = set[tuple[Span, ...]]()
    for later in sorted(earlier):
        entry = registry.entries[later]
        if origin(entry) in paired:
            continue
        kept: list[Entry] = []
        for first in sorted(earlier[later]):
            candidate = registry.entries[first]
            related = any(_is_related(candidate, known) for known in kept)
            if are_double(candidate, entry) and not related:
                kept.append(candidate)
                yield candidate, entry
        if kept:
            paired.add(origin(entry))


def _is_related(one: Entry, other: Entry) -> bool:
    return origin(one) == origin(other) or clash(one.endpoint, other.endpoint)
