"""Whether an entry's port is a bad place for it, and for which one reason.

A port can be a bad place for several reasons at once, and another port mends them all, so
only the gravest is reported: first `restricted-port`, then `borrowed-port`,
`ephemeral-port` and `outside-range`.
"""

from collections.abc import Iterator
from enum import Enum

from port_registry.facts import iana, restricted, services
from port_registry.facts.identifiers import normalise, split
from port_registry.facts.ranges import Convention, category_key, default_convention
from port_registry.facts.services import KnownService
from port_registry.facts.words import word_set
from port_registry.matching.duplicate_ports import origin
from port_registry.matching.memoize import cached_per_project
from port_registry.matching.project import Project
from port_registry.model import Entry, Port, Protocol, ProtocolSource, Registry, Span

_EPHEMERAL_SYSTEMS = ("linux", "iana")
_FIRM = ("upstream", "registry", "distro", "nix-module")
_MOST_CLAIMANTS = 4
_CORE = word_set("services", "core-categories")
_SECOND = "-alt"
_ASSIGNED = "iana:"
"""What the source of a service begins with whose port IANA assigned."""
_OWN_PROGRAMS = (
    "admin api app backend blog client dashboard docs frontend gateway graphql landing portal"
    " site ui web website worker www"
)
"""Words for programs of one's own, which have no port that is known."""
_OWN_CATEGORIES = (
    "app application applications apps backend backends dev development frontend frontends ui"
    " uis web webui webuis"
)
"""Categories of programs of one's own, as `category_key` writes them."""
_SAYS_NOTHING = "alternate call control data host lock manager media name names of port remote tls"
"""Words that the services of restricted ports share with others."""
_STANDS_FOR_ANY = (
    "broker bus cache data database db events kv main mq node pg primary proxy queue replica"
    " search server session sessions sql state store test tests tunnel"
)
"""Words for any well-known service of a kind."""


_LEAST_SCHEME = 4
"""How many entries outside their ranges make a scheme of its own."""
_KEPT = 3
"""How many entries inside their ranges outweigh one outside."""
_ONE_BLOCK = 100
"""How far apart the ports of one service are that has several."""


class Fault(Enum):
    """What is bad about an entry's port."""

    RESTRICTED = "restricted"
    BORROWED = "borrowed"
    EPHEMERAL = "ephemeral"
    OUTSIDE = "outside"


def misplaced(project: Project, fault: Fault) -> Iterator[Entry]:
    """Yield the entries of `project` whose gravest fault is `fault`.

    A number with two names counts once.
    """
    if fault is Fault.OUTSIDE and not _follows(project):
        return
    for entry, gravest in _faults(project):
        if gravest is fault:
            yield entry


@cached_per_project
def _faults(project: Project) -> list[tuple[Entry, Fault | None]]:
    """Return the gravest fault of each entry, if it has any."""
    convention = project.convention
    return [(entry, _gravest(entry, convention)) for entry in _originals(project.registry)]


def _follows(project: Project) -> bool:
    """Return whether the registry keeps to the convention, as far as that speaks of it.

    One that has many of its entries elsewhere has a scheme of its own. A convention that
    the project's configuration changes is meant.
    """
    if project.convention != default_convention():
        return True
    within = beyond = 0
    for entry in _originals(project.registry):
        ranges = project.convention.ranges_for(entry.name)
        if any(known.contains(entry.endpoint.ports) for known in ranges):
            within += 1
        elif ranges and services.on_default(entry.name, entry.endpoint.ports) is None:
            beyond += 1
    return beyond < _LEAST_SCHEME or within >= _KEPT * beyond


def _originals(registry: Registry) -> Iterator[Entry]:
    """Yield the first entry of each number."""
    seen = set[tuple[Span, ...]]()
    for entry in registry.entries:
        if origin(entry) not in seen:
            seen.add(origin(entry))
            yield entry


def _gravest(entry: Entry, convention: Convention) -> Fault | None:
    """Return the gravest fault of `entry`, if it has any."""
    ports = entry.endpoint.ports
    if services.on_default(entry.name, ports) is not None:
        return None
    if blocked_port(entry) is not None:
        return Fault.RESTRICTED
    ranges = convention.ranges_for(entry.name)
    outside = bool(ranges) and not any(known.contains(ports) for known in ranges)
    outside = outside and not _is_near_own(entry)
    if lender(entry) is not None and _is_surely_other(entry, outside=outside):
        return Fault.BORROWED
    if is_ephemeral(entry):
        return Fault.EPHEMERAL
    return Fault.OUTSIDE if outside else None


