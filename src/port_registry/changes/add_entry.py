"""New entries: the port that one gets and why, or why it gets none."""

from collections.abc import Iterator
from itertools import islice

from port_registry import model
from port_registry.changes import categories
from port_registry.changes.range_usage import convention_ranges, range_usage
from port_registry.changes.registry_transaction import OpenRegistry
from port_registry.facts import restricted, services
from port_registry.facts.ranges import Convention
from port_registry.project.entry_names import declaration_of, refuse_unavailable
from port_registry.project.write import Rewrite
from port_registry.registry import allocate, attribute_names
from port_registry.registry.edit.add import add
from port_registry.registry.edit.editable_registry import EditableRegistry
from port_registry.registry.edit.entry_spec import EntrySpec
from port_registry.registry.import_expression import ImportExpression, import_expression
from port_registry.system.bind_probe import is_bound

_MOST_NEAR = 3
"""The number of ports or ranges that a hint proposes."""


class RequestedEntry(model.NamedTuple):
    """An entry that is to be added."""

    name: model.Name
    ports: model.PortRange | None = None
    """None for a suggested port."""
    protocols: tuple[model.Protocol, ...] = ()
    """Sorted by value; empty for those that are usual for its name."""
    description: str = ""
    host: str | None = None
    address: str | None = None
    internal: bool = False

    def unassigned(self) -> allocate.UnassignedEntry:
        """Return the entry as one without ports."""
        return allocate.UnassignedEntry(self.name, self.protocols, self.host, self.address)


class PortChoice(model.NamedTuple):
    """The ports that an entry gets."""

    ports: model.PortRange
    reason: str
    """The reason for them; ends a sentence that begins with the entry."""
    remarks: tuple[str, ...] = ()
    """Remarks on them, each a sentence without its full stop."""


class PlannedEntry(model.NamedTuple):
    """A new entry, before it is written."""

    name: model.Name
    endpoint: model.Endpoint
    choice: PortChoice
    rewrite: Rewrite
    line: int
    """The line of the file that it will be in."""
    import_expression: ImportExpression
    """The expression by which other files import it."""
    number_path: model.Name
    """The attribute that they select from it to get a number; empty where it is one itself."""


def plan_entry(registry: OpenRegistry, requested: RequestedEntry) -> PlannedEntry:
    """Return the entry that adding `requested` results in.

    Raises `RegistryError` where its name or its ports are taken, where its ranges are full,
    or where the file cannot be added to.
    """
    editable = registry.editable
    refuse_unavailable(editable, requested.name)
    if len(requested.name) == 1 and not categories.is_flat(editable.registry):
        name, convention = requested.name, registry.convention
        category = categories.suggest_category(editable.registry, convention, name)
        raise model.RegistryError(
            f"`{model.format_name(name)}` has no category, as the entries of this registry have",
            hint=f"add `{model.format_name((category, *name))}`, or put it into another category",
        )
    choice = choose_ports(editable.registry, registry.convention, editable.reader, requested)
    choice = choice._replace(remarks=(*choice.remarks, *_remarks(registry, requested.name)))
    spec = EntrySpec(
        name=requested.name,
        ports=choice.ports,
        protocols=requested.protocols,
        description=requested.description,
        host=requested.host,
        address=requested.address,
        internal=requested.internal,
    )
    (edit,) = add(editable, spec)
    rewrite = registry.rewrite((edit,))
    offset = edit.span.start + max(edit.text.rfind(str(choice.ports.first)), 0)
    return PlannedEntry(
        name=requested.name,
        endpoint=requested.unassigned().on(choice.ports),
        choice=choice,
        rewrite=rewrite,
        line=rewrite.after.count("\n", 0, offset) + 1,
        import_expression=import_expression(editable),
        number_path=_number_path(editable, edit, choice.ports),
    )


def _remarks(registry: OpenRegistry, name: model.Name) -> Iterator[str]:
    """Yield remarks on a new entry, whatever its ports."""
    declared = registry.editable.registry
    if unknown := len(declared.unknown):
        yield f"{unknown} of the registry's values cannot be known, and may have the port"
    if categories.is_new_category(declared, registry.convention, name):
        similar = categories.similar_category(declared, registry.convention, name)
        if similar is not None:
            command = f"port-registry move {model.format_name(name)} {similar}"
            yield f"`{name[0]}` is a new category; `{command}` is for one that was meant"


def _number_path(
    editable: EditableRegistry, edit: model.Edit, ports: model.PortRange
) -> model.Name:
    """Return the attribute that is selected from the entry in `edit` to get a number."""
    dialect = editable.dialect
    for key in (attribute_names.LEAF_PORT, *(first for first, _ in attribute_names.RANGE_ENDS)):
        if f"{dialect.key(key)}{dialect.assignment}{ports.first}" in edit.text:
            return (key,)
    return ()


def choose_ports(
    registry: model.Registry,
    convention: Convention,
    reader: model.Reader,
    requested: RequestedEntry,
) -> PortChoice:
    """Return the ports for `requested`; raises `RegistryError` where there are none."""
    occupied = allocate.OccupiedPorts(registry, is_bound)
    if requested.ports is None:
        choice = _suggested_port(occupied, convention, reader, requested)
    else:
        choice = _requested_ports(occupied, convention, reader, requested, requested.ports)
    if attribute_names.is_count(requested.name[-1], choice.ports.first):
        raise model.RegistryError(
            f"`{model.format_name(requested.name)}` would be read as a quantity, and not as a port",
            hint=f"`{model.format_name((*requested.name[:-1], requested.name[-1] + '-port'))}` says"
            " that it is one",
        )
    return choice


