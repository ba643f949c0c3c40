"""Changes of registries that are in memory, for the tests of this folder."""

import shlex
from collections.abc import Mapping

from tests.registry.helpers import Texts

from port_registry.model import Edit, Name, Port, PortRange, Protocol
from port_registry.registry.edit.add import add
from port_registry.registry.edit.editable_registry import (
    EditableRegistry,
    EntryBinding,
    apply_edits,
    open_editable,
)
from port_registry.registry.edit.entry_spec import EntrySpec
from port_registry.registry.edit.modify import describe, rename, set_ports, set_protocols
from port_registry.registry.edit.remove import remove


def ask(
    texts: Mapping[str, str], path: str, request: str, attribute: Name | None = None
) -> tuple[EditableRegistry, tuple[Edit, ...]]:
    """Return the registry at `path`, and the edits that `request` comes to.

    Requests are `add NAME PORTS [protocol=P] [description=TEXT] [host=H] [address=A]
    [internal]`, `rename NAME NAME`, `set NAME PORTS`, `protocol NAME P`, `describe NAME TEXT`
    and `remove NAME`. A slash parts the attributes of a name.
    """
    ground = open_editable(Texts(dict(texts)), path, attribute)
    kind, name, *rest = shlex.split(request)
    if kind == "add":
        return ground, add(ground, _wish(_name(name), rest))
    leaf = ground.leaf(_name(name))
    assert leaf is not None, f"there is no {name}"
    return ground, _change(ground, leaf, kind, rest)


def changed(
    texts: Mapping[str, str], path: str, request: str, attribute: Name | None = None
) -> str:
    """Return the text of the file at `path` once `request` is carried out."""
    ground, edits = ask(texts, path, request, attribute)
    return apply_edits(ground, edits).text


def _change(
    ground: EditableRegistry, leaf: EntryBinding, kind: str, rest: list[str]
) -> tuple[Edit, ...]:
    if kind == "remove":
        return remove(ground, leaf)
    (value,) = rest
    if kind == "rename":
        return rename(ground, leaf, _name(value))
    if kind == "set":
        return set_ports(ground, leaf, _range(value))
    if kind == "protocol":
        return set_protocols(ground, leaf, _protocols(value))
    assert kind == "describe", kind
    return describe(ground, leaf, value)


def _wish(name: Name, words: list[str]) -> EntrySpec:
    ports, *said = words
    told = dict(word.partition("=")[::2] for word in said)
    return EntrySpec(
        name,
        _range(ports),
        _protocols(told.get("protocol", "")),
        told.get("description", ""),
        told.get("host"),
        told.get("address"),
        "internal" in told,
    )


def _name(text: str) -> Name:
    return tuple(text.split("/"))


def _protocols(text: str) -> tuple[Protocol, ...]:
    return tuple(Protocol(one) for one in text.split("/") if one)


def _range(text: str) -> PortRange:
    first, _, last = text.partition("-")
    return PortRange(Port(int(first)), Port(int(last or first)))
