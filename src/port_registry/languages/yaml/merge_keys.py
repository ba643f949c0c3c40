"""Merge keys: `<<: *base` adds the pairs of another mapping whose keys are missing."""

from port_registry.languages.yaml import nodes as yaml_nodes
from port_registry.model import NamedTuple

_MAX_CHAIN = 100
"""The longest chain of mappings that merge one another; the rest is omitted."""


class MergedKey(NamedTuple):
    """A key of a mapping after merging."""

    key: yaml_nodes.Scalar
    """The key as written, which for a merged key is in another mapping."""
    value: yaml_nodes.Node


def is_merge(key: yaml_nodes.Node) -> bool:
    """Return whether `key` is a merge key."""
    return (
        isinstance(key, yaml_nodes.Scalar)
        and key.value == "<<"
        and key.style is yaml_nodes.ScalarStyle.PLAIN
    )


class Merger:
    """A cache of the merged mappings of one document."""

    def __init__(self) -> None:
        self._cache: dict[int, tuple[yaml_nodes.Mapping, dict[str, MergedKey]]] = {}

    def entries(self, mapping: yaml_nodes.Mapping) -> dict[str, MergedKey]:
        """Return the mapping's keys with their values, own ones first.

        Where several merged mappings have a key, the first counts. Keys that are not scalars
        are omitted.
        """
        return self._entries(mapping, 0)

    def _entries(self, mapping: yaml_nodes.Mapping, depth: int) -> dict[str, MergedKey]:
        cached = self._cache.get(id(mapping))
        if cached is not None:
            return cached[1]
        entries: dict[str, MergedKey] = {}
        mappings: list[yaml_nodes.Mapping] = []
        for pair in mapping.pairs:
            if is_merge(pair.key):
                mappings.extend(_merged(pair.value))
                continue
            key = yaml_nodes.resolve_alias(pair.key)
            if isinstance(key, yaml_nodes.Scalar):
                entries.setdefault(key.value, MergedKey(key, pair.value))
        if depth < _MAX_CHAIN:
            for other in mappings:
                for name, entry in self._entries(other, depth + 1).items():
                    entries.setdefault(name, entry)
        self._cache[id(mapping)] = (mapping, entries)
        return entries


def _merged(value: yaml_nodes.Node) -> list[yaml_nodes.Mapping]:
    """Return the mappings that a merge key's value names."""
    value = yaml_nodes.resolve_alias(value)
    nodes = value.items if isinstance(value, yaml_nodes.Sequence) else (value,)
    targets = [yaml_nodes.resolve_alias(node) for node in nodes]
    return [target for target in targets if isinstance(target, yaml_nodes.Mapping)]
