"""The pipeline: a workspace in, findings out."""

from collections.abc import Iterator
from typing import NamedTuple

from port_registry.checks.finding_filter import filter_findings
from port_registry.matching.project import Project
from port_registry.model import Finding, Note, Registry, Span, Unknown
from port_registry.project.baseline import Split
from port_registry.project.gather import Gathered, gather
from port_registry.project.governing_registry import load_registry
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.sources.interface import Count, SourceReading


class Outcome(NamedTuple):
    """What a check came to."""

    registry: Registry
    counts: tuple[Count, ...]
    """What was read, by kind."""
    findings: tuple[Finding, ...]
    """Sorted by path and place."""
    allowed: int
    """How many findings a comment allowed."""
    split: Split
    """How the findings compare with the baseline."""
    unread: tuple[str, ...]
    """The Nix files that could not be read, though they may speak of ports."""
    unknown: tuple[Unknown, ...]
    """What could not be read and why, in the part that was asked about."""
    notes: tuple[Note, ...]
    """What was left alone on purpose."""


def check(workspace: Workspace, progress: Progress) -> Outcome:
    """Check the project of `workspace`.

    Raises `RegistryError` where it has no registry, or one that cannot be read, `UsageError`
    where a rule is asked for that does not exist.
    """
    workspace.selection()
    return check_registry(workspace, load_registry(workspace), progress)


def check_registry(workspace: Workspace, registry: Registry, progress: Progress) -> Outcome:
    """Check the project of `workspace` against a registry that was read already."""
    return check_gathered(workspace, gather(workspace, registry, progress), progress)


def check_gathered(workspace: Workspace, gathered: Gathered, progress: Progress) -> Outcome:
    """Judge what was read."""
    project, readings = gathered.project, gathered.readings
    registry = project.registry
    found = _findings(workspace, project, progress)
    scope, accepted = workspace.scope, workspace.accepted
    sifted = filter_findings(found, workspace.selection(), scope.covers, accepted, workspace.files)
    unknown = (
        *workspace.unlisted,
        *registry.unknown,
        *(unknown for machine in project.machines for unknown in machine.unknown),
        *(unknown for reading in readings for unknown in reading.unknown),
    )
    return Outcome(
        registry=registry,
        counts=_counts(readings),
        findings=sifted.split.new,
        allowed=sifted.allowed,
        split=sifted.split,
        unread=tuple(path for reading in readings for path in reading.unread),
        unknown=tuple(_distinct(workspace, unknown)),
        notes=(*registry.notes, *_idle(workspace, gathered), *_left_alone(workspace, gathered)),
    )


def _counts(readings: tuple[SourceReading, ...]) -> tuple[Count, ...]:
    """Return what was read, each kind once."""
    found: dict[str, Count] = {}
    for count in (count for reading in readings for count in reading.counts):
        known = found.get(count.key)
        total = count.number + (0 if known is None else known.number)
        found[count.key] = count._replace(number=total)
    return tuple(found.values())


def _findings(workspace: Workspace, project: Project, progress: Progress) -> Iterator[Finding]:
    rules = workspace.selection().rules
    for done, rule in enumerate(rules):
        progress.step(done, len(rules), rule.NAME)
        yield from rule.check(project)


def _distinct(workspace: Workspace, unknown: tuple[Unknown, ...]) -> Iterator[Unknown]:
    """Yield what is asked about, once each, sorted by place."""
    seen: set[Unknown] = set()
    for item in sorted(unknown, key=lambda item: (item.span, item.name, item.reason)):
        if item not in seen and workspace.scope.covers(item.span.path.removesuffix("/")):
            seen.add(item)
            yield item


def _idle(workspace: Workspace, gathered: Gathered) -> Iterator[Note]:
    """Yield a note for each file that was asked about and holds nothing to check."""
    used = {gathered.project.registry.path}
    used.update(path for reading in gathered.readings for path in reading.paths)
    for path in workspace.scope.paths:
        if path in workspace.paths and path not in used and not path.endswith(".nix"):
            yield Note("nothing in this file is checked", Span(path, 0, 0))


def _left_alone(workspace: Workspace, gathered: Gathered) -> Iterator[Note]:
    """Yield a note for what of the files in question was left out."""
    for folder in gathered.left_out:
        if workspace.scope.covers(folder):
            message = "tests and documentation are not read unless they are asked for"
            yield Note(message, Span(f"{folder}/", 0, 0))
    for reading in gathered.readings:
        for note in reading.notes:
            if workspace.scope.covers(note.span.path):
                yield note
