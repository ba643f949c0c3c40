"""Nothing uses the entry.

## Why
An entry that nothing uses keeps its port from others, and makes people look for a service
that does not exist. Off by default, because what else uses the registry (deployments, other
repositories) is not read. An entry counts as used when a reference to it, or to a set that
it is in, a number equal to its port, or an annotation with its name stands anywhere; a
reference with a computed name (`ports.${name}`) may be to any entry of its set.

## Bad
```nix lib/ports.nix
{
  databases.redis = 6379;
  databases.postgresql = 5432;
}
```
```yaml process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
```

## Good
```nix lib/ports.nix
{
  databases.redis = 6379;
}
```
```yaml process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379
```
"""

from collections.abc import Iterator

from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.duplicate_ports import origin
from port_registry.matching.file_annotations import file_annotations
from port_registry.matching.project import Project
from port_registry.model import (
    Entry,
    Finding,
    KeyPath,
    MachineKind,
    Reference,
    Severity,
    Span,
    format_name,
    known_keys,
)
from port_registry.registry.lookup import EntryIndex

NAME: str = "unused-port"
SEVERITY: Severity = Severity.NOTE
ON_BY_DEFAULT: bool = False


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each entry that nothing uses; none where nothing was read."""
    if not project.machines and not project.files:
        return
    used = _on_machines(project) | _in_files(project)
    told = _Told(project)
    for entry in project.registry.entries:
        if origin(entry) not in used and not told.of(entry):
            name = format_name(entry.name)
            yield Finding(
                rule=NAME,
                severity=SEVERITY,
                message=f"nothing uses {entry}; remove it",
                span=entry.name_span,
                entries=(name,),
            )


def _on_machines(project: Project) -> set[tuple[Span, ...]]:
    """Return the origins of the entries that machines use which are not made of whole files."""
    used = set[tuple[Span, ...]]()
    for ties in annotated_machines(project):
        for one in ties.targets:
            if one.entry is not None:
                used.add(origin(one.entry))
        if ties.machine.kind is MachineKind.HOST:
            continue
        for number in {spot.number for spot in ties.sites}:
            used.update(origin(entry) for entry in ties.entries.holding(number))
    return used


def _in_files(project: Project) -> set[tuple[Span, ...]]:
    """Return the origins of the entries that Nix files name by number or annotation."""
    used = set[tuple[Span, ...]]()
    numbers = {
        number
        for file in project.files
        if file.path != project.registry.path
        for use in file.uses
        for number in (use.number, use.last)
    }
    for entry in project.registry.entries:
        ports = entry.endpoint.ports
        if numbers & {ports.first, ports.last}:
            used.add(origin(entry))
    for nix in file_annotations(project):
        if nix.target.entry is not None:
            used.add(origin(nix.target.entry))
    return used


class _Told:
    """What references name, whichever way they lead."""

    def __init__(self, project: Project) -> None:
        self._names: set[KeyPath] = set()
        self._open: set[KeyPath] = set()
        """The sets of which any entry may be meant."""
        index = EntryIndex(project.registry)
        registries = {host.registry.path for host in project.registries}
        for reference in project.references:
            if reference.span.path not in registries:
                self._take_in(reference, index)
        self._lost = {
            name
            for file in project.files
            if file.path != project.registry.path
            for name in file.mentions
        }
        """What references that lead to no registry speak of: the way may only be hidden."""

    def _take_in(self, reference: Reference, index: EntryIndex) -> None:
        name = known_keys(reference.name)
        if name is None:
            self._open.add(reference.name[: reference.name.index(None)])
        elif not reference.binds:
            entry = index.named(name)
            if entry is not None:
                self._names.add(entry.name)
            self._names.update(name[:size] for size in range(1, len(name) + 1))
            self._open.add(name)

    def of(self, entry: Entry) -> bool:
        """Return whether a reference names `entry`, or may."""
        above = (entry.name[:size] for size in range(len(entry.name) + 1))
        return (
            entry.name in self._names
            or entry.service in self._lost
            or any(name in self._open for name in above)
        )
