"""YAML trees with spans and comments, for exact edits.

The text is read as by process-compose's library (gopkg.in/yaml.v3): only the first document,
a duplicate key is an error, and `<<` merges.
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
    resolve_alias,
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
    "resolve_alias",
]
