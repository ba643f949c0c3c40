"""What the live commands know of a project: its registry, its stacks, and names in them."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from port_registry.model import Entry, Machine, PortRange, Registry, single
from port_registry.project.find_entry import entry_of
from port_registry.project.gather import process_compose_stacks
from port_registry.project.port_arguments import number_of
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.registry.lookup import EntryIndex


class PortQuery(NamedTuple):
    """An entry or a port that was asked about."""

    title: str
    """As it was asked for."""
    ports: PortRange
    entries: tuple[Entry, ...]
    """The entry that was named, or those that have the port; empty where none has."""


class LazyStacks:
    """The stacks of a project, read when they are first asked for."""

    __slots__ = ("_found", "_read")

    def __init__(self, read: Callable[[], Iterable[Machine]]) -> None:
        self._read = read
        self._found: tuple[Machine, ...] | None = None

    def __iter__(self) -> Iterator[Machine]:
        if self._found is None:
            self._found = tuple(self._read())
        return iter(self._found)


def lazy_stacks(workspace: Workspace, progress: Progress) -> LazyStacks:
    """Return the stacks of the project, which take a while to read and are seldom needed."""
    return LazyStacks(lambda: process_compose_stacks(workspace, progress))


def resolve_port_query(registry: Registry, text: str) -> PortQuery:
    """Return what `text` asks for: an entry's name, or a port.

    Raises `UsageError` where it is neither.
    """
    number = number_of(text)
    if number is not None:
        return PortQuery(text, single(number), EntryIndex(registry).holding(number))
    entry = entry_of(registry, text)
    return PortQuery(text, entry.endpoint.ports, (entry,))
