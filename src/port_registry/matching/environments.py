"""The same number in the files of several environments: `dev.nix` and `prod.nix`.

Files are *siblings* when their paths differ in nothing but words for an environment. What
stands at the same place of each is one number, which may differ.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from port_registry.facts.identifiers import split
from port_registry.facts.words import word_set
from port_registry.matching import service_affinity
from port_registry.matching.entry_matches import matched_uses
from port_registry.matching.machine_files import hosts
from port_registry.matching.memoize import cached_per_project
from port_registry.matching.project import Project
from port_registry.model import Entry, MachineKind, Role, Span, Use
from port_registry.registry.lookup import EntryIndex

_ENVIRONMENTS = word_set("paths", "environments")

_MACHINES = word_set("paths", "machine-folders")
"""Folders of machines, which are no environments whatever they are called."""

_Key = tuple[str | None, ...]


class Site(NamedTuple):
    """A number in the file of one environment."""

    path: str
    number: int
    span: Span
    """The digits, or what to show."""
    label: str
    """Whose number it is, for people."""
    entry: Entry | None
    """The entry that has the number and can be meant."""


class Drift(NamedTuple):
    """One service with different numbers in sibling files."""

    sites: tuple[Site, ...]
    """One of each file, by path; at least two, not all with one number."""

    def odd(self) -> Site:
        """Return the one to blame.

        It is not on its entry's port while others are, or else alone with its number, or
        else the last one.
        """
        astray = [site for site in self.sites if site.entry is None]
        if 0 < len(astray) < len(self.sites):
            return astray[-1]
        counts: dict[int, int] = defaultdict(int)
        for site in self.sites:
            counts[site.number] += 1
        alone = [site for site in self.sites if counts[site.number] == 1]
        return alone[0] if len(alone) == 1 else self.sites[-1]


@cached_per_project
def drifts(project: Project) -> tuple[Drift, ...]:
    """Return what differs between the environments of `project`, by path and place."""
    return tuple(_drifts(project))


def _drifts(project: Project) -> Iterator[Drift]:
    families: dict[str, dict[_Key, dict[str, list[Site]]]] = {}
    machines = {host.name for host in hosts(project)}
    masks: dict[str, str | None] = {}
    for key, site in _sites(project):
        if site.path not in masks:
            masks[site.path] = _mask(site.path, machines)
        mask = masks[site.path]
        if mask is not None:
            family = families.setdefault(mask, {})
            family.setdefault(key, {}).setdefault(site.path, []).append(site)
    found: list[Drift] = []
    for family in families.values():
        for by_path in family.values():
            plain = [sites[0] for sites in by_path.values() if _agree(sites)]
            plain.sort(key=lambda site: site.span)
            if not _agree(plain) and not _run_together(project, plain):
                found.append(Drift(tuple(plain)))
    yield from sorted(found, key=lambda drift: drift.sites[0].span)


def _agree(sites: Iterable[Site]) -> bool:
    return len({site.number for site in sites}) == 1


def _run_together(project: Project, sites: Iterable[Site]) -> bool:
    """Return whether one machine is made of several of the files, or there is only one."""
    paths = {site.path for site in sites}
    machines = [host for host in hosts(project) if host.name]
    return len(paths) < 2 or any(len(paths.intersection(host.files)) > 1 for host in machines)


def _mask(path: str, machines: set[str]) -> str | None:
    """Return `path` without its words for environments; None where it has none."""
    *folders, name = path.split("/")
    masked: list[str] = []
    for at, folder in enumerate(folders):
        is_machine = folder in machines or not _MACHINES.isdisjoint(folders[:at])
        masked.append("*" if folder in _ENVIRONMENTS and not is_machine else folder)
    if _MACHINES.isdisjoint(folders):
        stem, ending = posixpath.splitext(name)
        own = name if ending.removeprefix(".") in _ENVIRONMENTS else stem
        is_machine = stem in machines
        parts = _parts(own)
        if not is_machine:
            parts = ["*" if part in _ENVIRONMENTS else part for part in parts]
        name = "".join(parts) + name[len(own) :]
    whole = "/".join([*masked, name])
    return None if whole == path else whole


def _parts(name: str) -> list[str]:
    """Return `name` cut at the signs between its words."""
    parts = [""]
    for char in name:
        if char in "._-":
            parts += [char, ""]
        else:
            parts[-1] += char
    return parts


def _sites(project: Project) -> Iterator[tuple[_Key, Site]]:
    """Yield each number with what it is the number of."""
    for match in matched_uses(project):
        use = match.use
        if use.last == use.number and _is_named(use):
            steps = [step for step in use.keys if step is not None]
            context = use.role if use.role in (Role.OPENS, Role.PUBLISHES) else use.place
            key = ("file", context.value, use.label, *use.keys)
            label = ".".join(steps) or use.label
            held = match.meant()
            entry = held.entry if held is not None and held.kinship else None
            yield key, Site(use.shown.path, use.number, use.shown, label, entry)
    index = EntryIndex(project.registry)
    seen = set[tuple[_Key, Span]]()
    for use in _uses(project):
        key = ("process", use.service, use.place.value, use.label, use.program)
        span = use.digits or use.span
        if span.path.rpartition("/")[2].startswith(".env"):
            key = ("variable", use.label)
        if (key, span) not in seen and not span.path.endswith(".nix"):
            seen.add((key, span))
            entry = service_affinity.closest(index.holding(use.number), use.service, use.program)
            if entry is not None and not service_affinity.affinity(entry, use.service, use.program):
                entry = None
            label = use.service or use.label
            yield key, Site(span.path, use.number, span, label, entry)


def _uses(project: Project) -> Iterator[Use]:
    for machine in project.machines:
        if machine.kind is not MachineKind.HOST:
            yield from machine.uses()


def _is_named(use: Use) -> bool:
    """Return whether its place says which of the file's numbers it is."""
    return bool(use.label or any(split(step) for step in use.keys if step))
