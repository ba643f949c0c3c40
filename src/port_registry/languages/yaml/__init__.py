"""A YAML tree with spans and comments, made for reading and for exact edits.

It is read as process-compose's library (gopkg.in/yaml.v3) reads it: the first document
only, a key given twice is an error, and `<<` merges.
"""

from port_registry.languages.yaml.merge_keys import MergedKey, Merger
from port_registry.languages.yaml.nodes import (
    Alias,
    KeyValue,
    Mapping,
    Node,
    Scalar,
    ScalarStyle,
    Sequence,
    YamlComment,
    YamlDocument,
    YamlProblem,
    resolved,
)
from port_registry.languages.yaml.parse import MAX_DEPTH, parse
from port_registry.languages.yaml.values import as_bool, as_integer, is_null

__all__ = [
    "MAX_DEPTH",
    "Alias",
    "KeyValue",
    "Mapping",
    "MergedKey",
    "Merger",
    "Node",
    "Scalar",
    "ScalarStyle",
    "Sequence",
    "YamlComment",
    "YamlDocument",
    "YamlProblem",
    "as_bool",
    "as_integer",
    "is_null",
    "parse",
    "resolved",
]