def _requested_ports(
    occupied: allocate.OccupiedPorts,
    convention: Convention,
    reader: model.Reader,
    requested: RequestedEntry,
    ports: model.PortRange,
) -> PortChoice:
    """Return the requested ports, if they are free."""
    unassigned = requested.unassigned()
    endpoint = unassigned.on(ports)
    clashing = occupied.clashing(endpoint)
    if clashing:
        own = allocate.ranges_for(occupied.registry, convention, requested.name)
        ranges = [own_range for own_range in own if own_range.contains(ports)] or [_ANYWHERE]
        free = allocate.nearest_free_ranges(occupied, ports, ranges, unassigned)
        near = ", ".join(map(str, islice(free, _MOST_NEAR)))
        raise model.RegistryError(
            f"{model.format_name(requested.name)} cannot have {ports}: it clashes with"
            f" {_entry_list(clashing, reader)}",
            hint=f"free and near: {near or 'nothing'}",
        )
    return PortChoice(ports, "as told", tuple(_warnings(requested, endpoint, convention)))


_ANYWHERE = model.PortRange(model.Port(allocate.SYSTEM_PORTS), model.Port(model.MAX_PORT))

_MOST_LISTED = 4
"""The number of entries that a message lists."""


def _entry_list(entries: list[model.Entry], reader: model.Reader) -> str:
    shown = [f"{entry} ({declaration_of(reader, entry)})" for entry in entries[:_MOST_LISTED]]
    more = len(entries) - _MOST_LISTED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _warnings(
    requested: RequestedEntry, endpoint: model.Endpoint, convention: Convention
) -> Iterator[str]:
    """Yield reasons against the requested ports."""
    ports = endpoint.ports
    if ports.is_single() and is_bound(ports.first, endpoint.protocols):
        yield f"something listens on {ports} on this machine now"
    if services.on_default(requested.name, ports) is not None:
        return
    blocked = restricted.browser_block(ports.first)
    if blocked is not None:
        yield f"browsers refuse {ports.first}, which is kept for {blocked.service}"
    if ephemeral := restricted.ephemeral(ports):
        systems = ", ".join(sorted({ephemeral_range.system for ephemeral_range in ephemeral}))
        yield f"{ports} may be taken by outgoing connections ({systems})"
    ranges = convention.ranges_for(requested.name)
    if ranges and not any(own_range.contains(ports) for own_range in ranges):
        yield f"the range of its category is {', '.join(map(str, ranges))}"


def _suggested_port(
    occupied: allocate.OccupiedPorts,
    convention: Convention,
    reader: model.Reader,
    requested: RequestedEntry,
) -> PortChoice:
    """Return the default port of the entry's service, or the next free port."""
    unassigned = requested.unassigned()
    default = allocate.default_port(occupied, convention, unassigned)
    remarks: tuple[str, ...] = ()
    if default is not None:
        if default.is_free():
            return PortChoice(
                model.single(default.port), f"{_possessive(default.service)} own port"
            )
        remarks = (_why_not_default(default, reader, requested),)
    ranges = allocate.ranges_for(occupied.registry, convention, requested.name)
    port = next(allocate.free_ports(occupied, ranges, unassigned), None)
    if port is None:
        raise _no_free_port(occupied, convention, requested, ranges)
    port_range = next(candidate for candidate in ranges if candidate.holds(port))
    reason = f"the lowest free port of {port_range}"
    if not convention.ranges_for(requested.name):
        reason += ", as its category has no range of its own"
    return PortChoice(model.single(port), reason, remarks)


def _possessive(service: services.KnownService) -> str:
    name = service.name
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _why_not_default(
    default: allocate.DefaultPort, reader: model.Reader, requested: RequestedEntry
) -> str:
    """Return the remark on a default port that is not free."""
    port = f"{default.port}, {_possessive(default.service)} own port,"
    if default.clashing:
        return f"{port} is that of {_entry_list([*default.clashing], reader)}"
    command = f"add {model.format_name(requested.name)} {default.port}"
    return f"{port} is held by something on this machine now; `{command}` takes it all the same"


def _no_free_port(
    occupied: allocate.OccupiedPorts,
    convention: Convention,
    requested: RequestedEntry,
    ranges: tuple[model.PortRange, ...],
) -> model.RegistryError:
    """Return the error for ranges without a free port."""
    others = [ports for ports in convention_ranges(convention) if ports not in ranges]
    usages = range_usage(occupied, convention, others, requested.unassigned())
    usages.sort(key=lambda usage: _distance(usage.ports, ranges))
    proposals = [
        f"{usage.ports} ({', '.join(usage.categories)}; {usage.free} free)"
        for usage in islice((usage for usage in usages if usage.free), _MOST_NEAR)
    ]
    room = f"there is room in {', '.join(proposals)}" if proposals else ""
    return model.RegistryError(
        f"nothing is left of {', '.join(map(str, ranges))} for {model.format_name(requested.name)}",
        path=occupied.registry.path,
        hint=room or "widen the range of its category",
    )


def _distance(ports: model.PortRange, ranges: tuple[model.PortRange, ...]) -> int:
    return min(max(other.first - ports.last, ports.first - other.last, 0) for other in ranges)
