"""Integers that are ports."""

from collections.abc import Iterator

from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.sources.nix.literals import names
from port_registry.sources.nix.literals.address_scan import scan
from port_registry.sources.nix.literals.build import LiteralMeaning, from_integer
from port_registry.sources.nix.literals.literal_site import LiteralSite
from port_registry.sources.nix.literals.names import AddressKind, kind_of
from port_registry.sources.nix.literals.numbers import said_of_port
from port_registry.sources.nix.literals.string_content import content_of
from port_registry.sources.nix.literals.strings import said_of_address
from port_registry.sources.nix.literals.value_path import way_to
from port_registry.sources.nix.module_facts import Literal


def read_integer(leaf: LiteralSite, node: tree.IntLiteral) -> Iterator[Literal]:
    """Yield the port, or range of ports, that an integer is."""
    label = leaf.label
    if label in ("from", "to", "start", "end", "first", "last"):
        yield from _range(leaf, node, label)
        return
    said = None if names.is_range(label) else said_of_port(leaf, node.value)
    if said is None and kind_of(label) is AddressKind.NOTHING:
        return
    way = way_to(leaf)
    if way is None:
        return
    if said is None or not _is_plain(way):
        said = _joined(leaf, node, way)
    if said is not None:
        yield from_integer(leaf, node.value, node.value, node.span, said)


def _is_plain(way: list[Node]) -> bool:
    """Return whether the number is the attribute's value, or an item of it, as it stands."""
    return not any(isinstance(node, tree.Str) or _is_sum(node) for node in way)


def _is_sum(node: Node) -> bool:
    return isinstance(node, tree.Binary) and node.operator == "+"


def _joined(leaf: LiteralSite, node: tree.IntLiteral, way: list[Node]) -> LiteralMeaning | None:
    """Return what is said of the port in `"127.0.0.1:" + toString 3000`."""
    inner = next((one for one in reversed(way) if _is_sum(one)), None)
    if not isinstance(inner, tree.Binary) or not isinstance(inner.left, tree.Str):
        return None
    if any(isinstance(one, tree.Str) for one in way):
        return None
    text = content_of(inner.left).text.text + str(node.value)
    found = [address for address in scan(text, leaf.label) if address.end == len(text)]
    return said_of_address(leaf, found[0]) if found else None


_ENDS = {"from": "to", "start": "end", "first": "last"}


def _range(leaf: LiteralSite, node: tree.IntLiteral, label: str) -> Iterator[Literal]:
    """Yield the range `{ from = 1; to = 2; }`, at its first number."""
    above = [step for step in leaf.setting[:-1] if step is not None]
    if not above or not (names.is_range(above[-1]) or names.is_port(above[-1])):
        return
    said = said_of_port(leaf._replace(setting=leaf.setting[:-1]), node.value)
    way = way_to(leaf)
    if said is None or leaf.owner is None or way is None or not _is_plain(way):
        return
    other = leaf.owner.definitions.get(_ENDS.get(label, ""))
    if other is not None and isinstance(other.node, tree.IntLiteral):
        literal = from_integer(leaf, node.value, other.node.value, node.span, said)
        yield literal._replace(digits=None)
