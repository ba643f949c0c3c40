"""Attributes of a structured leaf next to its port."""

from port_registry.languages import data_tree
from port_registry.model import Name, NamedTuple, Note, Protocol, Unknown, format_name
from port_registry.registry.attribute_names import PROTOCOLS, TCP_AND_UDP

_FIREWALL, _INTERNAL = "openFirewall", "internal"
_DESCRIPTION, _HOST, _ADDRESS = "description", "host", "address"
_USED = frozenset((*PROTOCOLS, _FIREWALL, _INTERNAL, _DESCRIPTION, _HOST, _ADDRESS))


class LeafAttributes(NamedTuple):
    """The values of a leaf's attributes; all empty for a leaf that is only a number."""

    protocols: tuple[Protocol, ...] = ()
    """Sorted by value; empty where no attribute gives them."""
    internal: bool = False
    description: str = ""
    host: str | None = None
    address: str | None = None
    notes: tuple[Note, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    used: frozenset[str] = frozenset()
    """The names of the attributes that were read."""


def read_attributes(branch: data_tree.TableNode, name: Name) -> LeafAttributes:
    """Return the attributes of the structured leaf `name`."""
    protocols: set[Protocol] = set()
    notes: list[Note] = []
    unknown: list[Unknown] = []
    texts: dict[str, str] = {}
    internal = False
    for item in branch.items:
        node = item.node
        if item.key not in _USED:
            continue
        if isinstance(node, data_tree.UnknownNode):
            unknown.append(Unknown((*name, item.key), node.reason, node.span))
        elif item.key in PROTOCOLS:
            item_protocols = _protocols(item)
            protocols |= item_protocols
            if not item_protocols:
                message = f"`{format_name((*name, item.key))}` is not a known transport protocol"
                notes.append(Note(message, node.span))
        elif isinstance(node, data_tree.BoolNode):
            internal |= (item.key, node.value) in ((_FIREWALL, False), (_INTERNAL, True))
        elif isinstance(node, data_tree.StringNode):
            texts[item.key] = " ".join(node.text.split())
    host, address = texts.get(_HOST) or None, texts.get(_ADDRESS) or None
    if address is None and host is not None and _is_address(host):
        host, address = None, host
    return LeafAttributes(
        protocols=tuple(sorted(protocols, key=lambda protocol: protocol.value)),
        internal=internal,
        description=texts.get(_DESCRIPTION, ""),
        host=host,
        address=address,
        notes=tuple(notes),
        unknown=tuple(unknown),
        used=_USED,
    )


def _protocols(item: data_tree.Attribute) -> set[Protocol]:
    """Return the protocols in the value of `item`: `udp`, `tcp/udp`, `both`, or a list."""
    nodes = item.node.items if isinstance(item.node, data_tree.ListNode) else (item.node,)
    words: list[str] = []
    for node in nodes:
        if isinstance(node, data_tree.StringNode):
            text = node.text.lower()
            words += "".join(char if char.isalpha() else " " for char in text).split()
    if not words:
        return set()
    if words[0] in TCP_AND_UDP:
        return {Protocol.TCP, Protocol.UDP}
    known = {protocol.value: protocol for protocol in Protocol}
    return {known[word] for word in words if word in known}


def _is_address(host: str) -> bool:
    """Return whether `host` is an address of the machine itself."""
    if host.lower() in ("localhost", "*"):
        return True
    bare = host.strip("[]")
    numbers = bare.split(".")
    if len(numbers) == 4 and all(number.isdigit() for number in numbers):
        return True
    return bare.count(":") > 1 and not bare.strip("0123456789abcdefABCDEF:.")
