"""Relevant uses: numbers in files that are ports which the project could refer to.

Left out are the registries themselves, tests and templates, options' own defaults, ports of
other machines, the inner side of containers, and what other rules report.
"""

import posixpath
from collections.abc import Iterator

from port_registry import model
from port_registry.facts.identifiers import split
from port_registry.facts.words import word_list, word_set
from port_registry.matching.file_annotations import file_annotations
from port_registry.matching.locality import is_local_host
from port_registry.matching.machine_files import hosts
from port_registry.matching.project import Project
from port_registry.matching.secondary_registries import shadow_registries
from port_registry.registry.entries_prefix import HALVES

_NOT_RUN = word_set("paths", "not-run-modules")
"""Folders of files that no machine runs."""

_INNER_MACHINES = word_set("nixos", "inner-machines")
"""Attributes below which ports are those of a machine within the machine."""

_CONTAINER_SIGNS = word_list("nixos", "container-signs")
"""Texts that only a file that makes containers has."""

_INNER_PORT_WORDS = word_set("names", "inner-ports")
"""Words in the names of ports of a machine within the machine."""

_MACHINE_OPTIONS = word_set("nixos", "machine-tops")
"""The first keys of what a file says of the machine even if it makes containers as well."""


class RelevantUses:
    """Selects the relevant uses of files. Immutable."""

    def __init__(self, project: Project) -> None:
        self._reader = project.reader
        self._registries = {part.registry.path for part in project.registries}
        self._registry_options = frozenset(_registry_options(project))
        self._host_names = {host.name for host in hosts(project) if host.name}
        self._reported_elsewhere = set[model.Span]()
        """The numbers that other rules report."""
        for annotation in file_annotations(project):
            is_unknown = annotation.target.entry is None
            uses = annotation.uses if is_unknown else annotation.stale_uses()
            self._reported_elsewhere.update(use.shown for use in uses)
        for shadow in shadow_registries(project):
            self._reported_elsewhere.update(entry.span for entry in shadow.entries)
            if shadow.is_whole_file:
                self._registries.add(shadow.path)

    def of_file(self, file: model.SourceFile) -> Iterator[model.Use]:
        """Yield the relevant uses of `file`."""
        if not file.uses or self._is_not_run(file.path):
            return
        text = self._reader.read(file.path).text
        makes_containers = any(sign in text for sign in _CONTAINER_SIGNS)
        is_client = "client" in split(file.path)
        for use in file.uses:
            if (
                self._is_relevant(file, use)
                and self._is_on_own_machine(use, in_client=is_client)
                and not _is_inside_container(use, among_containers=makes_containers)
            ):
                yield use

    def _is_not_run(self, path: str) -> bool:
        """Return whether the file is a registry, or one that no machine runs."""
        *folders, name = posixpath.splitext(path)[0].split("/")
        is_test = name.startswith("test-") or name.endswith(("-test", "_test"))
        return path in self._registries or is_test or not _NOT_RUN.isdisjoint(folders)

    def _is_relevant(self, file: model.SourceFile, use: model.Use) -> bool:
        """Return whether it is a port, and neither a default nor another rule's affair."""
        if use.place is model.Place.DEFAULT or not 0 < use.number < 65536:
            return False
        if use.number in file.defaults or use.shown in file.fallbacks:
            return False
        if use.shown in self._reported_elsewhere:
            return False
        return all(use.keys[: len(option)] != option for option in self._registry_options)

    def _is_on_own_machine(self, use: model.Use, *, in_client: bool) -> bool:
        """Return whether it is a port of one of the project's machines.

        `in_client` says that the file is named for the client of something.
        """
        if use.host is None or use.role in model.TAKES:
            return use.role in model.TAKES or not in_client
        return is_local_host(use.host) or use.host.partition(".")[0] in self._host_names


def _is_inside_container(use: model.Use, *, among_containers: bool) -> bool:
    """Return whether the port may be a container's, published as another of the machine's."""
    if use.role in (model.Role.PUBLISHES, model.Role.OPENS):
        return False
    words = split(use.label)
    if "port" in words and not _INNER_PORT_WORDS.isdisjoint(words):
        return True
    is_inner = not _INNER_MACHINES.isdisjoint(use.keys)
    return is_inner or (among_containers and _MACHINE_OPTIONS.isdisjoint(use.keys[:1]))


def _registry_options(project: Project) -> Iterator[model.KeyPath]:
    """Yield the options below which files set a registry's own entries."""
    for part in project.registries:
        prefix, entries = part.registry.prefix, part.registry.entries
        for name in [prefix] if prefix else {entry.name[:-1] for entry in entries}:
            if name and name[0] in HALVES:
                yield name[1:]
            elif prefix:
                yield prefix


def is_module(registry: model.Registry) -> bool:
    """Return whether `registry` is a module of a configuration, whose entries are options."""
    name = registry.prefix or (registry.entries[0].name if registry.entries else ())
    return bool(name) and name[0] in HALVES
