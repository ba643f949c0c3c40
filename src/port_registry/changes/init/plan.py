"""Plan of a new registry: the proposed file, with reports on what was read for it."""

import contextlib
import os
from collections import Counter
from collections.abc import Iterator
from operator import attrgetter

from port_registry import model
from port_registry.changes.init import from_machines, from_nix, naming, service_identification
from port_registry.changes.init.merge_observations import (
    Contest,
    EntryCandidate,
    merge_observations,
)
from port_registry.changes.init.observation import Observation, Observed, SkippedPort
from port_registry.facts.words import word_set
from port_registry.project.config import convention_of
from port_registry.project.files import Files
from port_registry.project.gather import gather
from port_registry.project.governing_registry import find_registry
from port_registry.project.lock import hold_folders
from port_registry.project.non_deployed_paths import NonDeployedFilter
from port_registry.project.progress import Progress
from port_registry.project.workspace import Request, Workspace, open_workspace
from port_registry.project.write import create
from port_registry.registry.edit.entry_spec import EntrySpec
from port_registry.registry.edit.new_file import new_registry

_PATH = "lib/ports.nix"

_NOT_RUN = word_set("paths", "not-run")
"""Folders, in lower case, of files that nothing runs."""


class FileCounts(model.NamedTuple):
    """The number of files of each kind that were read."""

    stacks: int
    compose: int
    environment: int
    nix: int


class ProposedRegistry(model.NamedTuple):
    """A registry that could be written."""

    files: Files
    path: str
    """The path of its file, relative to the root."""
    text: str
    candidates: tuple[naming.NamedCandidate, ...]
    """The entries, by port."""
    contests: tuple[Contest, ...]
    skipped: tuple[SkippedPort, ...]
    """By reason and place."""
    unreadable: tuple[model.UnreadablePart, ...]
    left_out_folders: tuple[str, ...]
    """The folders of tests and documentation that were left out."""
    counts: FileCounts


def propose_registry(request: Request, to: str | None, progress: Progress) -> ProposedRegistry:
    """Return the registry for the ports that the files of a project already name.

    Its file is `to`, relative to the folder that `request` starts in; None for the configured
    one, or `lib/ports.nix`. Raises `RegistryError` where there is one already, `UsageError`
    where that file is not possible.
    """
    workspace = open_workspace(request)
    path = _registry_path(workspace, request.start, to)
    _refuse_existing(workspace, path)
    observed = _observe(workspace, model.Registry(path=path, entries=()), progress)
    merged = merge_observations(item for item in observed.observed if isinstance(item, Observation))
    named = tuple(naming.name_candidates(merged.candidates, convention_of(workspace.config)))
    numbers = {number for item in named for number in _numbers(item.candidate)}
    skipped = (item for item in observed.observed if isinstance(item, SkippedPort))
    return ProposedRegistry(
        files=workspace.files,
        path=path,
        text=new_registry(_entry_specs(named), service_identification.CATEGORIES),
        candidates=named,
        contests=merged.contests,
        skipped=tuple(
            sorted(
                {port for port in (*merged.unnamed, *skipped) if port.number not in numbers},
                key=attrgetter("reason", "span", "text"),
            )
        ),
        unreadable=observed.unreadable,
        left_out_folders=observed.left_out_folders,
        counts=observed.counts,
    )


def _numbers(candidate: EntryCandidate) -> Iterator[int | None]:
    """Yield the numbers of `candidate`, on the machine and in containers."""
    yield candidate.ports.first
    for observation in candidate.observations:
        yield observation.container_port


def write_proposal(plan: ProposedRegistry) -> None:
    """Write the registry of `plan`, and create its folder if needed.

    Raises `WriteError` where that is not possible, or the file exists by now.
    """
    folder = os.path.dirname(plan.path)
    if plan.files.real_path(folder) is None:
        raise model.WriteError(
            "cannot be written: its folder lies outside the project", path=plan.path
        )
    absolute = os.path.join(plan.files.root, plan.path)
    created = _create_folders(plan.files.root, folder, plan.path)
    try:
        with hold_folders((absolute,), plan.path):
            if os.path.lexists(absolute):
                raise model.WriteError("is there already, and is left as it is", path=plan.path)
            create(absolute, plan.path, plan.text)
    except model.WriteError:
        for path in reversed(created):
            with contextlib.suppress(OSError):
                os.rmdir(path)
        raise


def _create_folders(root: str, folder: str, shown_path: str) -> list[str]:
    """Create `folder` below `root`; return the folders that were created, outermost first."""
    created: list[str] = []
    path = root
    try:
        for part in filter(None, folder.split("/")):
            path = os.path.join(path, part)
            if not os.path.isdir(path):
                os.mkdir(path)
                created.append(path)
    except OSError as error:
        message = f"its folder cannot be made: {model.system_reason(error)}"
        raise model.WriteError(message, path=shown_path) from error
    return created


