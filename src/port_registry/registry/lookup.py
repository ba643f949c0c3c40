"""Index of entries by name and by port."""

from port_registry.model import Entry, Name, Registry, format_name
from port_registry.registry.attribute_names import LEAF_PORT, range_stems

_MOST_SUGGESTED = 3
_MOST_COMPARED = 80
"""The number of characters of a name that are compared."""


class EntryIndex:
    """An immutable index of a registry's entries."""

    __slots__ = ("_names", "_numbers", "_ranges", "_registry")

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._names: dict[Name, Entry] = {}
        self._numbers: dict[int, list[Entry]] = {}
        self._ranges: list[Entry] = []
        for entry in registry.entries:
            self._names.setdefault(entry.name, entry)
            ports = entry.ports
            if ports.is_single():
                self._numbers.setdefault(ports.first, []).append(entry)
            else:
                self._ranges.append(entry)

    def all(self) -> tuple[Entry, ...]:
        """Return every entry of the registry."""
        return self._registry.entries

    def named(self, name: Name) -> Entry | None:
        """Return the entry called `name`.

        The `port` of a structured leaf is its entry, so `databases.redis.port` is
        `databases.redis` where nothing else has that name; so are the two ends of a range,
        `media-start` and `media-end`.
        """
        entry = self._names.get(name)
        if entry is None and len(name) > 1 and name[-1] == LEAF_PORT:
            entry = self._names.get(name[:-1])
        if entry is None and name:
            ranges = (self._names.get((*name[:-1], stem)) for stem in range_stems(name[-1]))
            entry = next((known for known in ranges if known and not known.ports.is_single()), None)
        return entry

    def holding(self, number: int) -> tuple[Entry, ...]:
        """Return the entries that have the port `number`.

        Single ports come first, then ranges, each in the registry's order.
        """
        ranges = [entry for entry in self._ranges if entry.ports.holds(number)]
        return (*self._numbers.get(number, ()), *ranges)

    def suggest(self, name: Name) -> tuple[str, ...]:
        """Return up to three names similar to `name`, which is not that of an entry.

        They are as `format_name` returns them, the most similar first.
        """
        from difflib import get_close_matches

        services: dict[str, list[str]] = {}
        for known in self._names:
            services.setdefault(known[-1][:_MOST_COMPARED], []).append(format_name(known))
        service = name[-1][:_MOST_COMPARED]
        matches = get_close_matches(service, services, n=_MOST_SUGGESTED, cutoff=0.7)
        names = [name for service in matches for name in services[service]]
        return tuple(names[:_MOST_SUGGESTED])
