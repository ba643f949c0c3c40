"""All that is known of an entry, or of a port: who has it, what it is for, who uses it."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.changes.uses.listing import uses_of, written_uses
from port_registry.facts import iana, restricted, services
from port_registry.matching.machine_files import hosts
from port_registry.matching.project import Project
from port_registry.model import Entry, Port, PortRange, Protocol, Role, Span, format_name, single
from port_registry.project.find_entry import entry_of
from port_registry.project.gather import Gathered, gather
from port_registry.project.governing_registry import load_registry
from port_registry.project.port_arguments import number_of
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.registry.lookup import EntryIndex
from port_registry.system.bind_probe import is_bound

_SHOWN = (Protocol.TCP, Protocol.UDP)
_MOST_SERVICES = 5


class Seen(NamedTuple):
    """A place that uses an entry or a port."""

    span: Span
    what: str
    """How: `reference`, `number`."""


class EntryDetails(NamedTuple):
    """What there is to show."""

    title: str
    """What was asked about, as it is called."""
    ports: PortRange
    entries: tuple[Entry, ...]
    """The entry that was asked about, or those that have the port."""
    known: tuple[str, ...]
    """What the number is known for, a clause each."""
    uses: tuple[Seen, ...]
    """By path and place."""
    held: tuple[Protocol, ...]
    """The protocols with which something on this machine listens there now."""


def show(workspace: Workspace, text: str, progress: Progress) -> EntryDetails:
    """Return what is known of the entry or port that `text` is.

    Raises `UsageError` where it is neither, and what reading the registry raises.
    """
    registry = load_registry(workspace)
    number = number_of(text)
    if number is not None:
        gathered = gather(workspace, registry, progress)
        held = tuple(entry for entry in EntryIndex(registry).holding(number))
        ports, uses = single(number), _uses_of_number(gathered, number, held)
        return EntryDetails(str(number), ports, held, _known(ports), uses, _held(ports))
    entry = entry_of(registry, text)
    gathered = gather(workspace, registry, progress)
    uses = tuple(Seen(used.span, used.form.value) for used in uses_of(gathered, entry.name))
    ports = entry.endpoint.ports
    return EntryDetails(format_name(entry.name), ports, (entry,), _known(ports), uses, _held(ports))


def _uses_of_number(
    gathered: Gathered, number: Port, entries: tuple[Entry, ...]
) -> tuple[Seen, ...]:
    found: dict[Span, Seen] = {}
    for entry in entries:
        for used in uses_of(gathered, entry.name):
            found[used.span] = Seen(used.span, f"{used.form.value} of {format_name(entry.name)}")
    for seen in _numbers(gathered.project, number):
        found.setdefault(seen.span, seen)
    return tuple(sorted(found.values(), key=lambda one: one.span))


def _numbers(project: Project, number: Port) -> Iterator[Seen]:
    """Yield the places where the number stands, and where a service has it by default."""
    for use in written_uses(project.machines):
        if use.number == number and not use.entry:
            yield Seen(use.shown, "number")
    for file in project.files:
        for use in file.uses:
            if use.number <= number <= use.last:
                yield Seen(use.shown, "number")
    for host in hosts(project):
        for use in host.uses():
            is_listener = use.role is Role.LISTENS and not use.entry
            if is_listener and use.number <= number <= use.last:
                yield Seen(use.span, f"{use.service} listens there")


def _known(ports: PortRange) -> tuple[str, ...]:
    """Return what a port is known for."""
    if not ports.is_single():
        return ()
    port = ports.first
    said: list[str] = []
    found = {one.name: one for way in _SHOWN for one in services.by_port(port, way)}
    for one in list(found.values())[:_MOST_SERVICES]:
        said.append(f"{one.name}: {one.description}")
    names = dict.fromkeys(name for way in _SHOWN for name in iana.assigned_names(port, way))
    if names:
        said.append(f"registered with IANA as {', '.join(names)}")
    blocked = restricted.browser_block(port)
    if blocked is not None:
        said.append(f"refused by browsers, which keep it for {blocked.service}")
    said += [
        f"taken by {one.owner} on {'any system' if one.system == 'any' else one.system}"
        for one in restricted.squatters(ports, _SHOWN)
    ]
    if systems := sorted({one.system for one in restricted.ephemeral(ports)}):
        said.append(f"handed to outgoing connections by {', '.join(systems)}")
    return tuple(said)


def _held(ports: PortRange) -> tuple[Protocol, ...]:
    numbers = [Port(number) for number in range(ports.first, ports.last + 1)]
    return tuple(way for way in _SHOWN if any(is_bound(port, (way,)) for port in numbers))
