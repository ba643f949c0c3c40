"""The registry that is proposed, and what was found on the way to it."""

import contextlib
import os
from collections.abc import Iterator
from typing import NamedTuple

from port_registry.changes.init import from_compose, from_dotenv, from_nix, from_stacks
from port_registry.changes.init.merge_observations import Contest, merge
from port_registry.changes.init.naming import NamedWish, name_all
from port_registry.changes.init.observation import Left, Sighted, Unread
from port_registry.changes.init.service_identification import CATEGORIES
from port_registry.facts.words import word_set
from port_registry.model import (
    Machine,
    MachineKind,
    Protocol,
    Registry,
    RegistryError,
    Span,
    Unknown,
    UsageError,
    WriteError,
    system_reason,
)
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
from port_registry.sources.interface import SourceReading

_PATH = "lib/ports.nix"

_ASIDE = word_set("paths", "not-run")
"""Folders, in lower case, of files that nothing runs."""


class Counts(NamedTuple):
    """How many files of each kind were read."""

    stacks: int
    compose: int
    environment: int
    nix: int


class ProposedRegistry(NamedTuple):
    """A registry that could be written."""

    files: Files
    path: str
    """Where it goes, relative to the root."""
    text: str
    named: tuple[NamedWish, ...]
    """By port."""
    contests: tuple[Contest, ...]
    left: tuple[Left, ...]
    """By reason and place."""
    unread: tuple[Unread, ...]
    aside: tuple[str, ...]
    """The folders of tests and documentation that were left out."""
    counts: Counts


def propose(request: Request, to: str | None, progress: Progress) -> ProposedRegistry:
    """Return the registry that the files of a project already speak of.

    It goes to the file `to`, relative to the folder that `request` starts in; None for the
    configured one, or `lib/ports.nix`. Raises `RegistryError` where there is one already,
    `UsageError` where it cannot go there.
    """
    workspace = open_workspace(request)
    path = _path(workspace, request.start, to)
    _refuse_second(workspace, path)
    registry = Registry(path=path, entries=())
    gathered = _Gathered(workspace, registry, progress)
    found = gathered.sighted()
    merged = merge(one for each in found for one in each.sightings)
    convention = convention_of(workspace.config)
    named = tuple(name_all(merged.claims, convention))
    taken = {
        number
        for one in named
        for number in (one.claim.ports.first, *(seen.target for seen in one.claim.sightings))
    }
    left = (*merged.nobodys, *(one for each in found for one in each.left))
    return ProposedRegistry(
        files=workspace.files,
        path=path,
        text=new_registry(_wishes(named), CATEGORIES),
        named=named,
        contests=merged.contests,
        left=tuple(sorted({one for one in left if one.number not in taken}, key=_by_place)),
        unread=tuple(dict.fromkeys(one for each in found for one in each.unread)) + gathered.unread,
        aside=gathered.aside,
        counts=gathered.counts,
    )


def _by_place(left: Left) -> tuple[str, Span, str]:
    return left.reason, left.span, left.what


def write(plan: ProposedRegistry) -> None:
    """Write the registry of `plan`, and its folder where there is none.

    Raises `WriteError` where that cannot be done, or the file is there by now.
    """
    folder = os.path.dirname(plan.path)
    if plan.files.real_path(folder) is None:
        raise WriteError("cannot be written: its folder lies outside the project", path=plan.path)
    whole = os.path.join(plan.files.root, plan.path)
    made = _make_folders(plan.files.root, folder, plan.path)
    try:
        with hold_folders((whole,), plan.path):
            if os.path.lexists(whole):
                raise WriteError("is there already, and is left as it is", path=plan.path)
            create(whole, plan.path, plan.text)
    except WriteError:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                os.rmdir(path)
        raise


def _make_folders(root: str, folder: str, show: str) -> list[str]:
    """Make `folder` below `root`; return what was made, outermost first."""
    made: list[str] = []
    path = root
    try:
        for part in filter(None, folder.split("/")):
            path = os.path.join(path, part)
            if not os.path.isdir(path):
                os.mkdir(path)
                made.append(path)
    except OSError as error:
        raise WriteError(f"its folder cannot be made: {system_reason(error)}", path=show) from error
    return made