def _registry_path(workspace: Workspace, start: str, to: str | None) -> str:
    """Return the path of the new registry, relative to the root."""
    if to is None:
        path = os.path.normpath(workspace.registry or _PATH)
    else:
        real = os.path.realpath(os.path.join(start, os.path.dirname(to)))
        path = os.path.relpath(os.path.join(real, os.path.basename(to)), workspace.files.root)
    if path == ".." or path.startswith("../") or os.path.isabs(path):
        raise model.UsageError(f"`{to or path}` lies outside the project `{workspace.files.root}`")
    if not path.endswith(".nix"):
        raise model.UsageError(
            f"`{to or path}` is not a Nix file",
            hint="`port-registry init` writes Nix, and `port-registry convert` other languages",
        )
    return path


def _refuse_existing(workspace: Workspace, path: str) -> None:
    """Raise `RegistryError` if the project has a registry."""
    files = workspace.files
    if workspace.registry is not None and not files.exists(workspace.registry):
        workspace = workspace._replace(registry=None)
    existing = find_registry(workspace)
    if isinstance(existing, model.Registry):
        raise model.RegistryError(
            f"there is a registry already: `{existing.path}`",
            hint="`port-registry add` adds to it, and `port-registry list` shows it",
        )
    if os.path.lexists(os.path.join(files.root, path)):
        raise model.RegistryError(
            f"`{path}` is there already, and declares no ports",
            hint="name another file with `--registry FILE`",
        )


class _ProjectObservations(model.NamedTuple):
    """The observations in all files of a project."""

    observed: tuple[Observed, ...]
    unreadable: tuple[model.UnreadablePart, ...]
    left_out_folders: tuple[str, ...]
    counts: FileCounts


def _observe(
    workspace: Workspace, registry: model.Registry, progress: Progress
) -> _ProjectObservations:
    """Return the observations in the files of a project, as if it had `registry`."""
    files = workspace.files
    gathered = gather(workspace, registry, progress)
    project, readings = gathered.project, gathered.readings
    machine_filter = _MachineFilter(workspace)
    machines = [machine for machine in project.machines if machine_filter.accepts(machine)]
    stacks = [machine for machine in machines if machine.kind is model.MachineKind.STACK]
    containers = [machine for machine in machines if machine.kind is model.MachineKind.CONTAINERS]
    variables = [machine for machine in machines if machine.kind is model.MachineKind.VARIABLES]
    unreadable = (part for machine in (*stacks, *containers) for part in _unreadable_in(machine))
    return _ProjectObservations(
        observed=(
            *(item for stack in stacks for item in from_machines.observe_stack(files, stack)),
            *(item for own in containers for item in from_machines.observe_project(files, own)),
            *(item for file in variables for item in from_machines.observe_variables(files, file)),
            *from_nix.observe(project),
        ),
        unreadable=(
            *dict.fromkeys(unreadable),
            *(
                model.UnreadablePart(unknown.reason, unknown.span)
                for reading in readings
                for unknown in reading.unknown
            ),
        ),
        left_out_folders=tuple(sorted({*machine_filter.left_out(), *gathered.left_out})),
        counts=FileCounts(
            stacks=len(stacks),
            compose=len({path for machine in containers for path in machine.files}),
            environment=len(variables),
            nix=sum(
                count.number
                for reading in readings
                for count in reading.counts
                if count.key == "nix_files"
            ),
        ),
    )


def _unreadable_in(machine: model.Machine) -> Iterator[model.UnreadablePart]:
    """Yield the parts of `machine` that could not be read or known."""
    yield from machine.unreadable
    for unknown in machine.unknown:
        yield model.UnreadablePart(f"cannot be known: {unknown.reason}", unknown.span)


class _MachineFilter:
    """Leaves out machines that are made of tests, documentation or files that nothing runs."""

    def __init__(self, workspace: Workspace) -> None:
        self._aside = NonDeployedFilter(workspace.config.include, ())
        self._not_run: set[str] = set()

    def accepts(self, machine: model.Machine) -> bool:
        """Return whether `machine` is not left out."""
        if machine.kind is model.MachineKind.HOST:
            return True
        path = machine.files[-1]
        if not self._aside.reads(path):
            return False
        folders = path.split("/")[:-1]
        for depth, folder in enumerate(folders, 1):
            if folder.lower() in _NOT_RUN:
                self._not_run.add("/".join(folders[:depth]))
                return False
        return True

    def left_out(self) -> set[str]:
        """Return the folders of the machines that were left out."""
        return {*self._aside.folders(), *self._not_run}


def _entry_specs(named: tuple[naming.NamedCandidate, ...]) -> Iterator[EntrySpec]:
    """Yield the entries to write; protocols are written where they are not TCP alone."""
    by_port = Counter(item.candidate.ports.first for item in named)
    for name, candidate in ((item.name, item.candidate) for item in named):
        is_plain = (
            candidate.protocols == (model.Protocol.TCP,) and by_port[candidate.ports.first] == 1
        )
        yield EntrySpec(name, candidate.ports, () if is_plain else candidate.protocols)
