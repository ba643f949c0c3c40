"""Numbers in files that speak of ports of the project's machines, and whose they are."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from port_registry.facts import services
from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.matching import service_affinity
from port_registry.matching.file_annotations import file_annotations
from port_registry.matching.machine_files import hosts, is_taken
from port_registry.matching.memoize import cached_per_project
from port_registry.matching.project import Project
from port_registry.matching.relevant_uses import Counting, is_module
from port_registry.matching.use_context import SAME, Words, is_foreign, kinship, line_at, words_of
from port_registry.model import Entry, KeyPath, Name, Place, Role, SourceFile, Span, Use
from port_registry.registry.lookup import EntryIndex

_RESERVED = word_set("registry", "reserved-categories")
"""Categories of numbers that are only kept free."""

_NEAR = 60
"""How far behind a reference to its entry a number stands that is for when there is none."""

_LAST_SYSTEM_PORT = 1023


class MatchedEntry(NamedTuple):
    """An entry that has the number of a use."""

    part: int
    """Whose it is: the position among the project's registries."""
    entry: Entry
    kinship: int
    """See `port_registry.matching.use_context.kinship`."""


class MatchedUse(NamedTuple):
    """A number that speaks of a port of one of the project's machines."""

    use: Use
    entries: tuple[MatchedEntry, ...]
    """The entries that it can mean, the nearest first."""
    known: bool
    """Whether any registry of the project has the number, for whatever machine."""
    annotated: bool
    """Whether a comment at it says which entry it is."""
    somewhere: bool
    """Whether it stands behind a host that is computed."""
    taken: bool
    """Whether a machine of the project has the place, for all that is known; with a registry
    that is one machine's, that one."""

    def grade(self) -> int:
        """Return how surely the number is an entry's; see `MatchedEntry.kinship`."""
        return self.entries[0].kinship if self.entries else 0

    def meant(self) -> MatchedEntry | None:
        """Return the one entry that it means, or None where that cannot be told."""
        rivals = [one for one in self.entries if one.kinship == self.grade()]
        return rivals[0] if len(rivals) == 1 else None

    def is_certain(self) -> bool:
        """Return whether it surely is an entry's port on a machine of the project."""
        return self.grade() >= SAME and not self.somewhere


@cached_per_project
def matched_uses(project: Project) -> tuple[MatchedUse, ...]:
    """Return the uses of `project` that rules may speak of, by path and place."""
    counting, view = Counting(project), _View(project)
    return tuple(view.of(file, use) for file in project.files for use in counting.uses(file))


