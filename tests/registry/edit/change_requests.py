"""Changes of registries in memory, written as requests."""

import shlex
from collections.abc import Mapping

from tests.registry.helpers import Texts

from port_registry.model import Edit, Name, Port, PortRange, Protocol
from port_registry.registry.edit.add import add
from port_registry.registry.edit.editable_registry import EditableRegistry, EntryBinding
from port_registry.registry.edit.entry_spec import EntrySpec
from port_registry.registry.edit.modify import describe, rename, set_ports, set_protocols
from port_registry.registry.edit.remove import remove


def ask(
    texts: Mapping[str, str], path: str, request: str, attribute: Name | None = None
) -> tuple[EditableRegistry, tuple[Edit, ...]]:
    """Return the registry at `path`, and the edits for `request`.

    Requests are `add NAME PORTS [protocol=P] [description=TEXT] [host=H] [address=A]
    [internal]`, `rename NAME NAME`, `set NAME PORTS`, `protocol NAME P`, `describe NAME TEXT`
    and `remove NAME`. A slash separates the parts of a name.
    """
    editable = EditableRegistry(Texts(dict(texts)), path, attribute)
    kind, name, *rest = shlex.split(request)
    if kind == "add":
        return editable, add(editable, _spec(_name(name), rest))
    binding = editable.find(_name(name))
    assert binding is not None, f"there is no {name}"
    return editable, _change(editable, binding, kind, rest)


def changed(
    texts: Mapping[str, str], path: str, request: str, attribute: Name | None = None
) -> str:
    """Return the text of the file at `path` after `request`."""
    editable, edits = ask(texts, path, request, attribute)
    return editable.changed(edits).text


def _change(
    editable: EditableRegistry, binding: EntryBinding, kind: str, rest: list[str]
) -> tuple[Edit, ...]:
    if kind == "remove":
        return remove(editable, binding)
    (value,) = rest
    if kind == "rename":
        return rename(editable, binding, _name(value))
    if kind == "set":
        return set_ports(editable, binding, _range(value))
    if kind == "protocol":
        return set_protocols(editable, binding, _protocols(value))
    assert kind == "describe", kind
    return describe(editable, binding, value)


def _spec(name: Name, words: list[str]) -> EntrySpec:
    ports, *attributes = words
    values = dict(word.partition("=")[::2] for word in attributes)
    return EntrySpec(
        name=name,
        ports=_range(ports),
        protocols=_protocols(values.get("protocol", "")),
        description=values.get("description", ""),
        host=values.get("host"),
        address=values.get("address"),
        internal="internal" in values,
    )


def _name(text: str) -> Name:
    return tuple(text.split("/"))


def _protocols(text: str) -> tuple[Protocol, ...]:
    return tuple(Protocol(name) for name in text.split("/") if name)


def _range(text: str) -> PortRange:
    first, _, last = text.partition("-")
    return PortRange(Port(int(first)), Port(int(last or first)))