def _is_near_own(entry: Entry) -> bool:
    """Return whether `entry` is a well-known service not far from its own port.

    That is in the same thousand, where a second redis (6380) or one that was moved is.
    """
    words = split(entry.service)
    service = services.service_for(entry.name) or services.by_name(words[0] if words else "")
    ports = entry.endpoint.ports
    return service is not None and any(
        ports.first // 1000 == port.port // 1000 == ports.last // 1000 for port in service.ports
    )


def blocked_port(entry: Entry) -> Port | None:
    """Return the TCP port of `entry` if browsers refuse it.

    None where there is none, where the entry is named for the service that it is kept for,
    and for a range: no page is served from one.
    """
    ports = entry.endpoint.ports
    if Protocol.TCP not in entry.endpoint.protocols or not ports.is_single():
        return None
    block = restricted.browser_block(ports.first)
    if block is None:
        return None
    kept_for = set(split(block.service)) | set(split(block.reason))
    is_kin = not kept_for.isdisjoint(set(split(entry.service)) - set(_SAYS_NOTHING.split()))
    named = _speaks_of(entry, [block.service, *_claims(ports.first, Protocol.TCP)])
    return None if named or is_kin else ports.first


def lender(entry: Entry) -> KnownService | None:
    """Return the one well-known service whose own port `entry` sits on.

    None where the port is nobody's, many services', or that of the service that the entry
    speaks of.
    """
    ports = entry.endpoint.ports
    if not ports.is_single():
        return None
    for protocol in entry.endpoint.protocols:
        claimants = services.by_port(ports.first, protocol)
        owners = [service for service in claimants if service.ports[0].port == ports.first]
        firm = [service for service in owners if service.evidence in _FIRM]
        if len(firm) == 1 and len(owners) <= _MOST_CLAIMANTS and _is_famous(firm[0]):
            names = [name for one in claimants for name in (one.name, *one.aliases)]
            return None if _speaks_of(entry, names) else firm[0]
    return None


def _is_famous(service: KnownService) -> bool:
    """Return whether people know `service` by its port, unlike the hundreds of exporters."""
    if service.name.endswith("-exporter"):
        return False
    in_nix = service.evidence == "nix-module" and service.category in _CORE
    return in_nix or service.source.startswith(_ASSIGNED)


def _is_surely_other(entry: Entry, *, outside: bool) -> bool:
    """Return whether `entry`, on another service's port, is surely not that service.

    It may be, under another name.
    """
    known = services.service_for(entry.name)
    if known is not None:
        return all(port.port != entry.endpoint.ports.first for port in known.ports)
    named = set(split(entry.service))
    if named.intersection(_OWN_PROGRAMS.split()):
        return True
    among_own = any(category_key(part) in _OWN_CATEGORIES.split() for part in entry.name[:-1])
    return (outside or among_own) and not named.intersection(_STANDS_FOR_ANY.split())


def is_ephemeral(entry: Entry) -> bool:
    """Return whether the system may give a port of `entry` to an outgoing connection.

    A range of ports for media or sessions, of UDP as a rule, is put there on purpose.
    """
    endpoint = entry.endpoint
    stated = entry.protocol_source is ProtocolSource.STATED
    if not endpoint.ports.is_single() and not (stated and Protocol.TCP in endpoint.protocols):
        return False
    service = services.service_for(entry.name)
    if service is not None and any(
        abs(port.port - endpoint.ports.first) <= _ONE_BLOCK for port in service.ports
    ):
        return False
    return bool(restricted.ephemeral(endpoint.ports, _EPHEMERAL_SYSTEMS))


def _claims(port: Port, protocol: Protocol) -> Iterator[str]:
    """Yield the names of what `port` is for."""
    yield from iana.assigned_names(port, protocol)
    for service in services.by_port(port, protocol):
        yield service.name
        yield from service.aliases


def _speaks_of(entry: Entry, names: list[str]) -> bool:
    """Return whether the name or description of `entry` has one of `names` in it.

    What `rtsp-alt` is for, which is IANA's name for a second port, `rtsp` is for, too.
    """
    said = [normalise(part) for part in (*entry.name, entry.description)]
    stems = [name.removesuffix(_SECOND) for name in names]
    return any(key in part for name in stems if (key := normalise(name)) for part in said)
