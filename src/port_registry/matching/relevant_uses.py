"""Which numbers in files speak of ports that the project could refer to.

Left out are the registries themselves, tests and templates, options' own defaults, what
other machines listen on, the inner side of containers, and what other rules report.
"""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_list, word_set
from port_registry.matching.file_annotations import file_annotations
from port_registry.matching.locality import is_local_host
from port_registry.matching.machine_files import hosts
from port_registry.matching.project import Project
from port_registry.matching.secondary_registries import shadows
from port_registry.model import TAKES, KeyPath, Place, Registry, Role, SourceFile, Span, Use
from port_registry.registry.entries_prefix import HALVES

_ASIDE = word_set("paths", "not-run-modules")
"""Folders of files that no machine runs."""

_INSIDE = word_set("nixos", "inner-machines")
"""Attributes below which ports are those of a machine within the machine."""

_ENGINES = word_list("nixos", "container-signs")
"""What is in the text of a file that makes containers."""

_INNER = word_set("names", "inner-ports")
"""Words in the names of ports of a machine within the machine."""

_CLIENT = "client"

_SYSTEM = word_set("nixos", "machine-tops")
"""Where a module speaks of the machine even if it makes containers as well."""


class _Context(NamedTuple):
    """What there is to know of a file to judge its numbers."""

    makes_containers: bool
    is_client: bool
    """Whether it is called after the client of something."""
    defaults: frozenset[int]
    """The ports that its own options have unless told otherwise."""
    fallbacks: frozenset[Span]
    """The numbers behind `or`."""


class Counting:
    """Decides which numbers count. Never changed after it is made."""

    def __init__(self, project: Project) -> None:
        self._reader = project.reader
        self._registries = {part.registry.path for part in project.registries}
        self._options = frozenset(_options(project))
        self._machines = {host.name for host in hosts(project) if host.name}
        self._owned = set[Span]()
        """Numbers that other rules report."""
        for nix in file_annotations(project):
            owned = nix.uses if nix.mark.entry is None else nix.drifted()
            self._owned.update(use.shown for use in owned)
        for shadow in shadows(project):
            self._owned.update(pair.span for pair in shadow.pairs)
            if shadow.whole:
                self._registries.add(shadow.path)

    def uses(self, file: SourceFile) -> Iterator[Use]:
        """Yield the numbers of `file` that count."""
        if not file.uses or self._is_aside(file.path):
            return
        context = self._context(file)
        for use in file.uses:
            if self._counts(context, use):
                yield use

    def _context(self, file: SourceFile) -> _Context:
        text = self._reader.read(file.path).text
        return _Context(
            any(engine in text for engine in _ENGINES),
            _CLIENT in split(file.path),
            file.defaults,
            file.fallbacks,
        )

    def _is_aside(self, path: str) -> bool:
        """Return whether the file is a registry, or nothing that a machine runs."""
        *folders, name = path.removesuffix(".nix").split("/")
        is_test = name.startswith("test-") or name.endswith(("-test", "_test"))
        return path in self._registries or is_test or not _ASIDE.isdisjoint(folders)

    def _counts(self, file: _Context, use: Use) -> bool:
        place = use.shown
        if use.place is Place.DEFAULT or not 0 < use.number < 65536:
            return False
        if place in self._owned or place in file.fallbacks or use.number in file.defaults:
            return False
        if any(use.keys[: len(option)] == option for option in self._options):
            return False
        return self._is_own(file, use) and not _is_inside(file, use)

    def _is_own(self, file: _Context, use: Use) -> bool:
        """Return whether it is a port of one of the project's machines."""
        if use.role in TAKES:
            return True
        if use.host is None:
            return not file.is_client
        if is_local_host(use.host):
            return True
        return use.host.partition(".")[0] in self._machines


def _is_inside(file: _Context, use: Use) -> bool:
    """Return whether the port may be that of a container, behind a port of the machine."""
    if use.role in (Role.PUBLISHES, Role.OPENS):
        return False
    words = split(use.label)
    if "port" in words and not _INNER.isdisjoint(words):
        return True
    if not _INSIDE.isdisjoint(use.keys):
        return True
    return file.makes_containers and _SYSTEM.isdisjoint(use.keys[:1])


def _options(project: Project) -> Iterator[KeyPath]:
    """Yield the options below which modules set a registry's own entries."""
    for part in project.registries:
        prefix, entries = part.registry.prefix, part.registry.entries
        for name in [prefix] if prefix else {entry.name[:-1] for entry in entries}:
            if name[:1] and name[0] in HALVES:
                yield name[1:]
            elif prefix:
                yield prefix


def is_module(registry: Registry) -> bool:
    """Return whether `registry` is a NixOS module, whose entries are options."""
    name = registry.prefix or (registry.entries[0].name if registry.entries else ())
    return name[:1] in [(half,) for half in HALVES]
