"""Query for an entry or a port, as the live commands take it."""

from collections.abc import Iterator
from functools import cache

from port_registry.model import Entry, Machine, NamedTuple, PortRange, Registry, single
from port_registry.project.find_entry import find_entry
from port_registry.project.port_arguments import parse_port_argument
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.registry.lookup import EntryIndex


class PortQuery(NamedTuple):
    """An entry or a port that the user asks about."""

    title: str
    """As the user wrote it."""
    ports: PortRange
    entries: tuple[Entry, ...]
    """The named entry, or the entries that have the port; may be empty."""


def resolve_port_query(registry: Registry, text: str) -> PortQuery:
    """Return the query for `text`, an entry's name or a port.

    Raises `UsageError` where it is neither.
    """
    number = parse_port_argument(text)
    if number is not None:
        return PortQuery(text, single(number), EntryIndex(registry).holding(number))
    entry = find_entry(registry, text)
    return PortQuery(text, entry.ports, (entry,))


class LazyStacks:
    """The stacks of a project, which take a while to read and are read on first use."""

    def __init__(self, workspace: Workspace, progress: Progress) -> None:
        self._read = cache(lambda: process_compose_stacks(workspace, progress))

    def __iter__(self) -> Iterator[Machine]:
        return iter(self._read())


def process_compose_stacks(workspace: Workspace, progress: Progress) -> tuple[Machine, ...]:
    """Return the stacks of process-compose files."""
    from port_registry.sources.process_compose.discover import read_stacks

    return read_stacks(
        workspace.files,
        workspace.paths,
        workspace.config.stacks,
        workspace.scope.paths,
        progress.step,
    )
