"""Which numbers in Nix files speak of ports that the project could refer to.

Left out are the registries themselves, tests and templates, options' own defaults, what
other machines listen on, the inner side of containers, and what other rules report.
"""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_list, word_set
from port_registry.matching.locality import is_local_host
from port_registry.matching.nix_annotations import nix_marks
from port_registry.matching.project import Project
from port_registry.matching.secondary_registries import shadows
from port_registry.model import Registry, Role, Span
from port_registry.sources.nix.fleet import Fleet
from port_registry.sources.nix.module_facts import (
    AttrPath,
    IntValue,
    Literal,
    LiteralContext,
    Module,
)

HALVES = ("config", "options")
"""What a registry that is a NixOS module has its entries below."""

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


class _File(NamedTuple):
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
        fleet = project.fleet
        self._reader = project.reader
        self._registries = {part.registry.path for part in fleet.parts}
        self._options = frozenset(_options(fleet))
        self._machines = {host.name for host in fleet.hosts if host.name}
        self._owned = set[Span]()
        """Numbers that other rules report."""
        for nix in nix_marks(project):
            owned = nix.literals if nix.mark.entry is None else nix.drifted()
            self._owned.update(map(place_of, owned))
        for shadow in shadows(project):
            self._owned.update(pair.span for pair in shadow.pairs)
            if shadow.whole:
                self._registries.add(shadow.path)

    def literals(self, module: Module) -> Iterator[Literal]:
        """Yield the numbers of `module` that count."""
        if not module.literals or self._is_aside(module.path):
            return
        file = self._file(module)
        for literal in module.literals:
            if self._counts(file, literal):
                yield literal

    def _file(self, module: Module) -> _File:
        text = self._reader.read(module.path).text
        defaults = [option.default for option in module.options]
        fallbacks = [reference.fallback for reference in module.references]
        return _File(
            any(engine in text for engine in _ENGINES),
            _CLIENT in split(module.path),
            frozenset(one.value for one in defaults if isinstance(one, IntValue)),
            frozenset(one.span for one in fallbacks if one is not None),
        )

    def _is_aside(self, path: str) -> bool:
        """Return whether the file is a registry, or nothing that a machine runs."""
        *folders, name = path.removesuffix(".nix").split("/")
        is_test = name.startswith("test-") or name.endswith(("-test", "_test"))
        return path in self._registries or is_test or not _ASIDE.isdisjoint(folders)

    def _counts(self, file: _File, literal: Literal) -> bool:
        place = place_of(literal)
        if literal.stands is LiteralContext.DEFAULT or not 0 < literal.number < 65536:
            return False
        if place in self._owned or place in file.fallbacks or literal.number in file.defaults:
            return False
        if any(literal.setting[: len(option)] == option for option in self._options):
            return False
        return self._is_own(file, literal) and not _is_inside(file, literal)

    def _is_own(self, file: _File, literal: Literal) -> bool:
        """Return whether it is a port of one of the project's machines."""
        if literal.role is Role.LISTENS:
            return True
        if literal.host is None:
            return not file.is_client
        if is_local_host(literal.host):
            return True
        return literal.host.partition(".")[0] in self._machines


def _is_inside(file: _File, literal: Literal) -> bool:
    """Return whether the port may be that of a container, behind a port of the machine."""
    if literal.stands in (LiteralContext.CONTAINER, LiteralContext.FIREWALL):
        return False
    words = split(literal.label)
    if "port" in words and not _INNER.isdisjoint(words):
        return True
    if not _INSIDE.isdisjoint(literal.setting):
        return True
    return file.makes_containers and _SYSTEM.isdisjoint(literal.setting[:1])


def _options(fleet: Fleet) -> Iterator[AttrPath]:
    """Yield the options below which modules set a registry's own entries."""
    for part in fleet.parts:
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


def place_of(literal: Literal) -> Span:
    """Return the digits of `literal`, or the best place to show."""
    return literal.digits or literal.span
