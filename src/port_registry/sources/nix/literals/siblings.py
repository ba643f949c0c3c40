"""Siblings of ports: attributes of the same set for the host and the protocol."""

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.languages.nix import tree
from port_registry.model import Protocol
from port_registry.sources.nix.literals.names import name_words

_ADDRESS_WORDS = word_set("addresses", "host-words")
_FILLERS = word_set("names", "host-fillers")
_MAX_ATTRIBUTES = 400
"""Sets with more attributes are not searched."""


def sibling_host(owner: tree.Set | None, label: str) -> tuple[str, str] | None:
    """Return the name and the value of the attribute for the host of the port `label`."""
    if owner is None or len(owner.definitions) > _MAX_ATTRIBUTES:
        return None
    port_words = name_words(label) - _FILLERS
    general: tuple[str, str] | None = None
    for name in owner.definitions:
        words = split(name)
        if words == ["bind"]:
            words = ["bind", "address"]
        if not words or (words[-1] not in _ADDRESS_WORDS and words[-2:] != ["host", "name"]):
            continue
        value = plain_text_of(owner, name)
        if value is None or not value or "/" in value or " " in value:
            continue
        host_words = frozenset(words) - _ADDRESS_WORDS - {"name"} - _FILLERS
        if host_words == port_words and host_words:
            return name, value
        if not host_words and (general is None or words[:1] != ["host"]):
            general = (name, value)
    return None if port_words else general


def plain_text_of(owner: tree.Set, name: str) -> str | None:
    """Return the text of an attribute that is a string without interpolations."""
    definition = owner.definitions.get(name)
    if definition is None or not isinstance(definition.node, tree.Str):
        return None
    if len(definition.node.parts) != 1:
        return None
    part = definition.node.parts[0]
    return part.traced.text if isinstance(part, tree.TextPart) else None


def sibling_protocol(owner: tree.Set | None) -> Protocol | None:
    """Return the protocol in an attribute of the same set."""
    if owner is None:
        return None
    for name in ("protocol", "proto"):
        text = plain_text_of(owner, name)
        if text is not None and text.lower() in ("tcp", "udp", "sctp"):
            return Protocol(text.lower())
    return None
