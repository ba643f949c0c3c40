"""What an entry is to say, and the ways to write that."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.model import Name, PortRange, Protocol
from port_registry.registry.attribute_names import LEAF_PORT, RANGE_ENDS
from port_registry.registry.edit.languages import Dialect, Field
from port_registry.registry.read import default_protocols

ENDS = RANGE_ENDS[0]


class EntrySpec(NamedTuple):
    """An entry that is to be."""

    name: Name
    ports: PortRange
    protocols: tuple[Protocol, ...] = ()
    """Sorted by value; empty where the reader's assumption will do."""
    description: str = ""
    """On one line."""
    host: str | None = None
    address: str | None = None
    internal: bool = False

    def needs_leaf(self, dialect: Dialect) -> bool:
        """Return whether only a structured leaf can say it."""
        said = self.protocols or self.description or self.internal
        return bool(self.host or self.address) or bool(said and not dialect.comment)


class RenderedValue(NamedTuple):
    """A value, and the comments that go with it."""

    value: str
    """Lines behind the first are indented as if the binding began at the line's start."""
    comment: str = ""
    """What follows on its line, without its sign; empty where nothing does."""
    above: tuple[str, ...] = ()
    """The comment lines above it, signs included."""


def plain(wish: EntrySpec, value: str, dialect: Dialect) -> Iterator[RenderedValue]:
    """Yield the ways to say `wish` with `value` and a comment, the shortest first."""
    if not wish.internal:
        yield RenderedValue(value, wish.description)
    words = ["/".join(protocol.value for protocol in wish.protocols)] if wish.protocols else []
    marker = ", ".join((["internal"] if wish.internal else []) + words)
    if marker and dialect.comment:
        yield RenderedValue(value, f"{marker}: {wish.description}" if wish.description else marker)
    elif wish.description and dialect.comment:
        # A description may begin as a marker does, if there is one before it.
        own, _ = default_protocols(wish.name, wish.ports)
        yield RenderedValue(value, f"{'/'.join(one.value for one in own)}: {wish.description}")


def number(ports: PortRange, dialect: Dialect, ends: tuple[str, str] = ENDS) -> str:
    """Return ports as a value: a number, or a set of a range's ends, which are called `ends`."""
    if ports.is_single():
        return str(ports.first)
    return dialect.leaf(_range(ports, ends))


def fields(wish: EntrySpec, dialect: Dialect, ends: tuple[str, str] = ENDS) -> list[Field]:
    """Return the attributes of a structured leaf; `ends` are the names of a range's."""
    ports = wish.ports
    made = [Field(LEAF_PORT, str(ports.first))] if ports.is_single() else _range(ports, ends)
    if wish.protocols:
        spoken = "/".join(protocol.value for protocol in wish.protocols)
        made.append(Field("protocol", dialect.text(spoken)))
    for key, said in (("host", wish.host), ("address", wish.address)):
        if said is not None:
            made.append(Field(key, dialect.text(said)))
    if wish.internal:
        made.append(Field("internal", "true"))
    if wish.description:
        made.append(Field("description", dialect.text(wish.description)))
    return made


def _range(ports: PortRange, ends: tuple[str, str]) -> list[Field]:
    start, end = ends
    return [Field(start, str(ports.first)), Field(end, str(ports.last))]
