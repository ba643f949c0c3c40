"""Nothing uses the entry."""

from collections.abc import Iterator

from port_registry import model
from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.duplicate_ports import origin
from port_registry.matching.file_annotations import file_annotations
from port_registry.matching.project import Project
from port_registry.registry.lookup import EntryIndex

NAME: str = "unused-port"
SEVERITY: model.Severity = model.Severity.NOTE
ON_BY_DEFAULT: bool = False


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each entry that nothing uses; none where nothing was read."""
    if not project.machines and not project.files:
        return
    used = _used_on_machines(project) | _used_in_files(project)
    referenced = _ReferencedNames(project)
    for entry in project.registry.entries:
        if origin(entry) not in used and not referenced.may_include(entry):
            yield model.Finding(
                rule=NAME,
                severity=SEVERITY,
                message=f"nothing uses {entry}; remove it",
                span=entry.name_span,
                entries=(model.format_name(entry.name),),
            )


def _used_on_machines(project: Project) -> set[tuple[model.Span, ...]]:
    """Return the origins of the entries that machines other than hosts use."""
    used = set[tuple[model.Span, ...]]()
    for annotated in annotated_machines(project):
        used.update(origin(target.entry) for target in annotated.targets if target.entry)
        if annotated.machine.kind is not model.MachineKind.HOST:
            for number in {site.number for site in annotated.sites}:
                used.update(origin(entry) for entry in annotated.entries.holding(number))
    return used


def _used_in_files(project: Project) -> set[tuple[model.Span, ...]]:
    """Return the origins of the entries that files name by number or annotation."""
    numbers = {
        number
        for file in project.files
        if file.path != project.registry.path
        for use in file.uses
        for number in (use.number, use.last)
    }
    numbered = [
        entry
        for entry in project.registry.entries
        if not numbers.isdisjoint((entry.ports.first, entry.ports.last))
    ]
    targets = [annotation.target for annotation in file_annotations(project)]
    named = [target.entry for target in targets if target.entry is not None]
    return {origin(entry) for entry in (*numbered, *named)}


class _ReferencedNames:
    """The names that references have in them."""

    def __init__(self, project: Project) -> None:
        self._names: set[model.KeyPath] = set()
        self._whole_sets: set[model.KeyPath] = set()
        """The sets of which any entry may be meant."""
        index = EntryIndex(project.registry)
        registries = {part.registry.path for part in project.registries}
        for reference in project.references:
            if reference.span.path not in registries:
                self._add(reference, index)
        self._mentions = {
            name
            for file in project.files
            if file.path != project.registry.path
            for name in file.mentions
        }
        """The names in references that lead to no registry, for all that is known."""

    def _add(self, reference: model.Reference, index: EntryIndex) -> None:
        name = model.known_keys(reference.name)
        if name is None:
            self._whole_sets.add(reference.name[: reference.name.index(None)])
        elif not reference.binds:
            entry = index.named(name)
            if entry is not None:
                self._names.add(entry.name)
            self._names.update(name[:size] for size in range(1, len(name) + 1))
            self._whole_sets.add(name)

    def may_include(self, entry: model.Entry) -> bool:
        """Return whether a reference names `entry`, or may."""
        prefixes = (entry.name[:size] for size in range(len(entry.name) + 1))
        is_named = entry.name in self._names or entry.service in self._mentions
        return is_named or not self._whole_sets.isdisjoint(prefixes)
