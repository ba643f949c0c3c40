"""Where in a registry's file the entries are.

Usually at the top. Some files keep them below `ports`, and those that are NixOS modules
below `config.<any path>.ports` or `options.<any path>.ports`. A set of that name that holds
nothing is the place where no other holds ports.
"""

from collections.abc import Callable

from port_registry.model import Name
from port_registry.registry.attribute_names import is_metadata
from port_registry.registry.data_tree import IntNode, Node, StringNode, TableNode, attribute_of

_PORTS = "ports"
_MODULE = ("config", "options")
"""The halves of a NixOS module; what it sets goes before what it declares."""
_MOST_DEPTH = 8
"""How many attributes `<any path>` can have."""


def find_prefix(root: TableNode) -> Name:
    """Return the attribute path of the set that holds the entries; empty for `root`."""
    ports = attribute_of(root, _PORTS)
    if ports is not None and isinstance(ports.node, TableNode):
        others = (item for item in root.items if item is not ports and not is_metadata(item.key))
        if not any(_holds_numbers(item.node) for item in others):
            return (_PORTS,)
    if any(isinstance(item.node, IntNode) for item in root.items):
        return ()
    for is_it in (_holds_numbers, _is_empty):
        for half in _MODULE:
            item = attribute_of(root, half)
            if item is not None and (found := _search(item.node, is_it)):
                return (half, *found)
    return ()


def _search(node: Node, is_it: Callable[[Node], bool]) -> Name:
    """Return the way to the nearest set called `ports` below `node` that `is_it` is true of.

    It is empty where there is none.
    """
    level: list[tuple[Name, Node]] = [((), node)]
    for _ in range(_MOST_DEPTH):
        below: list[tuple[Name, Node]] = []
        for way, above in level:
            if not isinstance(above, TableNode):
                continue
            for item in above.items:
                here = (*way, item.key)
                is_set = isinstance(item.node, TableNode)
                if item.key == _PORTS and is_set and is_it(item.node):
                    return here
                below.append((here, item.node))
        level = below
    return ()


def _is_empty(node: Node) -> bool:
    """Return whether `node` is a set without attributes."""
    return isinstance(node, TableNode) and not node.items and node.rest is None


def _holds_numbers(node: Node) -> bool:
    """Return whether an integer, or digits in a string, are anywhere below `node`."""
    if isinstance(node, TableNode):
        return any(_holds_numbers(item.node) for item in node.items)
    if isinstance(node, StringNode):
        return node.text.isascii() and node.text.isdigit()
    return isinstance(node, IntNode)
