"""Second registries: files and sets that give the registry's services ports of their own."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.matching.memoize import cached_per_project
from port_registry.matching.project import Project
from port_registry.model import (
    Entry,
    KeyPath,
    Name,
    NamedNumber,
    Place,
    RegistryError,
    Role,
    SourceFile,
    Span,
)
from port_registry.registry.read import read_registry

_LEAST = 3
"""How many services of the registry make a second one."""

_ASIDE = word_set("paths", "samples")
"""Words in the paths of files that speak of no real machine."""


class ShadowedEntry(NamedTuple):
    """A service of the registry that is named again."""

    entry: Entry
    number: int
    """The port that it has there."""
    span: Span
    """The number there."""

    def agrees(self) -> bool:
        """Return whether the two have one port."""
        ports = self.entry.endpoint.ports
        return ports.is_single() and ports.first == self.number


class Shadow(NamedTuple):
    """A second registry."""

    path: str
    """The file it is in."""
    whole: bool
    """Whether the file is a registry of its own, and not only holds a set."""
    pairs: tuple[ShadowedEntry, ...]
    """In the order they stand there."""


class _Leaf(NamedTuple):
    """A name with a port."""

    name: Name
    number: int
    span: Span


@cached_per_project
def shadows(project: Project) -> tuple[Shadow, ...]:
    """Return the second registries of `project`, files first."""
    return tuple(_shadows(project))


def _shadows(project: Project) -> Iterator[Shadow]:
    known = _Known(project.registry.entries)
    parts = {part.registry.path for part in project.registries} | {project.registry.path}
    passed = [path for path in project.registry.considered if path not in parts]
    own = project.registry.prefix[1:]
    adding = {file.path for file in project.files if own and _adds(file, own)}
    for path in passed:
        if not _is_aside(path) and path not in adding:
            pairs = known.pairs(_leaves(project, path))
            if len(pairs) >= _LEAST:
                yield Shadow(path, whole=True, pairs=pairs)
    for file in project.files:
        if file.path in parts or file.path in passed or _is_aside(file.path):
            continue
        for leaves in _tables(project, file):
            pairs = known.pairs(leaves)
            if len(pairs) >= _LEAST and 2 * len(pairs) >= len(leaves):
                yield Shadow(file.path, whole=False, pairs=pairs)


class _Known:
    """The entries by the names that a second registry may give them."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._by_name = {entry.name: entry for entry in entries}
        self._by_service: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            self._by_service[entry.service].append(entry)

    def pairs(self, leaves: Sequence[_Leaf]) -> tuple[ShadowedEntry, ...]:
        """Return those of `leaves` that name an entry, each with it."""
        found: dict[Name, ShadowedEntry] = {}
        for leaf in leaves:
            entry = self._meant(leaf.name)
            if entry is not None:
                found.setdefault(entry.name, ShadowedEntry(entry, leaf.number, leaf.span))
        return tuple(found.values())

    def _meant(self, name: Name) -> Entry | None:
        entry = self._by_name.get(name)
        if entry is not None:
            return entry
        same = self._by_service.get(name[-1], [])
        return same[0] if len(same) == 1 else None


def _is_aside(path: str) -> bool:
    return not _ASIDE.isdisjoint(word for step in path.split("/") for word in split(step))


def _leaves(project: Project, path: str) -> list[_Leaf]:
    """Return what the file at `path` declares, but for what it takes from elsewhere."""
    try:
        entries = read_registry(project.reader, path, None).entries
    except RegistryError:
        return []
    return [
        _Leaf(entry.name, entry.endpoint.ports.first, entry.value_span)
        for entry in entries
        if entry.value_span.path == path and entry.endpoint.ports.is_single()
    ]


def _tables(project: Project, file: SourceFile) -> Iterator[list[_Leaf]]:
    """Yield the numbers of each set in `file`, without what it adds to the registry."""
    own = project.registry.prefix[1:]
    grouped: dict[KeyPath, dict[Span, _Leaf]] = defaultdict(dict)
    for setting, number, span in _numbers(file):
        service = setting[-1] if setting else None
        if service is not None and not (own and _holds(setting, own)):
            grouped[setting[:-1]][span] = _Leaf((service,), number, span)
    for leaves in grouped.values():
        yield list(leaves.values())


def _numbers(file: SourceFile) -> Iterator[NamedNumber]:
    """Yield the integers that `file` gives attributes, with what holds them."""
    yield from file.numbers
    for use in file.uses:
        is_value = use.place is Place.OPTION and use.role not in (Role.OPENS, Role.PUBLISHES)
        if is_value and use.digits is not None:
            yield NamedNumber(use.keys, use.number, use.digits)


def _adds(file: SourceFile, option: Name) -> bool:
    """Return whether `file` gives the registry's own option values."""
    return any(_holds(keys, option) for keys in file.keys)


def _holds(setting: KeyPath, option: Name) -> bool:
    """Return whether the parts of `option` stand in `setting`, one behind the other."""
    size = len(option)
    return any(setting[at : at + size] == option for at in range(len(setting) - size + 1))
