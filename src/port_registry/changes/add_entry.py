"""A new entry: which port it gets and why, or why it gets none."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from port_registry.changes.categories import category_for, is_flat, is_new, meant
from port_registry.changes.range_usage import conventional, rooms
from port_registry.changes.registry_transaction import OpenRegistry
from port_registry.facts import restricted, services
from port_registry.facts.ranges import Convention
from port_registry.facts.services import KnownService
from port_registry.model import (
    MAX_PORT,
    Edit,
    Endpoint,
    Entry,
    Name,
    Port,
    PortRange,
    Protocol,
    Reader,
    Registry,
    RegistryError,
    format_name,
    single,
)
from port_registry.project.entry_names import place, refuse_taken
from port_registry.project.write import Rewrite
from port_registry.registry.allocate import (
    SYSTEM_PORTS,
    DefaultPort,
    OccupiedPorts,
    UnassignedEntry,
    default_port,
    free_ports,
    nearest_free_ranges,
    ranges_for,
)
from port_registry.registry.attribute_names import LEAF_PORT, RANGE_ENDS, is_count
from port_registry.registry.edit.add import add
from port_registry.registry.edit.editable_registry import EditableRegistry
from port_registry.registry.edit.entry_spec import EntrySpec
from port_registry.registry.import_expression import ImportExpression, import_expression
from port_registry.system.bind_probe import is_bound

_MOST_NEAR = 3


class RequestedEntry(NamedTuple):
    """An entry that someone asks for."""

    name: Name
    ports: PortRange | None = None
    """None for the ones that suit it."""
    protocols: tuple[Protocol, ...] = ()
    """Sorted by value; empty for those that its name has."""
    description: str = ""
    host: str | None = None
    address: str | None = None
    internal: bool = False

    def seeker(self) -> UnassignedEntry:
        """Return it as one that has no port yet."""
        return UnassignedEntry(self.name, self.protocols, self.host, self.address)


class Choice(NamedTuple):
    """The ports that an entry gets."""

    ports: PortRange
    reason: str
    """Why these; ends a sentence that begins with the entry."""
    remarks: tuple[str, ...] = ()
    """What else is worth knowing of them, each a sentence without its full stop."""


class Planned(NamedTuple):
    """A new entry, before it is written."""

    name: Name
    endpoint: Endpoint
    choice: Choice
    rewrite: Rewrite
    line: int
    """Where in the file it will stand."""
    access: ImportExpression
    """How other files come to it."""
    way: Name
    """What they select from it to get a number; empty where it is one itself."""


def plan(registry: OpenRegistry, asked: RequestedEntry) -> Planned:
    """Return what adding `asked` comes to.

    Raises `RegistryError` where its name or the ports that it asks for are taken, where its
    ranges are full, or where the file cannot be added to.
    """
    ground = registry.ground
    refuse_taken(ground, asked.name)
    if len(asked.name) == 1 and not is_flat(ground.registry):
        category = category_for(ground.registry, registry.convention, asked.name)
        raise RegistryError(
            f"`{format_name(asked.name)}` has no category, as the entries of this registry have",
            hint=f"add `{format_name((category, *asked.name))}`, or put it into another category",
        )
    choice = choose(ground.registry, registry.convention, ground.reader, asked)
    choice = choice._replace(remarks=(*choice.remarks, *_remarks(registry, asked.name)))
    wish = EntrySpec(
        asked.name,
        choice.ports,
        asked.protocols,
        " ".join(asked.description.split()),
        asked.host,
        asked.address,
        asked.internal,
    )
    (edit,) = add(ground, wish)
    rewrite = registry.rewrite((edit,))
    at = edit.span.start + max(edit.text.rfind(str(choice.ports.first)), 0)
    line = rewrite.after.count("\n", 0, at) + 1
    endpoint = asked.seeker().on(choice.ports)
    way = _way(ground, edit, choice.ports)
    return Planned(asked.name, endpoint, choice, rewrite, line, import_expression(ground), way)


def _remarks(registry: OpenRegistry, name: Name) -> Iterator[str]:
    """Yield what is worth knowing of a new entry, whichever ports it has."""
    declared = registry.ground.registry
    if unknown := len(declared.unknown):
        yield f"{unknown} of the registry's values cannot be known, and may have the port"
    if is_new(declared, registry.convention, name):
        near = meant(declared, registry.convention, name)
        if near is not None:
            moving = f"port-registry move {format_name(name)} {near}"
            yield f"`{name[0]}` is a new category; `{moving}` is for one that was meant"


def _way(ground: EditableRegistry, edit: Edit, ports: PortRange) -> Name:
    """Return what is selected from the entry that `edit` writes to get a number."""
    dialect = ground.dialect
    for key in (LEAF_PORT, *(first for first, _ in RANGE_ENDS)):
        if f"{dialect.key(key)}{dialect.assignment}{ports.first}" in edit.text:
            return (key,)
    return ()


def choose(
    registry: Registry, convention: Convention, reader: Reader, asked: RequestedEntry
) -> Choice:
    """Return the ports for `asked`; raises `RegistryError` where there are none."""
    ledger = OccupiedPorts(registry, is_bound)
    choice = (
        _suiting(ledger, convention, reader, asked)
        if asked.ports is None
        else _told(ledger, convention, reader, asked, asked.ports)
    )
    if is_count(asked.name[-1], choice.ports.first):
        raise RegistryError(
            f"`{format_name(asked.name)}` would be read as something"
            " that is counted, and as no port",
            hint=f"`{format_name((*asked.name[:-1], asked.name[-1] + '-port'))}` says"
            " that it is one",
        )
    return choice


def _told(
    ledger: OccupiedPorts,
    convention: Convention,
    reader: Reader,
    asked: RequestedEntry,
    ports: PortRange,
) -> Choice:
    """Return the ports that someone named, if they are free."""
    seeker = asked.seeker()
    endpoint = seeker.on(ports)
    clashing = ledger.clashing(endpoint)
    if clashing:
        own = ranges_for(ledger.registry, convention, asked.name)
        ranges = [one for one in own if one.contains(ports)] or [_ANYWHERE]
        near = map(str, islice(nearest_free_ranges(ledger, ports, ranges, seeker), _MOST_NEAR))
        raise RegistryError(
            f"{format_name(asked.name)} cannot have {ports}: it clashes with"
            f" {_listed(clashing, reader)}",
            hint=f"free and near: {', '.join(near) or 'nothing'}",
        )
    return Choice(ports, "as told", tuple(_doubts(asked, endpoint, convention)))


_ANYWHERE = PortRange(Port(SYSTEM_PORTS), Port(MAX_PORT))

_MOST_LISTED = 4


def _listed(entries: list[Entry], reader: Reader) -> str:
    shown = [f"{entry} ({place(reader, entry)})" for entry in entries[:_MOST_LISTED]]
    more = len(entries) - _MOST_LISTED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _doubts(asked: RequestedEntry, endpoint: Endpoint, convention: Convention) -> list[str]:
    """Return what may be wrong with ports that were told."""
    ports = endpoint.ports
    doubts: list[str] = []
    if ports.is_single() and is_bound(ports.first, endpoint.protocols):
        doubts.append(f"something listens on {ports} on this machine now")
    own = services.on_default(asked.name, ports)
    if own is None:
        blocked = restricted.browser_block(ports.first)
        if blocked is not None:
            doubts.append(f"browsers refuse {ports.first}, which is kept for {blocked.service}")
        if ephemeral := restricted.ephemeral(ports):
            systems = ", ".join(sorted({one.system for one in ephemeral}))
            doubts.append(f"{ports} may be taken by outgoing connections ({systems})")
        ranges = convention.ranges_for(asked.name)
        if ranges and not any(one.contains(ports) for one in ranges):
            doubts.append(f"the range of its category is {_joined(ranges)}")
    return doubts


def _suiting(
    ledger: OccupiedPorts, convention: Convention, reader: Reader, asked: RequestedEntry
) -> Choice:
    """Return the port that is a service's own, or the next free one."""
    seeker = asked.seeker()
    own = default_port(ledger, convention, seeker)
    passed: tuple[str, ...] = ()
    if own is not None:
        if own.is_free():
            return Choice(single(own.port), f"{_possessive(own.service)} own port")
        passed = (_in_the_way(own, reader, asked),)
    ranges = ranges_for(ledger.registry, convention, asked.name)
    port = next(free_ports(ledger, ranges, seeker), None)
    if port is None:
        raise _full(ledger, convention, asked, ranges)
    inside = next(one for one in ranges if one.first <= port <= one.last)
    if convention.ranges_for(asked.name):
        return Choice(single(port), f"the lowest free port of {inside}", passed)
    reason = f"the lowest free port of {inside}, as its category has no range of its own"
    return Choice(single(port), reason, passed)


