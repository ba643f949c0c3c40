"""Merge keys: `<<: *base` gives a mapping the pairs of another that it lacks itself."""

from typing import NamedTuple

from port_registry.languages.yaml.nodes import (
    Mapping,
    Node,
    Scalar,
    ScalarStyle,
    Sequence,
    resolved,
)

_MAX_CHAIN = 100
"""How many mappings may merge one another in a chain; those beyond are left out."""


class MergedKey(NamedTuple):
    """One key of a mapping after merging."""

    key: Scalar
    """Where it is really written, which for a merged key is in another mapping."""
    value: Node


def is_merge(key: Node) -> bool:
    """Return whether `key` is a merge key."""
    return isinstance(key, Scalar) and key.value == "<<" and key.style is ScalarStyle.PLAIN


class Merger:
    """Resolves the merge keys of one document, each mapping once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Mapping, dict[str, MergedKey]]] = {}

    def entries(self, mapping: Mapping) -> dict[str, MergedKey]:
        """Return the mapping's keys with what they hold, own ones first.

        Where several merged mappings hold a key, the first has it. Keys that are not
        scalars are left out.
        """
        return self._entries(mapping, 0)

    def _entries(self, mapping: Mapping, depth: int) -> dict[str, MergedKey]:
        known = self._known.get(id(mapping))
        if known is not None:
            return known[1]
        found: dict[str, MergedKey] = {}
        merged: list[Mapping] = []
        for pair in mapping.pairs:
            if is_merge(pair.key):
                merged.extend(_merged(pair.value))
                continue
            key = resolved(pair.key)
            if isinstance(key, Scalar):
                found.setdefault(key.value, MergedKey(key, pair.value))
        if depth < _MAX_CHAIN:
            for other in merged:
                for name, entry in self._entries(other, depth + 1).items():
                    found.setdefault(name, entry)
        self._known[id(mapping)] = (mapping, found)
        return found


def _merged(value: Node) -> list[Mapping]:
    """Return the mappings that a merge key's value names."""
    value = resolved(value)
    nodes = value.items if isinstance(value, Sequence) else (value,)
    targets = [resolved(node) for node in nodes]
    return [target for target in targets if isinstance(target, Mapping)]
