"""Port policy: whether an entry's port is a bad choice, and for which one reason.

A port can be a bad choice for several reasons at once, and another port removes them all, so
only the gravest is reported: first `restricted-port`, then `borrowed-port`,
`ephemeral-port` and `outside-range`.
"""

from collections.abc import Iterator, Set
from enum import Enum

from port_registry import model
from port_registry.facts import iana, restricted, services
from port_registry.facts.identifiers import normalise, split
from port_registry.facts.ranges import Convention, default_convention
from port_registry.facts.words import word_set
from port_registry.matching import service_affinity
from port_registry.matching.duplicate_ports import origin
from port_registry.matching.project import Project, cached_per_project

_EPHEMERAL_SYSTEMS = ("linux", "iana")
_FIRM_EVIDENCE = ("upstream", "registry", "distro", "nix-module")
_MOST_CLAIMANTS = 4
_CORE_CATEGORIES = word_set("services", "core-categories")
_EVERYDAY = word_set("services", "everyday")
_BROWSED = word_set("services", "browsed")
_NOT_BROWSED = word_set("services", "not-browsed")
_OWN_PROGRAMS = word_set("services", "own-programs")
_OWN_CATEGORIES = word_set("services", "own-categories")
_SHARED_WORDS = word_set("services", "restricted-shared")
_GENERIC_WORDS = word_set("services", "generic-words")
_MIN_OUTSIDE = 4
"""The number of entries outside their ranges from which on a registry has its own scheme."""
_INSIDE_FACTOR = 3
"""The number of entries inside their ranges that outweigh one outside."""
_SERVICE_BLOCK = 100
"""The largest distance between the ports of a service that has several."""


_EPHEMERAL_DEFAULTS = (41641, 51820)
"""The ports of tailscale and WireGuard, which have to be where others look for them."""
_NEXT_ONES = 30
"""The number of ports after one of these that are for more of the same service."""


class Fault(Enum):
    """A reason why an entry's port is a bad choice."""

    RESTRICTED = "restricted"
    BORROWED = "borrowed"
    EPHEMERAL = "ephemeral"
    OUTSIDE = "outside"


def entries_with_fault(project: Project, fault: Fault) -> Iterator[model.Entry]:
    """Yield the entries of `project` whose gravest fault is `fault`.

    Only the first of several names for one number is looked at.
    """
    if fault is not Fault.OUTSIDE or _follows_convention(project):
        yield from (entry for entry, gravest in _faults(project) if gravest is fault)


@cached_per_project
def _faults(project: Project) -> list[tuple[model.Entry, Fault | None]]:
    """Return the gravest fault of each entry, if it has any."""
    known = [services.service_for(entry.name) for entry in project.registry.entries]
    for machine in project.machines:
        for service in machine.services:
            known.append(services.by_name(service.name.rpartition(".")[2]))
            known.append(service_affinity.service_named(service.program))
    present = _EVERYDAY | {service.name for service in known if service is not None}
    return [
        (entry, _gravest_fault(entry, project.convention, present))
        for entry in _originals(project.registry)
    ]


def _follows_convention(project: Project) -> bool:
    """Return whether the registry follows the convention where that has ranges for it.

    One that has many of its entries elsewhere has a scheme of its own. A convention that
    the project's configuration changes is followed by intention.
    """
    if project.convention != default_convention():
        return True
    inside = outside = 0
    for entry in _originals(project.registry):
        ranges = project.convention.ranges_for(entry.name)
        if any(own_range.contains(entry.ports) for own_range in ranges):
            inside += 1
        elif ranges and services.on_default(entry.name, entry.ports) is None:
            outside += 1
    return outside < _MIN_OUTSIDE or inside >= _INSIDE_FACTOR * outside


def _originals(registry: model.Registry) -> Iterator[model.Entry]:
    """Yield the first entry of each number."""
    first = {origin(entry): entry for entry in reversed(registry.entries)}
    yield from (entry for entry in registry.entries if first[origin(entry)] is entry)


def _gravest_fault(entry: model.Entry, convention: Convention, present: Set[str]) -> Fault | None:
    """Return the gravest fault of `entry`, if it has any; `present` are the project's services."""
    ports = entry.endpoint.ports
    if services.on_default(entry.name, ports) is not None:
        return None
    if blocked_port(entry) is not None:
        return Fault.RESTRICTED
    ranges = convention.ranges_for(entry.name)
    is_inside = not ranges or any(own_range.contains(ports) for own_range in ranges)
    outside = not is_inside and not _is_near_default(entry)
    owner = lender(entry)
    if owner and owner.name in present and _is_surely_another_service(entry, outside=outside):
        return Fault.BORROWED
    if is_ephemeral(entry):
        return Fault.EPHEMERAL
    return Fault.OUTSIDE if outside else None


