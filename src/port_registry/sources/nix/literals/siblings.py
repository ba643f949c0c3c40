"""What the attributes beside a port say of it: its host, its protocol, the end of its range."""

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.languages.nix import tree
from port_registry.model import Protocol
from port_registry.sources.nix.literals.names import parts

_ADDRESS_WORDS = word_set("addresses", "host-words")
_FILLERS = word_set("names", "host-fillers")
_MOST = 400
"""Sets with more attributes are not searched."""


def host_beside(owner: tree.Set | None, label: str) -> tuple[str, str] | None:
    """Return the name and the value of the attribute that gives the host of the port `label`."""
    if owner is None or len(owner.definitions) > _MOST:
        return None
    wanted = parts(label) - _FILLERS
    plain: tuple[str, str] | None = None
    for name in owner.definitions:
        pieces = split(name)
        if pieces == ["bind"]:
            pieces = ["bind", "address"]
        if not pieces or (pieces[-1] not in _ADDRESS_WORDS and pieces[-2:] != ["host", "name"]):
            continue
        value = text_of(owner, name)
        if value is None or not value or "/" in value or " " in value:
            continue
        rest = frozenset(pieces) - _ADDRESS_WORDS - {"name"} - _FILLERS
        if rest == wanted and rest:
            return name, value
        if not rest and (plain is None or pieces[:1] != ["host"]):
            plain = (name, value)
    return None if wanted else plain


def text_of(owner: tree.Set, name: str) -> str | None:
    """Return the text of an attribute that is a string of nothing else."""
    found = owner.definitions.get(name)
    if found is None or not isinstance(found.node, tree.Str) or len(found.node.parts) != 1:
        return None
    part = found.node.parts[0]
    return part.traced.text if isinstance(part, tree.TextPart) else None


def protocol_beside(owner: tree.Set | None) -> Protocol | None:
    """Return the protocol that an attribute of the same set gives."""
    if owner is None:
        return None
    for name in ("protocol", "proto"):
        text = text_of(owner, name)
        if text is not None and text.lower() in ("tcp", "udp", "sctp"):
            return Protocol(text.lower())
    return None