def _path(workspace: Workspace, start: str, to: str | None) -> str:
    """Return where the registry goes, relative to the root."""
    if to is None:
        path = os.path.normpath(workspace.registry or _PATH)
    else:
        real = os.path.realpath(os.path.join(start, os.path.dirname(to)))
        path = os.path.relpath(os.path.join(real, os.path.basename(to)), workspace.files.root)
    if path == ".." or path.startswith("../") or os.path.isabs(path):
        raise UsageError(f"`{to or path}` lies outside the project `{workspace.files.root}`")
    if not path.endswith(".nix"):
        raise UsageError(
            f"`{to or path}` is no Nix file",
            hint="`port-registry init` writes Nix, and `port-registry convert` other languages",
        )
    return path


def _refuse_second(workspace: Workspace, path: str) -> None:
    """Raise `RegistryError` where the project has a registry."""
    files = workspace.files
    if workspace.registry is not None and not files.exists(workspace.registry):
        workspace = workspace._replace(registry=None)
    found = find_registry(workspace)
    if isinstance(found, Registry):
        raise RegistryError(
            f"there is a registry already: `{found.path}`",
            hint="`port-registry add` adds to it, and `port-registry list` shows it",
        )
    if os.path.lexists(os.path.join(files.root, path)):
        raise RegistryError(
            f"`{path}` is there already, and declares no ports",
            hint="name another file with `--registry FILE`",
        )


class _Gathered:
    """What the files of a project say, kind by kind."""

    def __init__(self, workspace: Workspace, registry: Registry, progress: Progress) -> None:
        self._workspace = workspace
        self._registry = registry
        self._progress = progress
        self._aside = NonDeployedFilter(workspace.config.include, ())
        self._given_up: set[str] = set()
        self.counts = Counts(0, 0, 0, 0)
        self.unread: tuple[Unread, ...] = ()
        self.aside: tuple[str, ...] = ()

    def sighted(self) -> list[Sighted]:
        """Return what each kind of files comes to."""
        workspace = self._workspace
        files = workspace.files
        gathered = gather(workspace, self._registry, self._progress)
        project, readings = gathered.project, gathered.readings
        machines = [one for one in project.machines if not self._is_aside(one)]
        made = [one for one in machines if one.kind is MachineKind.STACK]
        composed = [one for one in machines if one.kind is MachineKind.CONTAINERS]
        environments = [one for one in machines if one.kind is MachineKind.VARIABLES]
        self.unread = tuple(_unread(unknown) for reading in readings for unknown in reading.unknown)
        self.aside = tuple(
            sorted(
                {
                    *self._aside.folders(),
                    *self._given_up,
                    *gathered.left_out,
                }
            )
        )
        compose = len({path for one in composed for path in one.files})
        self.counts = Counts(len(made), compose, len(environments), _looked_at(readings))
        return [
            from_stacks.sighted(files, made),
            from_compose.sighted(files, composed),
            from_dotenv.sighted(files, environments),
            from_nix.sighted(project),
        ]

    def _is_aside(self, machine: Machine) -> bool:
        """Return whether `machine` is made of tests, documentation, or what is given up."""
        if machine.kind is MachineKind.HOST:
            return False
        path = machine.files[-1]
        if self._aside.excludes(path):
            return True
        folders = path.split("/")[:-1]
        at = next((at for at, name in enumerate(folders) if name.lower() in _ASIDE), None)
        if at is not None:
            self._given_up.add("/".join(folders[: at + 1]))
        return at is not None


def _looked_at(readings: tuple[SourceReading, ...]) -> int:
    """Return how many files of Nix were looked at."""
    counts = (count for reading in readings for count in reading.counts)
    return sum(count.number for count in counts if count.key == "nix_files")


def _unread(unknown: Unknown) -> Unread:
    return Unread(unknown.reason, unknown.span)


def _wishes(named: tuple[NamedWish, ...]) -> Iterator[EntrySpec]:
    """Yield the entries to write; protocols are written where they are not TCP alone."""
    shared: dict[int, int] = {}
    for one in named:
        shared[one.claim.ports.first] = shared.get(one.claim.ports.first, 0) + 1
    for one in named:
        claim = one.claim
        is_plain = claim.protocols == (Protocol.TCP,) and shared[claim.ports.first] == 1
        yield EntrySpec(one.name, claim.ports, () if is_plain else claim.protocols)