def _is_near_default(entry: model.Entry) -> bool:
    """Return whether `entry` is a well-known service near its default port.

    That is in the same thousand, as a second redis (6380) or one that was moved.
    """
    service, ports = _named_service(entry), entry.endpoint.ports
    return service is not None and any(
        ports.first // 1000 == port.port // 1000 == ports.last // 1000 for port in service.ports
    )


def _named_service(entry: model.Entry) -> services.KnownService | None:
    """Return the service that `entry` is named for, be it by its first word alone."""
    words = split(entry.service)
    return services.service_for(entry.name) or services.by_name(words[0] if words else "")


def blocked_port(entry: model.Entry) -> model.Port | None:
    """Return the TCP port of `entry` if browsers refuse it.

    None where the entry is named for the service that the port is kept for, and for a range:
    no page is served from one.
    """
    ports = entry.endpoint.ports
    if model.Protocol.TCP not in entry.endpoint.protocols or not ports.is_single():
        return None
    block = restricted.browser_block(ports.first)
    if block is None or not _may_be_browsed(entry):
        return None
    kept_for = {*split(block.service), *split(block.reason)}
    names = [block.service, *iana.assigned_names(ports.first, model.Protocol.TCP)]
    for service in services.by_port(ports.first, model.Protocol.TCP):
        names += (service.name, *service.aliases)
    shared_words = kept_for.intersection(split(entry.service)) - _SHARED_WORDS
    return None if shared_words or _mentions_any(entry, names) else ports.first


def _may_be_browsed(entry: model.Entry) -> bool:
    """Return whether a browser may open `entry`.

    Who chooses a system port (of mail, of names, of files) means its protocol, unless the
    name says otherwise.
    """
    words = {word for part in entry.name for word in split(part)}
    is_own = entry.ports.first > model.LAST_SYSTEM_PORT and _NOT_BROWSED.isdisjoint(words)
    return is_own or not _BROWSED.isdisjoint(words)


def lender(entry: model.Entry) -> services.KnownService | None:
    """Return the only well-known service whose own port `entry` has.

    None where the port is nobody's, many services', or that of the service that the entry
    names.
    """
    ports = entry.endpoint.ports
    if not ports.is_single():
        return None
    for protocol in entry.endpoint.protocols:
        claimants = services.by_port(ports.first, protocol)
        owners = [service for service in claimants if service.ports[0].port == ports.first]
        firm = [service for service in owners if service.evidence in _FIRM_EVIDENCE]
        if len(firm) == 1 and len(owners) <= _MOST_CLAIMANTS and _is_known_by_port(firm[0]):
            names = [name for service in claimants for name in (service.name, *service.aliases)]
            return None if _mentions_any(entry, names) else firm[0]
    return None


def _is_known_by_port(service: services.KnownService) -> bool:
    """Return whether people know `service` by its port, unlike the hundreds of exporters."""
    if service.name.endswith("-exporter"):
        return False
    in_nix = service.evidence == "nix-module" and service.category in _CORE_CATEGORIES
    return in_nix or service.source.startswith("iana:")


def _is_surely_another_service(entry: model.Entry, *, outside: bool) -> bool:
    """Return whether `entry`, on another service's port, is surely not that service.

    It may be that service under another name.
    """
    known = services.service_for(entry.name)
    if known is not None:
        return all(port.port != entry.endpoint.ports.first for port in known.ports)
    words = set(split(entry.service))
    if not words.isdisjoint(_OWN_PROGRAMS):
        return True
    in_own_category = any(normalise(part) in _OWN_CATEGORIES for part in entry.name[:-1])
    return (outside or in_own_category) and words.isdisjoint(_GENERIC_WORDS)


def is_ephemeral(entry: model.Entry) -> bool:
    """Return whether the system may give a port of `entry` to an outgoing connection.

    A range of ports for media or sessions, of UDP as a rule, is put there on purpose.
    """
    ports, is_stated = entry.ports, entry.protocol_source is model.ProtocolSource.STATED
    if not ports.is_single() and not (is_stated and model.Protocol.TCP in entry.protocols):
        return False
    service = _named_service(entry)
    if service is not None and any(
        abs(port.port - ports.first) <= _SERVICE_BLOCK for port in service.ports
    ):
        return False
    is_next = any(0 <= ports.first - known <= _NEXT_ONES for known in _EPHEMERAL_DEFAULTS)
    return not is_next and bool(restricted.ephemeral(ports, _EPHEMERAL_SYSTEMS))


def _mentions_any(entry: model.Entry, names: list[str]) -> bool:
    """Return whether the name or description of `entry` has one of `names` in it.

    `rtsp-alt`, which is IANA's name for a second port, counts as `rtsp`.
    """
    texts = [normalise(part) for part in (*entry.name, entry.description)]
    stems = [normalise(name.removesuffix("-alt")) for name in names]
    return any(stem and stem in text for stem in stems for text in texts)
