"""Lookup of any attribute in a registry's file: an entry, a category or a helper."""

from enum import Enum

from port_registry.languages import data_tree
from port_registry.model import Name, NamedTuple, Reader, Registry, RegistryError
from port_registry.registry.entries_prefix import HALVES
from port_registry.registry.read import read_tree


class Presence(Enum):
    """Whether an attribute exists."""

    PRESENT = "there"
    ABSENT = "absent"
    """Its set is known and has no such attribute."""
    BELOW_A_VALUE = "past"
    """An attribute above it is not a set."""
    UNKNOWN = "unknown"


class Lookup(NamedTuple):
    """The result of looking up a name."""

    presence: Presence
    depth: int
    """The number of leading parts of the name that exist."""


class RegistryAttributes:
    """The attributes of a registry's file."""

    def __init__(self, reader: Reader, registry: Registry) -> None:
        self._is_module = bool(registry.prefix) and registry.prefix[0] in HALVES
        self._root: data_tree.Node | None
        try:
            self._root = read_tree(reader, registry.path, registry.prefix)
        except RegistryError:
            self._root = None
        self._entries = {entry.name for entry in registry.entries}

    def look_up(self, name: Name) -> Lookup:
        """Return whether the attribute `name` exists.

        It may exist below the value of an option even if the file does not set it.
        """
        node = self._root
        for depth, part in enumerate(name):
            is_function = isinstance(node, data_tree.OtherNode) and node.kind == data_tree.FUNCTION
            if node is None or isinstance(node, data_tree.UnknownNode) or is_function:
                return Lookup(Presence.UNKNOWN, depth)
            if self._is_module and name[:depth] in self._entries:
                return Lookup(Presence.UNKNOWN, depth)
            if not isinstance(node, data_tree.TableNode):
                return Lookup(Presence.BELOW_A_VALUE, depth)
            item = data_tree.attribute_of(node, part)
            if item is None:
                # What an option that is empty by default has in it, other files say.
                is_complete = node.rest is None and not (node.is_default and not node.items)
                return Lookup(Presence.ABSENT if is_complete else Presence.UNKNOWN, depth)
            node = item.node
        return Lookup(Presence.PRESENT, len(name))
