"""The pipeline: a workspace in, findings out."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from port_registry.engine.aside import Aside
from port_registry.engine.baseline import Split
from port_registry.engine.files import Files
from port_registry.engine.fleet import FleetRead, read_fleet
from port_registry.engine.funnel import sift
from port_registry.engine.progress import Progress
from port_registry.engine.workspace import Evaluation, Workspace
from port_registry.facts.ranges import default_convention
from port_registry.model.entry import Note, Registry, Unknown
from port_registry.model.errors import RegistryError, SourceError
from port_registry.model.finding import Finding
from port_registry.model.span import Span
from port_registry.registry.locate import WELL_KNOWN, choose
from port_registry.registry.read import read_registry
from port_registry.rules.interface import Project
from port_registry.sources.nix_stacks import names_stacks
from port_registry.sources.process_compose import is_candidate, looks_like, stacks_in
from port_registry.sources.process_compose.project import Stack


class Outcome(NamedTuple):
    """What a check came to."""

    registry: Registry
    stacks: int
    """How many stacks were checked."""
    nix_files: int
    """How many Nix files, registries aside."""
    hosts: int
    """How many hosts they make."""
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

    Raises `RegistryError` where it has no registry, or one that cannot be read.
    """
    return judge(workspace, load_registry(workspace), progress)


def judge(workspace: Workspace, registry: Registry, progress: Progress) -> Outcome:
    """Check the project of `workspace` against a registry that was read already."""
    stacks = (*_stacks(workspace, progress), *_stacks_in_nix(workspace, registry))
    convention = default_convention().with_ranges(dict(workspace.config.ranges))
    read = read_fleet(workspace, registry, progress)
    project = Project(registry, stacks, read.fleet, convention, workspace.files)
    found = _findings(workspace, project, progress)
    scope, accepted = workspace.scope, workspace.accepted
    sifted = sift(found, workspace.selection, scope.covers, accepted, workspace.files)
    unknown = (
        *workspace.unlisted,
        *registry.unknown,
        *(unknown for stack in stacks for unknown in stack.unknown),
        *read.fleet.unknown,
        *read.unread,
    )
    return Outcome(
        registry=registry,
        stacks=len(stacks),
        nix_files=read.files,
        hosts=sum(bool(host.name) for host in read.fleet.hosts),
        findings=sifted.split.new,
        allowed=sifted.allowed,
        split=sifted.split,
        unread=tuple(item.span.path for item in read.unread),
        unknown=tuple(_distinct(workspace, unknown)),
        notes=(*registry.notes, *_idle(workspace, registry, stacks), *_left(workspace, read)),
    )


def load_registry(workspace: Workspace) -> Registry:
    """Return the registry of the project, named or found.

    Raises `RegistryError` where there is none, or it cannot be read.
    """
    if workspace.registry is not None:
        return _read(workspace, workspace.registry)
    # A registry counts even where a `.gitignore` for another language names its folder.
    located = choose(workspace.paths) or choose(filter(workspace.files.exists, WELL_KNOWN))
    passed: tuple[str, ...] = ()
    candidates = () if located is None else (located.taken, *located.others)
    for at, path in enumerate(candidates):
        registry = _read(workspace, path)
        if not _is_of_something_else(registry):
            return registry._replace(considered=(*passed, *candidates[at + 1 :]))
        passed += (path,)
    found = f"; {', '.join(passed)} declares no ports" if passed else ""
    raise RegistryError(
        f"no registry in `{workspace.files.root}`{found}",
        hint="write one (`lib/ports.nix`), or name yours with `--registry FILE` or with "
        "`registry` in port-registry.toml",
    )


def _read(workspace: Workspace, path: str) -> Registry:
    files, attribute = workspace.files, workspace.attribute
    if workspace.evaluation is Evaluation.NIX:
        from port_registry.registry.ask_nix import read_asking

        return read_asking(files, path, attribute, files.root)
    return read_registry(files, path, attribute)


