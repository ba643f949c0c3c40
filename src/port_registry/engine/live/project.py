"""What the live commands know of a project: its registry, its stacks, and names in them."""

from typing import NamedTuple

from port_registry.engine.config import parse_name
from port_registry.engine.loading import load_registry
from port_registry.engine.progress import Progress
from port_registry.engine.stacks import stacks_in_files
from port_registry.engine.workspace import Workspace
from port_registry.model.entry import Entry, Registry
from port_registry.model.errors import UsageError
from port_registry.model.port import MAX_PORT, Port, PortRange, port_from_int, single
from port_registry.registry.lookup import Index
from port_registry.sources.process_compose.project import Stack

_MOST_DIGITS = 9


class Declared(NamedTuple):
    """What a project declares and what its stacks would run."""

    registry: Registry
    stacks: tuple[Stack, ...]


class Wanted(NamedTuple):
    """An entry or a port that was asked about."""

    title: str
    """As it was asked for."""
    ports: PortRange
    entries: tuple[Entry, ...]
    """The entry that was named, or those that have the port; empty where none has."""


def read_declared(workspace: Workspace, progress: Progress) -> Declared:
    """Return what the project declares; raises what reading its registry raises."""
    registry = load_registry(workspace)
    return Declared(registry, tuple(stacks_in_files(workspace, progress)))


def wanted(registry: Registry, text: str) -> Wanted:
    """Return what `text` asks for: an entry's name, or a port.

    Raises `UsageError` where it is neither.
    """
    index = Index(registry)
    number = number_of(text)
    if number is not None:
        return Wanted(text, single(number), index.holding(number))
    name = parse_name(text)
    entry = None if name is None else index.named(name)
    if entry is None:
        near = () if name is None else index.suggest(name)
        hint = f"did you mean `{'`, `'.join(near)}`?" if near else "`port-registry list` shows them"
        raise UsageError(f"there is no entry `{text}` in {registry.path}", hint=hint)
    return Wanted(text, entry.endpoint.ports, (entry,))


def number_of(text: str) -> Port | None:
    """Return the port that `text` is; None where it is no number.

    Raises `UsageError` where it is a number and no port.
    """
    if not text.isascii() or not text.isdigit():
        return None
    port = port_from_int(int(text)) if len(text) < _MOST_DIGITS else None
    if port is None:
        raise UsageError(f"`{text}` is no port: ports are numbers from 1 to {MAX_PORT}")
    return port
