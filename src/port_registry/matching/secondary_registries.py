"""Shadow registries: files and sets that give the registry's services ports of their own."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from port_registry import model
from port_registry.facts.identifiers import split
from port_registry.facts.implied import System, implied_ports
from port_registry.facts.words import word_set
from port_registry.matching.project import Project, cached_per_project
from port_registry.registry.read import read_registry

_MIN_ENTRIES = 3
"""The number of services of the registry from which on a file or set is a shadow registry."""

_MIN_MEMBERS = 5
"""The number of services from which on a set with a `port` for each is a registry."""

_SAMPLE_WORDS = word_set("paths", "samples")
"""Words in the paths of files that belong to no real machine."""


class ShadowedEntry(model.NamedTuple):
    """An entry whose service has a port in a shadow registry as well."""

    entry: model.Entry
    number: int
    """The port in the shadow registry."""
    span: model.Span
    """The number in the shadow registry."""

    def agrees(self) -> bool:
        """Return whether both registries have the same port."""
        ports = self.entry.endpoint.ports
        return ports.is_single() and ports.first == self.number


class ShadowRegistry(model.NamedTuple):
    """A shadow registry."""

    path: str
    """The file that it is in."""
    is_whole_file: bool
    """Whether the file is a registry of its own, and does not only hold a set."""
    entries: tuple[ShadowedEntry, ...]
    """In the order of their numbers in the file."""


@cached_per_project
def shadow_registries(project: Project) -> tuple[ShadowRegistry, ...]:
    """Return the shadow registries of `project`, whole files first."""
    return tuple(_shadow_registries(project))


def _shadow_registries(project: Project) -> Iterator[ShadowRegistry]:
    names = _EntryNames(project.registry.entries)
    own_paths = {part.registry.path for part in project.registries} | {project.registry.path}
    rejected = [path for path in project.registry.considered if path not in own_paths]
    option = project.registry.prefix[1:]
    adding = {
        file.path
        for file in project.files
        if option and any(_contains(keys, option) for keys in file.keys)
    }
    for path in rejected:
        if not _is_sample(path) and path not in adding:
            shadowed = names.shadowed(_declared_ports(project, path))
            if len(shadowed) >= _MIN_ENTRIES:
                yield ShadowRegistry(path, is_whole_file=True, entries=shadowed)
    for file in project.files:
        if file.path in own_paths or file.path in rejected or _is_sample(file.path):
            continue
        for ports in _named_sets(project, file):
            shadowed = names.shadowed(ports)
            if len(shadowed) >= _MIN_ENTRIES and 2 * len(shadowed) >= len(ports):
                yield ShadowRegistry(file.path, is_whole_file=False, entries=shadowed)


class _EntryNames:
    """The entries by the names that a shadow registry may give them."""

    def __init__(self, entries: Sequence[model.Entry]) -> None:
        services = Counter(entry.service for entry in entries)
        self._by_name: dict[model.KeyPath, model.Entry] = {entry.name: entry for entry in entries}
        self._by_service: dict[model.Step, model.Entry] = {
            entry.service: entry for entry in entries if services[entry.service] == 1
        }

    def shadowed(self, ports: Sequence[model.NamedNumber]) -> tuple[ShadowedEntry, ...]:
        """Return the entries that `ports` name, each with its first port there."""
        shadowed: dict[model.Name, ShadowedEntry] = {}
        for port in ports:
            entry = self._by_name.get(port.keys) or self._by_service.get(port.keys[-1])
            if entry is not None:
                shadowed.setdefault(entry.name, ShadowedEntry(entry, port.number, port.span))
        return tuple(shadowed.values())


def _is_sample(path: str) -> bool:
    return not _SAMPLE_WORDS.isdisjoint(word for step in path.split("/") for word in split(step))


def _declared_ports(project: Project, path: str) -> list[model.NamedNumber]:
    """Return the ports that the file at `path` declares itself."""
    try:
        entries = read_registry(project.reader, path, None).entries
    except model.RegistryError:
        return []
    return [
        model.NamedNumber(entry.name, entry.ports.first, entry.value_span)
        for entry in entries
        if entry.value_span.path == path and entry.ports.is_single()
    ]


def _named_sets(project: Project, file: model.SourceFile) -> Iterator[list[model.NamedNumber]]:
    """Yield the numbers of each set in `file`, without those that it adds to the registry."""
    option = project.registry.prefix[1:]
    grouped: dict[model.KeyPath, dict[model.Span, model.NamedNumber]] = defaultdict(dict)
    members: dict[model.KeyPath, dict[model.Span, model.NamedNumber]] = defaultdict(dict)
    for keys, number, span in _named_numbers(file):
        service = keys[-1] if keys else None
        if service is None or (option and _contains(keys, option)):
            continue
        grouped[keys[:-1]][span] = model.NamedNumber((service,), number, span)
        if service == "port" and len(keys) > 1 and not _is_module_option(keys):
            members[keys[:-2]][span] = model.NamedNumber(keys[-2:-1], number, span)
    for ports in grouped.values():
        yield list(ports.values())
    for ports in members.values():
        if len(ports) >= _MIN_MEMBERS:
            yield list(ports.values())


def _is_module_option(keys: model.KeyPath) -> bool:
    """Return whether a module of NixOS has the option `keys`."""
    return any(
        fact.option == keys for fact in implied_ports(System.NIXOS, (keys[0] or "", keys[1] or ""))
    )


def _named_numbers(file: model.SourceFile) -> Iterator[model.NamedNumber]:
    """Yield the integers that `file` gives keys."""
    yield from file.numbers
    for use in file.uses:
        is_let_in = use.role in (model.Role.OPENS, model.Role.PUBLISHES)
        if use.place is model.Place.OPTION and not is_let_in and use.digits is not None:
            yield model.NamedNumber(use.keys, use.number, use.digits)


def _contains(keys: model.KeyPath, option: model.Name) -> bool:
    """Return whether the parts of `option` are in `keys`, one after the other."""
    size = len(option)
    return any(keys[start : start + size] == option for start in range(len(keys) - size + 1))