def _is_of_something_else(registry: Registry) -> bool:
    """Tell whether a file that was found by its name holds attributes and no port at all."""
    declares = registry.entries or registry.flawed or registry.twins or registry.unknown
    return bool(registry.notes) and not declares


def _stacks(workspace: Workspace, progress: Progress) -> Iterator[Stack]:
    wanted = _stack_files(workspace)
    if not wanted:
        return
    from port_registry.sources.process_compose.stack import read_stack

    for done, files in enumerate(wanted):
        progress.step(done, len(wanted), files[-1])
        yield read_stack(workspace.files, files)


def _stacks_in_nix(workspace: Workspace, registry: Registry) -> Iterator[Stack]:
    """Yield the stacks that Nix files define."""
    asked = Aside(workspace.config.include, workspace.scope.paths)
    paths = [path for path in workspace.paths if path.endswith(".nix") and not asked.leaves(path)]
    flakes = [path for path in paths if os.path.basename(path) in ("flake.nix", "devenv.nix")]
    if flakes and not any(_names_stacks(workspace.files, path) for path in flakes):
        return
    named = [path for path in paths if _names_stacks(workspace.files, path)]
    if named:
        from port_registry.sources.nix_stacks.stacks import stacks_in_nix

        yield from stacks_in_nix(workspace.files, named, registry)


def _names_stacks(files: Files, path: str) -> bool:
    try:
        return names_stacks(path, files.listed(path))
    except SourceError:
        return False


def _stack_files(workspace: Workspace) -> list[tuple[str, ...]]:
    """Return the files of each stack: those configured, found, and named by themselves."""
    files = workspace.files
    stacks = [tuple(map(os.path.normpath, stack)) for stack in workspace.config.stacks]
    taken = {file for stack in stacks for file in stack}
    candidates = [path for path in workspace.paths if is_candidate(path) and _is_stack(files, path)]
    stacks += [stack for stack in stacks_in(candidates) if not taken.issuperset(stack)]
    taken.update(file for stack in stacks for file in stack)
    stacks += [
        (path,)
        for path in workspace.scope.paths
        if path not in taken and path.endswith(_ENDINGS) and _is_stack(files, path)
    ]
    return stacks


_ENDINGS = (".yaml", ".yml", ".json")

_CERTAIN = ("process-compose.", "process-compose.override.")
"""The names that no other program's files have, without their endings."""


def _is_stack(files: Files, path: str) -> bool:
    """Tell whether the file is process-compose's: by its name, or else by its text.

    A file that cannot be read is, so that it does not go unseen.
    """
    name = os.path.basename(path)
    if name.removesuffix("yml").removesuffix("yaml") in _CERTAIN:
        return True
    try:
        return looks_like(files.read(path).text)
    except SourceError:
        return True


def _findings(workspace: Workspace, project: Project, progress: Progress) -> Iterator[Finding]:
    rules = workspace.selection.rules
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


def _idle(workspace: Workspace, registry: Registry, stacks: tuple[Stack, ...]) -> Iterator[Note]:
    """Yield a note for each file that was asked about and holds nothing to check."""
    used = {registry.path, *(file for stack in stacks for file in stack.files)}
    for path in workspace.scope.paths:
        if path in workspace.paths and path not in used and not path.endswith(".nix"):
            yield Note("nothing in this file is checked", Span(path, 0, 0))


def _left(workspace: Workspace, read: FleetRead) -> Iterator[Note]:
    """Yield a note for what of the Nix files in question was left out, or is in no host."""
    for folder in read.aside:
        if workspace.scope.covers(folder):
            message = "tests and documentation are not read unless they are asked for"
            yield Note(message, Span(f"{folder}/", 0, 0))
    for path in read.fleet.orphans:
        if workspace.scope.covers(path):
            yield Note("no host imports this module", Span(path, 0, 0))
