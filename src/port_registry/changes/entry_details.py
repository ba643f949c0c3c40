"""Details of an entry or a port: its owner, its purpose and its uses."""

from collections.abc import Iterator

from port_registry import model
from port_registry.changes.entry_uses import uses_of_entry, uses_outside_hosts
from port_registry.facts import iana, restricted, services
from port_registry.matching.machine_files import hosts
from port_registry.matching.project import Project
from port_registry.project.find_entry import find_entry
from port_registry.project.gather import Gathered, gather
from port_registry.project.governing_registry import load_registry
from port_registry.project.port_arguments import parse_port_argument
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.registry.lookup import EntryIndex
from port_registry.system.bind_probe import is_bound

_PROTOCOLS = (model.Protocol.TCP, model.Protocol.UDP)
"""The protocols of which something is shown."""

_MOST_SERVICES = 5


class UsePlace(model.NamedTuple):
    """A place that uses an entry or a port."""

    span: model.Span
    form: str
    """The form of the use: `reference`, `number`."""


class EntryDetails(model.NamedTuple):
    """The details of an entry or a port."""

    title: str
    """The name or the port that was asked for."""
    ports: model.PortRange
    entries: tuple[model.Entry, ...]
    """The entry that was asked for, or the entries that have the port."""
    known_for: tuple[str, ...]
    """The services and registrations that the port is known for, a clause each."""
    uses: tuple[UsePlace, ...]
    """By path and place."""
    bound: tuple[model.Protocol, ...]
    """The protocols with which something on this machine listens on it now."""


def read_details(workspace: Workspace, text: str, progress: Progress) -> EntryDetails:
    """Return the details of the entry or port in `text`.

    Raises `UsageError` where it is neither, and the errors of reading the registry.
    """
    registry = load_registry(workspace)
    number = parse_port_argument(text)
    if number is None:
        entry = find_entry(registry, text)
        gathered = gather(workspace, registry, progress)
        title, ports = model.format_name(entry.name), entry.endpoint.ports
        entries: tuple[model.Entry, ...] = (entry,)
        found = uses_of_entry(gathered, entry.name)
        uses = tuple(UsePlace(use.span, use.form.value) for use in found)
    else:
        gathered = gather(workspace, registry, progress)
        title, ports = str(number), model.single(number)
        entries = EntryIndex(registry).holding(number)
        uses = _uses_of_number(gathered, number, entries)
    return EntryDetails(
        title=title,
        ports=ports,
        entries=entries,
        known_for=_known_for(ports),
        uses=uses,
        bound=_bound(ports),
    )


def _uses_of_number(
    gathered: Gathered, number: model.Port, entries: tuple[model.Entry, ...]
) -> tuple[UsePlace, ...]:
    by_span: dict[model.Span, UsePlace] = {}
    for entry in entries:
        name = model.format_name(entry.name)
        for use in uses_of_entry(gathered, entry.name):
            by_span[use.span] = UsePlace(use.span, f"{use.form.value} of {name}")
    for place in _numbers(gathered.project, number):
        by_span.setdefault(place.span, place)
    return tuple(sorted(by_span.values(), key=lambda place: place.span))


def _numbers(project: Project, number: model.Port) -> Iterator[UsePlace]:
    """Yield the places that have the number, and the services that have it by default."""
    for use in uses_outside_hosts(project.machines):
        if use.number == number and not use.entry:
            yield UsePlace(use.shown, "number")
    for file in project.files:
        for use in file.uses:
            if use.number <= number <= use.last:
                yield UsePlace(use.shown, "number")
    for host in hosts(project):
        for use in host.uses():
            is_listener = use.role is model.Role.LISTENS and not use.entry
            if is_listener and use.number <= number <= use.last:
                yield UsePlace(use.span, f"{use.service} listens there")


def _known_for(ports: model.PortRange) -> tuple[str, ...]:
    """Return what a port is known for, a clause each."""
    if not ports.is_single():
        return ()
    port = ports.first
    known = [service for protocol in _PROTOCOLS for service in services.by_port(port, protocol)]
    by_name = {service.name: f"{service.name}: {service.description}" for service in known}
    clauses = [*by_name.values()][:_MOST_SERVICES]
    assigned = [name for protocol in _PROTOCOLS for name in iana.assigned_names(port, protocol)]
    if assigned:
        clauses.append(f"registered with IANA as {', '.join(dict.fromkeys(assigned))}")
    blocked = restricted.browser_block(port)
    if blocked is not None:
        clauses.append(f"refused by browsers, which keep it for {blocked.service}")
    for squatter in restricted.squatters(ports, _PROTOCOLS):
        system = "any system" if squatter.system == "any" else squatter.system
        clauses.append(f"taken by {squatter.owner} on {system}")
    if systems := sorted({ephemeral.system for ephemeral in restricted.ephemeral(ports)}):
        clauses.append(f"handed to outgoing connections by {', '.join(systems)}")
    return tuple(clauses)


def _bound(ports: model.PortRange) -> tuple[model.Protocol, ...]:
    """Return the protocols with which something listens on one of `ports` now."""
    numbers = [model.Port(number) for number in range(ports.first, ports.last + 1)]
    return tuple(
        protocol for protocol in _PROTOCOLS if any(is_bound(port, (protocol,)) for port in numbers)
    )
