"""Duplicate ports: entries that unintentionally claim the same port."""

from collections import defaultdict
from collections.abc import Iterator

from port_registry.model import Entry, Registry, Span
from port_registry.registry.clash import clash, clashing_pairs


def origin(entry: Entry) -> tuple[Span, ...]:
    """Return the spans that the number of `entry` comes from.

    Two entries with one origin are one number under two names, on purpose.
    """
    return entry.digits or (entry.value_span,)


def are_duplicates(first: Entry, second: Entry) -> bool:
    """Return whether two entries unintentionally claim the same port."""
    return (
        first.name != second.name
        and origin(first) != origin(second)
        and clash(first.endpoint, second.endpoint)
    )


def duplicate_pairs(registry: Registry) -> Iterator[tuple[Entry, Entry]]:
    """Yield each entry that clashes with earlier ones, paired with them.

    Of earlier ones that clash with each other, only the first counts: three entries on one
    port are two pairs.
    """
    positions = {id(entry): position for position, entry in enumerate(registry.entries)}
    clashing: dict[int, list[int]] = defaultdict(list)
    for first, second in clashing_pairs(registry.entries):
        earlier, later = sorted((positions[id(first)], positions[id(second)]))
        clashing[later].append(earlier)
    paired_origins = set[tuple[Span, ...]]()
    for later in sorted(clashing):
        entry = registry.entries[later]
        if origin(entry) in paired_origins:
            continue
        partners: list[Entry] = []
        for earlier in sorted(clashing[later]):
            candidate = registry.entries[earlier]
            if are_duplicates(candidate, entry) and not any(
                origin(candidate) == origin(partner) or clash(candidate.endpoint, partner.endpoint)
                for partner in partners
            ):
                partners.append(candidate)
                yield candidate, entry
        if partners:
            paired_origins.add(origin(entry))
