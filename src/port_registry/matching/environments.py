"""Environments: the same number in sibling files such as `dev.nix` and `prod.nix`.

Files are *siblings* when their paths differ in nothing but words for an environment. The
numbers at the same place of each belong together, and may differ.
"""

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.matching import entry_matches, locality, machine_files, service_affinity
from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.project import Project, cached_per_project
from port_registry.model import Entry, MachineKind, NamedTuple, Role, Span, Use, lazy_pattern
from port_registry.registry.lookup import EntryIndex

_ENVIRONMENTS = word_set("paths", "environments")

_MACHINE_FOLDERS = word_set("paths", "machine-folders")
"""Folders of machines, which are not environments whatever their names."""

_Key = tuple[str | None, ...]


class EnvironmentNumber(NamedTuple):
    """A number in the file of one environment."""

    path: str
    number: int
    span: Span
    """The digits, or the place to show."""
    label: str
    """What the number is for, to show."""
    entry: Entry | None
    """The entry that has the number and can be meant."""


class Drift(NamedTuple):
    """One service with different numbers in sibling files."""

    numbers: tuple[EnvironmentNumber, ...]
    """One number of each file, by path; at least two, and not all equal."""

    def outlier(self) -> EnvironmentNumber:
        """Return the number to blame.

        It is not its entry's port while others are, or else the only one with its value, or
        else the last one.
        """
        unmatched = [number for number in self.numbers if number.entry is None]
        if 0 < len(unmatched) < len(self.numbers):
            return unmatched[-1]
        counts = Counter(number.number for number in self.numbers)
        unique = [number for number in self.numbers if counts[number.number] == 1]
        return unique[0] if len(unique) == 1 else self.numbers[-1]


@cached_per_project
def drifts(project: Project) -> tuple[Drift, ...]:
    """Return the drifts between the environments of `project`, by path and place."""
    drifts = [*_drifts_of_files(project), *_drifts_of_defaults(project)]
    return tuple(sorted(drifts, key=lambda drift: drift.numbers[0].span))


def _drifts_of_defaults(project: Project) -> Iterator[Drift]:
    """Yield the variables that are set to another number than their default."""
    for annotated in annotated_machines(project):
        uses = {site.span: site.uses[0] for site in annotated.sites}
        for site in annotated.sites:
            use = site.uses[0]
            other = None if use.overridden_by is None else uses.get(use.overridden_by)
            if other is None or use.number == other.number:
                continue
            if annotated.expected_number(use) != annotated.expected_number(other):
                pair = (use, other)
                yield Drift(tuple(_environment_number(annotated.entries, one) for one in pair))


def _drifts_of_files(project: Project) -> Iterator[Drift]:
    """Yield the numbers that differ between sibling files."""
    siblings: dict[tuple[str, _Key], dict[str, list[EnvironmentNumber]]] = {}
    machines = {host.name for host in machine_files.hosts(project)}
    masks: dict[str, str | None] = {}
    for key, number in _keyed_numbers(project):
        if number.path not in masks:
            masks[number.path] = _mask(number.path, machines)
        mask = masks[number.path]
        if mask is not None:
            by_path = siblings.setdefault((mask, key), {})
            by_path.setdefault(number.path, []).append(number)
    for by_path in siblings.values():
        unambiguous = [numbers[0] for numbers in by_path.values() if _agree(numbers)]
        unambiguous.sort(key=lambda number: number.span)
        if not _agree(unambiguous) and not _are_on_one_machine(project, unambiguous):
            yield Drift(tuple(unambiguous))


def _agree(numbers: Iterable[EnvironmentNumber]) -> bool:
    return len({number.number for number in numbers}) == 1


def _are_on_one_machine(project: Project, numbers: Iterable[EnvironmentNumber]) -> bool:
    """Return whether one machine is made of several of the files, or there is only one."""
    paths = {number.path for number in numbers}
    machines = [host for host in machine_files.hosts(project) if host.name]
    return len(paths) < 2 or any(len(paths.intersection(host.files)) > 1 for host in machines)


def _mask(path: str, machines: set[str]) -> str | None:
    """Return `path` without its words for environments; None where it has none."""
    *folders, name = path.split("/")
    masked: list[str] = []
    for depth, folder in enumerate(folders):
        is_machine = folder in machines or not _MACHINE_FOLDERS.isdisjoint(folders[:depth])
        masked.append("*" if folder in _ENVIRONMENTS and not is_machine else folder)
    if _MACHINE_FOLDERS.isdisjoint(folders):
        name = _mask_name(name, machines)
    mask = "/".join([*masked, name])
    return None if mask == path else mask


def _mask_name(name: str, machines: set[str]) -> str:
    """Return the name of a file without its words for environments."""
    stem, extension = posixpath.splitext(name)
    if stem in machines:
        return name
    text = name if extension.removeprefix(".") in _ENVIRONMENTS else stem
    parts = ["*" if part in _ENVIRONMENTS else part for part in _separator().split(text)]
    return "".join(parts) + name[len(text) :]


_separator = lazy_pattern(r"([._-])")


def _keyed_numbers(project: Project) -> Iterator[tuple[_Key, EnvironmentNumber]]:
    """Yield each number with a key that is the same in every environment."""
    for match in entry_matches.matched_uses(project):
        use = match.use
        steps = [step for step in use.keys if step is not None]
        is_named = use.label or any(split(step) for step in steps)
        if is_named and use.last == use.number:
            kind = use.role if use.role in (Role.OPENS, Role.PUBLISHES) else use.place
            key = ("file", kind.value, use.label, *use.keys)
            label = ".".join(steps) or use.label
            best = match.best_match()
            entry = best.entry if best is not None and best.affinity else None
            yield key, EnvironmentNumber(use.shown.path, use.number, use.shown, label, entry)
    index = EntryIndex(project.registry)
    seen = set[tuple[_Key, Span]]()
    for use in _uses_outside_hosts(project):
        target = None if use.target is None else str(use.target)
        key = ("process", use.service, use.place.value, use.label, use.program, target)
        span = use.digits or use.span
        if span.path.rpartition("/")[2].startswith(".env"):
            key = ("variable", use.label)
        if (key, span) not in seen and not project.tie_writer.takes_references(span.path):
            seen.add((key, span))
            yield key, _environment_number(index, use)


def _environment_number(index: EntryIndex, use: Use) -> EnvironmentNumber:
    """Return the number of `use`, which is in no file of a host."""
    name = use.service or use.label
    entry = service_affinity.closest(index.holding(use.number), name, use.program)
    if entry is not None and not service_affinity.affinity(entry, name, use.program):
        entry = None
    return EnvironmentNumber(use.shown.path, use.number, use.shown, name, entry)


def _uses_outside_hosts(project: Project) -> Iterator[Use]:
    for machine in project.machines:
        is_stack = machine.kind is MachineKind.STACK
        for use in machine.uses() if machine.kind is not MachineKind.HOST else ():
            if is_stack or (use.overridden_by is None and locality.is_local(use)):
                yield use