class _View:
    """The entries as each file sees them."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._parts = project.registries
        self._indexes = [EntryIndex(part.registry) for part in project.registries]
        self._of_hosts = [at for at, part in enumerate(project.registries) if part.host]
        self._hosts = _hosts(project)
        self._all_hosts = {part.host for part in project.registries if part.host}
        self._having = [_having(project, at) for at in range(len(project.registries))]
        self._taken = _taken(project)
        self._users: dict[tuple[str, KeyPath], set[str]] = defaultdict(set)
        """The files that refer to each entry, by registry and name."""
        for registry, name, path in self._taken:
            self._users[registry, name].add(path)
        self._by_word = [_by_word(part.registry.entries) for part in project.registries]
        self._tied: dict[Span, Entry] = {}
        """Which entries comments tie numbers to."""
        for nix in file_annotations(project):
            for use in nix.uses:
                if nix.mark.entry is not None and nix.mark.holds(use.number):
                    self._tied[use.shown] = nix.mark.entry

    def of(self, file: SourceFile, use: Use) -> MatchedUse:
        """Return `use` with what the registries say of it."""
        known = any(index.holding(use.number) for index in self._indexes)
        taken = is_taken(self._project, use.shown)
        tied = self._tied.get(use.shown)
        if tied is not None:
            said = tuple(self._said(tied, use.number))
            return MatchedUse(use, said, known, annotated=True, somewhere=False, taken=taken)
        held: list[MatchedEntry] = []
        somewhere = False
        if known:
            source = self._project.reader.read(file.path)
            somewhere = use.host is None and _has_host(source.text, use)
            held = self._held(file, use, words_of(source, use))
        return MatchedUse(
            use, tuple(held), known, annotated=False, somewhere=somewhere, taken=taken
        )

    def _said(self, entry: Entry, number: int) -> Iterator[MatchedEntry]:
        """Yield `entry`, which a comment names, with the registry that it is of."""
        for at, index in enumerate(self._indexes):
            if any(known is entry for known in index.holding(number)):
                yield MatchedEntry(at, entry, service_affinity.EQUAL)

    def _held(self, file: SourceFile, use: Use, place: Words) -> list[MatchedEntry]:
        """Return the entries that the number can mean, the nearest first."""
        held = [
            MatchedEntry(at, entry, grade)
            for at, entry in self._holding(file, use)
            if (grade := _grade(entry, use, place)) >= SAME or not is_foreign(entry, place)
        ]
        held = [one for one in held if not self._is_fallback(use, one)]
        sure = [one for one in held if one.kinship >= SAME]
        if sure or use.role is not Role.OPENS:
            return sorted(sure, key=lambda one: one.kinship, reverse=True)
        if self._is_explained(use) or self._is_anothers(use, place):
            return []
        return [one for one in held if self._is_used_with(file, one)]

    def _is_explained(self, use: Use) -> bool:
        """Return whether a comment in the line of the number says what it is for."""
        return "#" in line_at(self._project.reader.read(use.span.path), use)

    def _is_used_with(self, file: SourceFile, held: MatchedEntry) -> bool:
        """Return whether a file of the same machine refers to the entry."""
        registry = self._parts[held.part].registry.path
        hosts = self._hosts_of(file)
        return any(
            not hosts or not hosts.isdisjoint(self._hosts.get(path, ()))
            for path in self._users.get((registry, held.entry.name), ())
        )

    def _is_fallback(self, use: Use, held: MatchedEntry) -> bool:
        """Return whether the entry is taken right before: the number stands in for it then."""
        registry = self._parts[held.part].registry.path
        start = use.shown.start
        places = self._taken.get((registry, held.entry.name, use.span.path), ())
        return any(0 <= start - place.end <= _NEAR for place in places)

    def _holding(self, file: SourceFile, use: Use) -> Iterator[tuple[int, Entry]]:
        """Yield the entries that have the number on every machine that the file is for."""
        hosts = self._hosts_of(file)
        for at, part in enumerate(self._parts):
            if part.host and not _is_only(hosts, part.host):
                continue
            if not hosts <= self._having[at]:
                continue
            for entry in self._indexes[at].holding(use.number):
                protocols = entry.endpoint.protocols
                fits = not use.protocols or not set(use.protocols).isdisjoint(protocols)
                host = entry.endpoint.host
                elsewhere = host is not None and not _is_only(hosts, host)
                barred = elsewhere or not _RESERVED.isdisjoint(entry.name)
                if fits and not barred and not self._is_overridden(at, entry.name, hosts):
                    yield at, entry

    def _is_overridden(self, at: int, name: Name, hosts: frozenset[str]) -> bool:
        """Return whether a host's own registry gives `name`, of the fleet's, another port."""
        return not self._parts[at].host and any(
            self._parts[other].host in hosts and self._indexes[other].named(name) is not None
            for other in self._of_hosts
        )

    def _hosts_of(self, file: SourceFile) -> frozenset[str]:
        """Return the machines that `file` is a part of, or in whose folder it is."""
        known = self._hosts.get(file.path)
        return known or frozenset(self._all_hosts.intersection(file.path.split("/")[:-1]))

    def _is_anothers(self, use: Use, place: Words) -> bool:
        """Return whether an entry with another number is the one that the place names."""
        return any(
            kinship(entry, place) >= service_affinity.EQUAL
            for by_word in self._by_word
            for word in place.words
            for entry in by_word.get(word, ())
            if not entry.endpoint.ports.first <= use.number <= entry.endpoint.ports.last
        )


def _grade(entry: Entry, use: Use, place: Words) -> int:
    """Return the kinship of `entry` and `use`.

    An opening of 22 can only be ssh's.
    """
    grade = kinship(entry, place)
    is_system = use.number <= _LAST_SYSTEM_PORT and use.role is Role.OPENS
    if is_system and services.on_default(entry.name, entry.endpoint.ports) is not None:
        return max(grade, SAME)
    return grade


def _has_host(text: str, use: Use) -> bool:
    """Return whether a host, or the end of an interpolation, stands before the number."""
    colon = use.shown.start - 1
    is_address = use.place is Place.ADDRESS and use.role is not Role.LISTENS
    before = text[max(colon - 1, 0) : colon]
    return is_address and text.startswith(":", colon) and (before.isalnum() or before == "}")


def _having(project: Project, at: int) -> frozenset[str]:
    """Return the machines that have the entries of a registry.

    One that is a module has to be a module of the machine; who has it is not asked where
    no machine is known to.
    """
    registry = project.registries[at].registry
    every = frozenset(host.name for host in hosts(project)) | {
        part.host for part in project.registries
    }
    found = frozenset(host.name for host in hosts(project) if registry.path in host.files)
    return found if is_module(registry) and found else every


def _taken(project: Project) -> dict[tuple[str, KeyPath, str], list[Span]]:
    """Return where each entry is referred to, by registry, name and file."""
    found: dict[tuple[str, KeyPath, str], list[Span]] = defaultdict(list)
    for reference in project.references:
        span = reference.span
        found[reference.registry, reference.name, span.path].append(span)
    return found


def _is_only(hosts: frozenset[str], host: str) -> bool:
    return len(hosts) == 1 and host in hosts


def _hosts(project: Project) -> dict[str, frozenset[str]]:
    """Return the machines that each file is a part of."""
    found: dict[str, set[str]] = defaultdict(set)
    for host in hosts(project):
        if host.name:
            for path in host.files:
                found[path].add(host.name)
    return {path: frozenset(names) for path, names in found.items()}


def _by_word(entries: tuple[Entry, ...]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for word in split(entry.service)[:1]:
            found[word].append(entry)
    return found
