"""Matches between numbers in files and the entries that they mean."""

from collections import defaultdict
from collections.abc import Iterator

from port_registry import model
from port_registry.facts import identifiers, services, words
from port_registry.matching import relevant_uses, service_affinity, use_context
from port_registry.matching.file_annotations import file_annotations
from port_registry.matching.machine_files import hosts, is_on_machine
from port_registry.matching.project import Project, cached_per_project
from port_registry.registry.lookup import EntryIndex

_RESERVED = words.word_set("registry", "reserved-categories")
"""Categories of numbers that are only kept free."""

_NEAR = 60
"""The largest distance from a reference to the number that stands in for it."""


class MatchedEntry(model.NamedTuple):
    """An entry that has the number of a use."""

    registry_index: int
    """The position of the entry's registry among the project's."""
    entry: model.Entry
    affinity: int
    """See `port_registry.matching.use_context.context_affinity`."""


class MatchedUse(model.NamedTuple):
    """A use in a file, with the entries that it can mean."""

    use: model.Use
    entries: tuple[MatchedEntry, ...]
    """The entries that it can mean, the nearest first."""
    in_registry: bool
    """Whether any registry of the project has the number, for whatever machine."""
    annotated: bool
    """Whether a comment at it names its entry."""
    host_unknown: bool
    """Whether it is after a host that is computed."""
    on_machine: bool
    """Whether a machine of the project has the place, for all that is known. With a registry
    that is one machine's, that machine."""

    def affinity(self) -> int:
        """Return how surely the number is an entry's; see `MatchedEntry.affinity`."""
        return self.entries[0].affinity if self.entries else 0

    def best_match(self) -> MatchedEntry | None:
        """Return the entry with the highest affinity; None where several have it."""
        best = [match for match in self.entries if match.affinity == self.affinity()]
        return best[0] if len(best) == 1 else None

    def is_certain(self) -> bool:
        """Return whether it surely is an entry's port on a machine of the project."""
        return self.affinity() >= use_context.SAME_WORDS and not self.host_unknown


@cached_per_project
def matched_uses(project: Project) -> tuple[MatchedUse, ...]:
    """Return the relevant uses of `project` with their entries, by path and place."""
    relevant, matcher = relevant_uses.RelevantUses(project), _EntryMatcher(project)
    return tuple(
        matcher.match(file, use) for file in project.files for use in relevant.of_file(file)
    )