def _possessive(service: KnownService) -> str:
    name = service.name
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _in_the_way(own: DefaultPort, reader: Reader, asked: RequestedEntry) -> str:
    what = f"{own.port}, {_possessive(own.service)} own port,"
    if own.clashing:
        return f"{what} is that of {_listed([*own.clashing], reader)}"
    told = f"add {format_name(asked.name)} {own.port}"
    return f"{what} is held by something on this machine now; `{told}` takes it all the same"


def _joined(ranges: tuple[PortRange, ...]) -> str:
    return ", ".join(map(str, ranges))


def _full(
    ledger: OccupiedPorts,
    convention: Convention,
    asked: RequestedEntry,
    ranges: tuple[PortRange, ...],
) -> RegistryError:
    """Return the error for ranges in which nothing is left."""
    wanted = [ports for ports in conventional(convention) if ports not in ranges]
    others = [room for room in rooms(ledger, convention, wanted, asked.seeker()) if room.free]
    near = sorted(others, key=lambda room: _distance(room.ports, ranges))[:_MOST_NEAR]
    shown = [f"{one.ports} ({', '.join(one.categories)}; {one.free} free)" for one in near]
    return RegistryError(
        f"nothing is left of {_joined(ranges)} for {format_name(asked.name)}",
        path=ledger.registry.path,
        hint=f"there is room in {', '.join(shown)}" if shown else "widen the range of its category",
    )


def _distance(ports: PortRange, ranges: tuple[PortRange, ...]) -> int:
    return min(max(one.first - ports.last, ports.first - one.last, 0) for one in ranges)
