"""Merge keys: `<<: *base` adds the pairs of another mapping whose keys are missing."""

from port_registry.languages.yaml.nodes import (
    Mapping,
    Node,
    Scalar,
    ScalarStyle,
    Sequence,
    resolve_alias,
)
from port_registry.model import NamedTuple

_MAX_CHAIN = 100
"""The longest chain of mappings that merge one another; the rest is omitted."""


class MergedKey(NamedTuple):
    """A key of a mapping after merging."""

    key: Scalar
    """The key as written, which for a merged key is in another mapping."""
    value: Node


def is_merge(key: Node) -> bool:
    """Return whether `key` is a merge key."""
    return isinstance(key, Scalar) and key.value == "<<" and key.style is ScalarStyle.PLAIN


class Merger:
    """A cache of the merged mappings of one document."""

    def __init__(self) -> None:
        self._cache: dict[int, tuple[Mapping, dict[str, MergedKey]]] = {}

    def entries(self, mapping: Mapping) -> dict[str, MergedKey]:
        """Return the mapping's keys with their values, own ones first.

        Where several merged mappings have a key, the first counts. Keys that are not scalars
        are omitted.
        """
        return self._entries(mapping, 0)

    def _entries(self, mapping: Mapping, depth: int) -> dict[str, MergedKey]:
        cached = self._cache.get(id(mapping))
        if cached is not None:
            return cached[1]
        entries: dict[str, MergedKey] = {}
        mappings: list[Mapping] = []
        for pair in mapping.pairs:
            if is_merge(pair.key):
                mappings.extend(_merged(pair.value))
                continue
            key = resolve_alias(pair.key)
            if isinstance(key, Scalar):
                entries.setdefault(key.value, MergedKey(key, pair.value))
        if depth < _MAX_CHAIN:
            for other in mappings:
                for name, entry in self._entries(other, depth + 1).items():
                    entries.setdefault(name, entry)
        self._cache[id(mapping)] = (mapping, entries)
        return entries


def _merged(value: Node) -> list[Mapping]:
    """Return the mappings that a merge key's value names."""
    value = resolve_alias(value)
    nodes = value.items if isinstance(value, Sequence) else (value,)
    targets = [resolve_alias(node) for node in nodes]
    return [target for target in targets if isinstance(target, Mapping)]
