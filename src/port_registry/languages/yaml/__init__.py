"""YAML trees with spans and comments, for exact edits.

The text is read as by process-compose's library (gopkg.in/yaml.v3): only the first document,
a duplicate key is an error, and `<<` merges.
"""

from port_registry.languages.yaml.nodes import (
    Alias,
    KeyValue,
    Mapping,
    MergedKey,
    Merger,
    Node,
    Scalar,
    ScalarStyle,
    Sequence,
    YamlComment,
    YamlDocument,
    YamlProblem,
    as_bool,
    as_integer,
    is_null,
    resolve_alias,
)
from port_registry.languages.yaml.parse import MAX_DEPTH, parse

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