class _EntryMatcher:
    """Finds the entries that the numbers of each file can mean."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._registries = project.registries
        self._indexes = [EntryIndex(part.registry) for part in project.registries]
        self._hosts_by_file = _hosts_by_file(project)
        self._registry_hosts = {part.host for part in project.registries if part.host}
        self._hosts_with_entries = [
            _hosts_with_entries(project, part.registry) for part in project.registries
        ]
        self._reference_spans = _reference_spans(project)
        self._referring_files: dict[tuple[str, model.KeyPath], set[str]] = defaultdict(set)
        """The files that refer to each entry, by registry and name."""
        for registry, name, path in self._reference_spans:
            self._referring_files[registry, name].add(path)
        self._by_first_word = [_by_first_word(part.registry.entries) for part in project.registries]
        self._annotated: dict[model.Span, model.Entry] = {}
        """The entries that comments name, by the spans of the numbers that they cover."""
        for annotation in file_annotations(project):
            for use in annotation.uses:
                target = annotation.target
                if target.entry is not None and target.holds(use.number):
                    self._annotated[use.shown] = target.entry

    def match(self, file: model.SourceFile, use: model.Use) -> MatchedUse:
        """Return `use` with the entries that it can mean."""
        in_registry = any(index.holding(use.number) for index in self._indexes)
        annotated = self._annotated.get(use.shown)
        entries: list[MatchedEntry] = []
        host_unknown = False
        if annotated is not None:
            entries = [
                MatchedEntry(position, annotated, service_affinity.EQUAL)
                for position, index in enumerate(self._indexes)
                if any(known is annotated for known in index.holding(use.number))
            ]
        elif in_registry:
            source = self._project.reader.read(file.path)
            host_unknown = use.host is None and _has_host(source.text, use)
            entries = self._possible_entries(file, use, use_context.context_of(source, use))
        return MatchedUse(
            use=use,
            entries=tuple(entries),
            in_registry=in_registry,
            annotated=annotated is not None,
            host_unknown=host_unknown,
            on_machine=is_on_machine(self._project, use.shown),
        )

    def _possible_entries(
        self, file: model.SourceFile, use: model.Use, context: use_context.UseContext
    ) -> list[MatchedEntry]:
        """Return the entries that the number can mean, the nearest first."""
        candidates = [
            MatchedEntry(position, entry, _affinity(entry, use, context))
            for position, entry in self._entries_with_number(file, use)
        ]
        candidates = [match for match in candidates if not self._is_fallback(use, match)]
        sure = [match for match in candidates if match.affinity >= use_context.SAME_WORDS]
        if sure or use.role is not model.Role.OPENS:
            return sorted(sure, key=lambda match: match.affinity, reverse=True)
        has_comment = "#" in use_context.line_at(self._project.reader.read(use.span.path), use)
        if has_comment or self._names_another_entry(use, context):
            return []
        return [
            match
            for match in candidates
            if not use_context.is_another_service(match.entry, context)
            and self._is_referred_to_on_machine(file, match)
        ]

    def _is_referred_to_on_machine(self, file: model.SourceFile, match: MatchedEntry) -> bool:
        """Return whether a file of the same machine refers to the entry."""
        registry = self._registries[match.registry_index].registry.path
        hosts = self._hosts_of(file)
        return any(
            not hosts or not hosts.isdisjoint(self._hosts_by_file.get(path, ()))
            for path in self._referring_files.get((registry, match.entry.name), ())
        )

    def _is_fallback(self, use: model.Use, match: MatchedEntry) -> bool:
        """Return whether the entry is referred to right before: the number stands in for it."""
        registry = self._registries[match.registry_index].registry.path
        start = use.shown.start
        spans = self._reference_spans.get((registry, match.entry.name, use.span.path), ())
        return any(0 <= start - span.end <= _NEAR for span in spans)

    def _entries_with_number(
        self, file: model.SourceFile, use: model.Use
    ) -> Iterator[tuple[int, model.Entry]]:
        """Yield the entries that have the number on every machine that the file is for."""
        hosts = self._hosts_of(file)
        for position, part in enumerate(self._registries):
            is_anothers = part.host and list(hosts) != [part.host]
            if is_anothers or not hosts <= self._hosts_with_entries[position]:
                continue
            for entry in self._indexes[position].holding(use.number):
                is_own = part.host or not self._is_overridden(entry.name, hosts)
                if is_own and _can_mean(use, entry, hosts):
                    yield position, entry

    def _is_overridden(self, name: model.Name, hosts: frozenset[str]) -> bool:
        """Return whether the own registry of one of `hosts` gives `name` another port."""
        return any(
            part.host in hosts and index.named(name) is not None
            for part, index in zip(self._registries, self._indexes, strict=True)
        )

    def _hosts_of(self, file: model.SourceFile) -> frozenset[str]:
        """Return the hosts that `file` is a part of, or in whose folder it is."""
        hosts = self._hosts_by_file.get(file.path)
        return hosts or frozenset(self._registry_hosts.intersection(file.path.split("/")[:-1]))

    def _names_another_entry(self, use: model.Use, context: use_context.UseContext) -> bool:
        """Return whether `context` names an entry with another number."""
        return any(
            use_context.context_affinity(entry, context) >= service_affinity.EQUAL
            for by_word in self._by_first_word
            for word in context.words
            for entry in by_word.get(word, ())
            if not entry.ports.holds(use.number)
        )


def _affinity(entry: model.Entry, use: model.Use, context: use_context.UseContext) -> int:
    """Return the affinity of `entry` and `use`.

    An opening of 22 can only be ssh's.
    """
    affinity = use_context.context_affinity(entry, context)
    is_system = use.number <= model.LAST_SYSTEM_PORT and use.role is model.Role.OPENS
    if is_system and services.on_default(entry.name, entry.endpoint.ports) is not None:
        return max(affinity, use_context.SAME_WORDS)
    return affinity


def _can_mean(use: model.Use, entry: model.Entry, hosts: frozenset[str]) -> bool:
    """Return whether `use`, in a file of `hosts`, can mean `entry`, which has its number."""
    if use.protocols and set(use.protocols).isdisjoint(entry.endpoint.protocols):
        return False
    return (entry.host is None or list(hosts) == [entry.host]) and _RESERVED.isdisjoint(entry.name)


def _has_host(text: str, use: model.Use) -> bool:
    """Return whether a host, or the end of an interpolation, is before the number."""
    colon = use.shown.start - 1
    is_address = use.place is model.Place.ADDRESS and use.role is not model.Role.LISTENS
    before = text[max(colon - 1, 0) : colon]
    return is_address and text.startswith(":", colon) and (before.isalnum() or before == "}")


def _hosts_with_entries(project: Project, registry: model.Registry) -> frozenset[str]:
    """Return the hosts that have the entries of `registry`.

    Where it is a module of a configuration, they are the hosts that are made of it, if any
    is known to be.
    """
    importing = frozenset(host.name for host in hosts(project) if registry.path in host.files)
    if relevant_uses.is_module(registry) and importing:
        return importing
    names = [host.name for host in hosts(project)]
    return frozenset((*names, *(part.host for part in project.registries)))


def _reference_spans(project: Project) -> dict[tuple[str, model.KeyPath, str], list[model.Span]]:
    """Return the spans at which each entry is referred to, by registry, name and file."""
    spans: dict[tuple[str, model.KeyPath, str], list[model.Span]] = defaultdict(list)
    for reference in project.references:
        span = reference.span
        spans[reference.registry, reference.name, span.path].append(span)
    return spans


def _hosts_by_file(project: Project) -> dict[str, frozenset[str]]:
    """Return the names of the hosts that each file is a part of."""
    names_by_file: dict[str, set[str]] = defaultdict(set)
    for host in hosts(project):
        if host.name:
            for path in host.files:
                names_by_file[path].add(host.name)
    return {path: frozenset(names) for path, names in names_by_file.items()}


def _by_first_word(entries: tuple[model.Entry, ...]) -> dict[str, list[model.Entry]]:
    by_word: dict[str, list[model.Entry]] = defaultdict(list)
    for entry in entries:
        for word in identifiers.split(entry.service)[:1]:
            by_word[word].append(entry)
    return by_word
