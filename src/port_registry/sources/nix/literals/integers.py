"""Integers that are ports."""

from collections.abc import Iterator

from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.sources.nix.literals import names
from port_registry.sources.nix.literals.address_scan import scan_addresses
from port_registry.sources.nix.literals.build import LiteralMeaning, literal_of
from port_registry.sources.nix.literals.literal_site import LiteralSite, value_path
from port_registry.sources.nix.literals.names import AddressKind, address_kind
from port_registry.sources.nix.literals.numbers import port_meaning
from port_registry.sources.nix.literals.string_content import content_of
from port_registry.sources.nix.literals.strings import address_meaning
from port_registry.sources.nix.module_facts import Literal

_RANGE_ENDS = {"from": "to", "start": "end", "first": "last", "to": "", "end": "", "last": ""}
"""Names of the first and last port of a range, with the other end of those that come first."""


def read_integer(site: LiteralSite, node: tree.IntLiteral) -> Iterator[Literal]:
    """Yield the literal of an integer that is a port, or the start of a range of ports."""
    label = site.label
    if label in _RANGE_ENDS:
        yield from _range(site, node, _RANGE_ENDS[label])
        return
    meaning = None if names.is_port_range(label) else port_meaning(site, node.value)
    if meaning is None and address_kind(label) is AddressKind.NOTHING:
        return
    path = value_path(site)
    if path is None:
        return
    if meaning is None or not _is_direct(path):
        meaning = _concatenated_address(site, node, path)
    if meaning is not None:
        yield literal_of(site, meaning, (node.value, node.value), node.span, node.span)


def _is_direct(path: list[Node]) -> bool:
    """Return whether the number is the attribute's value, or an item of it, as written."""
    return not any(isinstance(node, tree.Str) or _is_concatenation(node) for node in path)


def _is_concatenation(node: Node) -> bool:
    return isinstance(node, tree.Binary) and node.operator == "+"


def _concatenated_address(
    site: LiteralSite, node: tree.IntLiteral, path: list[Node]
) -> LiteralMeaning | None:
    """Return the meaning of the port in `"127.0.0.1:" + toString 3000`."""
    inner = next((part for part in reversed(path) if _is_concatenation(part)), None)
    if not isinstance(inner, tree.Binary) or not isinstance(inner.left, tree.Str):
        return None
    if any(isinstance(part, tree.Str) for part in path):
        return None
    text = content_of(inner.left).text.text + str(node.value)
    for address in scan_addresses(text, site.label):
        if address.end == len(text):
            return address_meaning(site, address)
    return None


def _range(site: LiteralSite, node: tree.IntLiteral, end_label: str) -> Iterator[Literal]:
    """Yield the range `{ from = 1; to = 2; }`, at its first number."""
    above = [step for step in site.setting[:-1] if step is not None]
    if not above or not (names.is_port_range(above[-1]) or names.is_port(above[-1])):
        return
    meaning = port_meaning(site._replace(setting=site.setting[:-1]), node.value)
    path = value_path(site)
    if meaning is None or site.owner is None or path is None or not _is_direct(path):
        return
    end = site.owner.definitions.get(end_label)
    if end is not None and isinstance(end.node, tree.IntLiteral):
        yield literal_of(site, meaning, (node.value, end.node.value), node.span, None)
