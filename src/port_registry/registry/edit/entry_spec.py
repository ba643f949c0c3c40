"""Specification of an entry, and its possible renderings."""

from collections.abc import Iterator

from port_registry.model import Entry, Name, NamedTuple, PortRange, Protocol, ProtocolSource
from port_registry.registry.attribute_names import LEAF_PORT, RANGE_ENDS
from port_registry.registry.edit.languages import Dialect, Field
from port_registry.registry.read import default_protocols

DEFAULT_RANGE_ENDS = RANGE_ENDS[0]


class EntrySpec(NamedTuple):
    """The intended values of an entry."""

    name: Name
    ports: PortRange
    protocols: tuple[Protocol, ...] = ()
    """Sorted by value; empty for the default protocols."""
    description: str = ""
    """On one line."""
    host: str | None = None
    address: str | None = None
    internal: bool = False

    def needs_leaf(self, dialect: Dialect) -> bool:
        """Return whether it can only be a structured leaf."""
        metadata = self.protocols or self.description or self.internal
        return bool(self.host or self.address) or bool(metadata and not dialect.comment_sign)


def spec_of(entry: Entry) -> EntrySpec:
    """Return the specification of `entry`."""
    return EntrySpec(
        name=entry.name,
        ports=entry.ports,
        protocols=entry.protocols,
        description=entry.description,
        host=entry.host,
        address=entry.address,
        internal=entry.internal,
    )


def stated_spec(entry: Entry) -> EntrySpec:
    """Return the specification of `entry`, with protocols only if the registry states them."""
    is_stated = entry.protocol_source is ProtocolSource.STATED
    return spec_of(entry) if is_stated else spec_of(entry)._replace(protocols=())


class RenderedValue(NamedTuple):
    """The text of a value, with its comments."""

    value: str
    """Its lines after the first are indented as for a binding without indentation."""
    comment: str = ""
    """The comment on its line, without its sign; empty without one."""
    above: tuple[str, ...] = ()
    """The comment lines above it, signs included."""


def commented_values(spec: EntrySpec, value: str, dialect: Dialect) -> Iterator[RenderedValue]:
    """Yield the renderings of `spec` as `value` with a comment, the shortest first."""
    if not spec.internal:
        yield RenderedValue(value, spec.description)
    words = ["internal"] if spec.internal else []
    words += ["/".join(protocol.value for protocol in spec.protocols)] if spec.protocols else []
    marker = ", ".join(words)
    if marker and dialect.comment_sign:
        yield RenderedValue(value, f"{marker}: {spec.description}" if spec.description else marker)
    elif spec.description and dialect.comment_sign:
        # With a marker before it, the description itself may begin like a marker.
        protocols, _ = default_protocols(spec.name, spec.ports)
        marker = "/".join(protocol.value for protocol in protocols)
        yield RenderedValue(value, f"{marker}: {spec.description}")


def port_value(
    ports: PortRange, dialect: Dialect, ends: tuple[str, str] = DEFAULT_RANGE_ENDS
) -> str:
    """Return the value of `ports`: a number, or a set of a range's ends, named `ends`."""
    if ports.is_single():
        return str(ports.first)
    return dialect.leaf(_range(ports, ends))


def leaf_fields(
    spec: EntrySpec, dialect: Dialect, ends: tuple[str, str] = DEFAULT_RANGE_ENDS
) -> list[Field]:
    """Return the attributes of a structured leaf, with a range's ends named `ends`."""
    ports = spec.ports
    fields = [Field(LEAF_PORT, str(ports.first))] if ports.is_single() else _range(ports, ends)
    if spec.protocols:
        protocols = "/".join(protocol.value for protocol in spec.protocols)
        fields.append(Field("protocol", dialect.string(protocols)))
    for key, text in (("host", spec.host), ("address", spec.address)):
        if text is not None:
            fields.append(Field(key, dialect.string(text)))
    if spec.internal:
        fields.append(Field("internal", "true"))
    if spec.description:
        fields.append(Field("description", dialect.string(spec.description)))
    return fields


def _range(ports: PortRange, ends: tuple[str, str]) -> list[Field]:
    start, end = ends
    return [Field(start, str(ports.first)), Field(end, str(ports.last))]
