"""Integers that are ports."""

from collections.abc import Iterator

from port_registry.languages.nix.tree import Binary, IntLiteral, Node, Str
from port_registry.sources.nix.literals import address_scan, build, literal_site, names, numbers
from port_registry.sources.nix.literals.string_content import content_of
from port_registry.sources.nix.literals.strings import address_meaning
from port_registry.sources.nix.module_facts import Literal

_RANGE_ENDS = {"from": "to", "start": "end", "first": "last", "to": "", "end": "", "last": ""}
"""Names of the first and last port of a range, with the other end of those that come first."""


def read_integer(site: literal_site.LiteralSite, node: IntLiteral) -> Iterator[Literal]:
    """Yield the literal of an integer that is a port, or the start of a range of ports."""
    label = site.label
    if label in _RANGE_ENDS:
        yield from _range(site, node, _RANGE_ENDS[label])
        return
    meaning = None if names.is_port_range(label) else numbers.port_meaning(site, node.value)
    if meaning is None and names.address_kind(label) is names.AddressKind.NOTHING:
        return
    path = literal_site.value_path(site)
    if path is None:
        return
    if meaning is None or not _is_direct(path):
        meaning = _concatenated_address(site, node, path)
    if meaning is not None:
        yield build.literal_of(site, meaning, (node.value, node.value), node.span, node.span)


def _is_direct(path: list[Node]) -> bool:
    """Return whether the number is the attribute's value, or an item of it, as written."""
    return not any(isinstance(node, Str) or _is_concatenation(node) for node in path)


def _is_concatenation(node: Node) -> bool:
    return isinstance(node, Binary) and node.operator == "+"


def _concatenated_address(
    site: literal_site.LiteralSite, node: IntLiteral, path: list[Node]
) -> build.LiteralMeaning | None:
    """Return the meaning of the port in `"127.0.0.1:" + toString 3000`."""
    inner = next((part for part in reversed(path) if _is_concatenation(part)), None)
    if not isinstance(inner, Binary) or not isinstance(inner.left, Str):
        return None
    if any(isinstance(part, Str) for part in path):
        return None
    text = content_of(inner.left).text.text + str(node.value)
    for address in address_scan.scan_addresses(text, site.label):
        if address.end == len(text):
            return address_meaning(site, address)
    return None


def _range(site: literal_site.LiteralSite, node: IntLiteral, end_label: str) -> Iterator[Literal]:
    """Yield the range `{ from = 1; to = 2; }`, at its first number."""
    above = [step for step in site.setting[:-1] if step is not None]
    if not above or not (names.is_port_range(above[-1]) or names.is_port(above[-1])):
        return
    meaning = numbers.port_meaning(site._replace(setting=site.setting[:-1]), node.value)
    path = literal_site.value_path(site)
    if meaning is None or site.owner is None or path is None or not _is_direct(path):
        return
    end = site.owner.definitions.get(end_label)
    if end is not None and isinstance(end.node, IntLiteral):
        yield build.literal_of(site, meaning, (node.value, end.node.value), node.span, None)
