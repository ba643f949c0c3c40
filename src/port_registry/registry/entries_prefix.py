"""Location of the entries in a registry's file.

They are usually at the top level. Some files keep them below `ports`, and NixOS modules
below `config.<any path>.ports` or `options.<any path>.ports`. An empty set of that name is
the location only if no other set holds ports.
"""

from collections.abc import Callable

from port_registry.languages.data_tree import IntNode, Node, StringNode, TableNode, attribute_of
from port_registry.model import Name
from port_registry.registry.attribute_names import is_metadata

HALVES = ("config", "options")
"""The halves of a NixOS module, below which it has its entries; definitions are preferred to
declarations."""

_PORTS = "ports"
_MOST_DEPTH = 8
"""The longest `<any path>`, in attributes."""


def find_prefix(root: TableNode) -> Name:
    """Return the attribute path of the set that holds the entries; empty for `root`."""
    ports = attribute_of(root, _PORTS)
    if ports is not None and isinstance(ports.node, TableNode):
        others = (item for item in root.items if item is not ports and not is_metadata(item.key))
        if not any(_holds_numbers(item.node) for item in others):
            return (_PORTS,)
    if any(isinstance(item.node, IntNode) for item in root.items):
        return ()
    for matches in (_holds_numbers, _is_empty):
        for half in HALVES:
            item = attribute_of(root, half)
            if item is not None and (path := _search(item.node, matches)):
                return (half, *path)
    return ()


def _search(node: Node, matches: Callable[[Node], bool]) -> Name:
    """Return the path to the nearest set called `ports` below `node` that `matches`.

    It is empty where there is none.
    """
    level: list[tuple[Name, Node]] = [((), node)]
    for _ in range(_MOST_DEPTH):
        level = [
            ((*path, item.key), item.node)
            for path, parent in level
            if isinstance(parent, TableNode)
            for item in parent.items
        ]
        for path, child in level:
            if path[-1] == _PORTS and isinstance(child, TableNode) and matches(child):
                return path
    return ()


def _is_empty(node: Node) -> bool:
    """Return whether `node` is a set without attributes."""
    return isinstance(node, TableNode) and not node.items and node.rest is None


def _holds_numbers(node: Node) -> bool:
    """Return whether `node` is or contains an integer, or digits in a string."""
    if isinstance(node, TableNode):
        return any(_holds_numbers(item.node) for item in node.items)
    if isinstance(node, StringNode):
        return node.text.isascii() and node.text.isdigit()
    return isinstance(node, IntNode)
