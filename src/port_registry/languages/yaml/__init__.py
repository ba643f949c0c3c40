"""YAML trees with spans and comments, for exact edits.

The text is read as by process-compose's library (gopkg.in/yaml.v3): only the first document,
a duplicate key is an error, and `<<` merges.
"""

from port_registry.languages.yaml.nodes import Alias as Alias
from port_registry.languages.yaml.nodes import KeyValue as KeyValue
from port_registry.languages.yaml.nodes import Mapping as Mapping
from port_registry.languages.yaml.nodes import MergedKey as MergedKey
from port_registry.languages.yaml.nodes import Merger as Merger
from port_registry.languages.yaml.nodes import Node as Node
from port_registry.languages.yaml.nodes import Scalar as Scalar
from port_registry.languages.yaml.nodes import ScalarStyle as ScalarStyle
from port_registry.languages.yaml.nodes import Sequence as Sequence
from port_registry.languages.yaml.nodes import YamlComment as YamlComment
from port_registry.languages.yaml.nodes import YamlDocument as YamlDocument
from port_registry.languages.yaml.nodes import YamlProblem as YamlProblem
from port_registry.languages.yaml.nodes import as_bool as as_bool
from port_registry.languages.yaml.nodes import as_integer as as_integer
from port_registry.languages.yaml.nodes import is_null as is_null
from port_registry.languages.yaml.nodes import resolve_alias as resolve_alias
from port_registry.languages.yaml.parse import MAX_DEPTH as MAX_DEPTH
from port_registry.languages.yaml.parse import parse as parse
