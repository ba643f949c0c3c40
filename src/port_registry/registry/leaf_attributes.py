"""What a structured leaf says beside its port."""

from typing import NamedTuple

from port_registry.model import Name, Note, Protocol, Unknown, format_name
from port_registry.registry.attribute_names import PROTOCOLS, TCP_AND_UDP
from port_registry.registry.data_tree import (
    Attribute,
    BoolNode,
    ListNode,
    StringNode,
    TableNode,
    UnknownNode,
)

_FIREWALL, _INTERNAL = "openFirewall", "internal"
_DESCRIPTION, _HOST, _ADDRESS = "description", "host", "address"
_USED = frozenset((*PROTOCOLS, _FIREWALL, _INTERNAL, _DESCRIPTION, _HOST, _ADDRESS))


class LeafAttributes(NamedTuple):
    """What a leaf's attributes say; the empty one for a leaf that is a number alone."""

    protocols: tuple[Protocol, ...] = ()
    """Sorted by value; empty where they do not say."""
    internal: bool = False
    description: str = ""
    host: str | None = None
    address: str | None = None
    notes: tuple[Note, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    used: frozenset[str] = frozenset()
    """The names of the attributes that were looked at."""


def read_attributes(branch: TableNode, name: Name) -> LeafAttributes:
    """Return what the attributes of the structured leaf `name` say."""
    protocols: set[Protocol] = set()
    notes: list[Note] = []
    unknown: list[Unknown] = []
    texts: dict[str, str] = {}
    internal = False
    for item in branch.items:
        node = item.node
        if item.key not in _USED:
            continue
        if isinstance(node, UnknownNode):
            unknown.append(Unknown((*name, item.key), node.reason, node.span))
        elif item.key in PROTOCOLS:
            found = _protocols(item)
            protocols |= found
            if not found:
                message = f"`{format_name(name)}`: its {item.key} names no transport protocol"
                notes.append(Note(message, node.span))
        elif isinstance(node, BoolNode):
            internal |= (item.key, node.value) in ((_FIREWALL, False), (_INTERNAL, True))
        elif isinstance(node, StringNode):
            texts[item.key] = " ".join(node.text.split())
    host, address = texts.get(_HOST) or None, texts.get(_ADDRESS) or None
    if address is None and host is not None and _is_address(host):
        host, address = None, host
    return LeafAttributes(
        tuple(sorted(protocols, key=lambda one: one.value)),
        internal,
        texts.get(_DESCRIPTION, ""),
        host,
        address,
        tuple(notes),
        tuple(unknown),
        _USED,
    )


def _protocols(item: Attribute) -> set[Protocol]:
    """Return the transport protocols that `udp`, `tcp/udp`, `both` or a list of them name."""
    nodes = item.node.items if isinstance(item.node, ListNode) else (item.node,)
    words: list[str] = []
    for node in nodes:
        if isinstance(node, StringNode):
            text = node.text.lower()
            words += "".join(char if char.isalpha() else " " for char in text).split()
    if not words:
        return set()
    if words[0] in TCP_AND_UDP:
        return {Protocol.TCP, Protocol.UDP}
    known = {protocol.value: protocol for protocol in Protocol}
    return {known[word] for word in words if word in known}


def _is_address(host: str) -> bool:
    """Return whether what is called a host is an address of the machine itself."""
    if host.lower() in ("localhost", "*"):
        return True
    bare = host.strip("[]")
    numbers = bare.split(".")
    if len(numbers) == 4 and all(number.isdigit() for number in numbers):
        return True
    return bare.count(":") > 1 and not bare.strip("0123456789abcdefABCDEF:.")
