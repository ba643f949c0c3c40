"""Check pipeline, from a workspace to its findings."""

from collections.abc import Iterator

from port_registry.checks.finding_filter import filter_findings
from port_registry.matching.project import Project
from port_registry.model import Finding, NamedTuple, Note, Registry, Span, Unknown
from port_registry.project.baseline import BaselineComparison
from port_registry.project.gather import Gathered, gather_with_faults
from port_registry.project.governing_registry import load_registry
from port_registry.project.port_mentions import port_mentions
from port_registry.project.program_fault import ProgramFault, fault_of
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.sources.interface import Count, SourceReading


class Outcome(NamedTuple):
    """The outcome of a check."""

    registry: Registry
    counts: tuple[Count, ...]
    """How many files and hosts were read, by kind."""
    findings: tuple[Finding, ...]
    """Sorted by path and span."""
    allowed: int
    """The number of findings that comments allow."""
    split: BaselineComparison
    """How the findings compare with the baseline."""
    unread: tuple[str, ...]
    """The Nix files that could not be read, though they may name ports."""
    unknown: tuple[Unknown, ...]
    """What could not be read and why, in the scope of the check."""
    notes: tuple[Note, ...]
    """What was left out on purpose."""
    mentions: tuple[Note, ...]
    """The files that seem to name registered ports, and are of no format that is read."""
    faults: tuple[ProgramFault, ...]
    """The formats and rules that failed; their findings are missing."""


def check(workspace: Workspace, progress: Progress) -> Outcome:
    """Return the outcome of checking the project of `workspace`.

    Raises `RegistryError` where it has no registry, or one that cannot be read, `UsageError`
    where a selected rule does not exist.
    """
    workspace.selection()
    return check_registry(workspace, load_registry(workspace), progress)


def check_registry(workspace: Workspace, registry: Registry, progress: Progress) -> Outcome:
    """Return the outcome of checking the project against `registry`, read beforehand."""
    gathered = gather_with_faults(workspace, registry, progress)
    return check_gathered(workspace, gathered, progress)


def check_gathered(workspace: Workspace, gathered: Gathered, progress: Progress) -> Outcome:
    """Return the outcome of the rules on what was read."""
    project, readings = gathered.project, gathered.readings
    registry = project.registry
    faults = list(gathered.faults)
    findings = _findings(workspace, project, faults, progress)
    in_scope, baseline = workspace.scope.covers, workspace.accepted
    split, allowed = filter_findings(
        findings, workspace.selection(), in_scope, baseline, workspace.files
    )
    unknown = (
        *workspace.unlisted,
        *registry.unknown,
        *(unknown for machine in project.machines for unknown in machine.unknown),
        *(unknown for reading in readings for unknown in reading.unknown),
    )
    return Outcome(
        registry=registry,
        counts=_counts(readings),
        findings=split.new,
        allowed=allowed,
        split=split,
        unread=tuple(path for reading in readings for path in reading.unread),
        unknown=tuple(_distinct(workspace, unknown)),
        notes=(*registry.notes, *_idle(workspace, gathered), *_left_alone(workspace, gathered)),
        mentions=tuple(_mentions(workspace, gathered)),
        faults=tuple(faults),
    )


def _counts(readings: tuple[SourceReading, ...]) -> tuple[Count, ...]:
    """Return the counts of all readings, added up by kind."""
    totals: dict[str, Count] = {}
    for count in (count for reading in readings for count in reading.counts):
        previous = totals[count.key].number if count.key in totals else 0
        totals[count.key] = count._replace(number=count.number + previous)
    return tuple(totals.values())


def _findings(
    workspace: Workspace, project: Project, faults: list[ProgramFault], progress: Progress
) -> Iterator[Finding]:
    """Yield the findings of all rules; those that fail are added to `faults`."""
    rules = workspace.selection().rules
    for done, rule in enumerate(rules):
        progress.step(done, len(rules), rule.NAME)
        try:
            yield from list(rule.check(project))
        except Exception as error:
            faults.append(fault_of(f"the rule {rule.NAME}", error))


def _distinct(workspace: Workspace, unknowns: tuple[Unknown, ...]) -> Iterator[Unknown]:
    """Yield the unknowns in scope, without duplicates, sorted by location."""
    for unknown in sorted(set(unknowns), key=lambda one: (one.span, one.name, one.reason)):
        if workspace.scope.covers(unknown.span.path.removesuffix("/")):
            yield unknown


def _idle(workspace: Workspace, gathered: Gathered) -> Iterator[Note]:
    """Yield a note for each file in scope that has nothing to check."""
    used = {part.registry.path for part in gathered.project.registries}
    used.update(path for reading in gathered.readings for path in reading.paths)
    for path in workspace.scope.paths:
        if path in workspace.paths and path not in used:
            yield Note("nothing in this file is checked", Span(path, 0, 0))


def _left_alone(workspace: Workspace, gathered: Gathered) -> Iterator[Note]:
    """Yield a note for each folder or file in scope that was left out."""
    message = "tests and documentation are not read unless they are asked for"
    for folder in filter(workspace.scope.covers, gathered.left_out):
        yield Note(message, Span(f"{folder}/", 0, 0))
    for reading in gathered.readings:
        yield from (note for note in reading.notes if workspace.scope.covers(note.span.path))


def _mentions(workspace: Workspace, gathered: Gathered) -> Iterator[Note]:
    """Yield a note for each file in scope that seems to name a port, and is not read."""
    known = {part.registry.path for part in gathered.project.registries}
    known.update(path for reading in gathered.readings for path in reading.paths)
    paths = (path for path in filter(workspace.scope.covers, workspace.paths) if path not in known)
    yield from port_mentions(workspace, paths, gathered.project.registry)
