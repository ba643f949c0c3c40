"""A YAML tree with spans and comments, made for reading and for exact edits.

It is read as process-compose's library (gopkg.in/yaml.v3) reads it: the first document
only, a key given twice is an error, and `<<` merges.
"""

from port_registry.languages.yaml.merge_keys import Entry, Merger
from port_registry.languages.yaml.nodes import (
    Alias,
    Comment,
    Document,
    Mapping,
    Node,
    Pair,
    Problem,
    Scalar,
    Sequence,
    Style,
    resolved,
)
from port_registry.languages.yaml.parse import MAX_DEPTH, parse
from port_registry.languages.yaml.values import as_bool, as_integer, is_null

__all__ = [
    "MAX_DEPTH",
    "Alias",
    "Comment",
    "Document",
    "Entry",
    "Mapping",
    "Merger",
    "Node",
    "Pair",
    "Problem",
    "Scalar",
    "Sequence",
    "Style",
    "as_bool",
    "as_integer",
    "is_null",
    "parse",
    "resolved",
]
