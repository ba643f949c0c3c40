"""Reading of a project: one stream of uses from all source formats."""

from collections.abc import Iterator
from functools import partial

from port_registry import model
from port_registry.matching.locality import is_local_host
from port_registry.matching.project import Project
from port_registry.project.config import convention_of
from port_registry.project.non_deployed_paths import NonDeployedFilter
from port_registry.project.program_fault import ProgramFault, fault_of
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.registry.host_registries import host_registries
from port_registry.registry.read import read_registry
from port_registry.sources.interface import FormatTies, NixModules, ProjectFiles, SourceReading
from port_registry.sources.table import formats


class Gathered(model.NamedTuple):
    """A project with the results of reading it."""

    project: Project
    readings: tuple[SourceReading, ...]
    """Those of the formats of which the project has files."""
    left_out: tuple[str, ...]
    """The folders of tests and documentation with excluded files."""
    faults: tuple[ProgramFault, ...] = ()
    """The formats that failed; what their files say is missing."""


class Ties:
    """The tie writers of a project, by the format of each file."""

    def __init__(self, readings: tuple[SourceReading, ...]) -> None:
        self._by_path: dict[str, FormatTies] = {}
        for reading in readings:
            self._by_path.update(dict.fromkeys(reading.paths, reading.ties))

    def reference(
        self, use: model.Use, entry: model.Entry, registry: int
    ) -> model.ReferenceTie | None:
        """Return the tie that makes `use` a reference to `entry`, or None."""
        ties = self._by_path.get(use.span.path)
        return None if ties is None else ties.reference(use, entry, registry)

    def comment_place(self, path: str, offset: int) -> model.CommentPlace | None:
        """Return the insertion point of an annotation for the text at `offset`, or None."""
        ties = self._by_path.get(path)
        return None if ties is None else ties.comment_place(path, offset)

    def takes_references(self, path: str) -> bool:
        """Return whether numbers in the file should be references."""
        ties = self._by_path.get(path)
        return ties is not None and ties.takes_references()


def gather(workspace: Workspace, registry: model.Registry, progress: Progress) -> Gathered:
    """Read the uses of the project with all formats."""
    gathered = gather_with_faults(workspace, registry, progress)
    for fault in gathered.faults:
        raise fault.error
    return gathered


def gather_with_faults(
    workspace: Workspace, registry: model.Registry, progress: Progress
) -> Gathered:
    """Read the uses of the project with all formats that do not fail."""
    aside = NonDeployedFilter(workspace.config.include, workspace.scope.paths)
    files = project_files(workspace, registry, progress)
    files = files._replace(is_deployed=aside.reads)
    readings: list[SourceReading] = []
    seen = set[model.Span]()
    faults: list[ProgramFault] = []
    for source_format in formats():
        try:
            reading = source_format.read(files._replace(seen=frozenset(seen)))
        except Exception as error:
            faults.append(fault_of(f"the format {source_format.NAME}", error))
            continue
        if reading is not None:
            readings.append(reading)
            seen.update(place for machine in reading.machines for place in _locations(machine))
    left_out = {*aside.folders(), *(path for reading in readings for path in reading.left_out)}
    return Gathered(
        project=assemble(workspace, files, tuple(readings)),
        readings=tuple(readings),
        left_out=tuple(sorted(left_out)),
        faults=tuple(faults),
    )


def _locations(machine: model.Machine) -> Iterator[model.Span]:
    """Yield the locations of ports on `machine`, and of those whose machine is known.

    A port of `localhost` in a container's configuration may belong to any machine.
    """
    for use in machine.uses():
        yield use.shown
    for use in machine.elsewhere:
        if use.host is None or not is_local_host(use.host):
            yield use.shown


def assemble(
    workspace: Workspace, files: ProjectFiles, readings: tuple[SourceReading, ...]
) -> Project:
    """Return the project with all `readings`."""
    return Project(
        registry=files.registry,
        registries=files.registries,
        machines=tuple(machine for reading in readings for machine in reading.machines),
        files=tuple(file for reading in readings for file in reading.files),
        references=tuple(reference for reading in readings for reference in reading.references),
        convention=convention_of(workspace.config),
        reader=files.reader,
        tie_writer=Ties(readings),
    )


def project_files(
    workspace: Workspace, registry: model.Registry, progress: Progress
) -> ProjectFiles:
    """Return the files of `workspace` for the formats."""
    aside = NonDeployedFilter(workspace.config.include, workspace.scope.paths)
    return ProjectFiles(
        reader=workspace.files,
        read_bytes=workspace.files.read_listed,
        paths=workspace.paths,
        asked=workspace.scope.paths,
        is_deployed=aside.reads,
        registry=registry,
        registries=(model.HostRegistry(registry, ""), *_of_hosts(workspace, registry)),
        stacks=workspace.config.stacks,
        compose_projects=workspace.config.compose_projects,
        progress=progress.step,
        nix_modules=partial(_nix_modules, workspace, progress),
    )


def _nix_modules(workspace: Workspace, progress: Progress) -> NixModules:
    from port_registry.project.nix_files import read_modules

    return read_modules(workspace, progress)


def _of_hosts(workspace: Workspace, registry: model.Registry) -> Iterator[model.HostRegistry]:
    """Yield the registries of single hosts."""
    for path, host in host_registries(workspace.paths, registry.path):
        try:
            yield model.HostRegistry(read_registry(workspace.files, path, None), host)
        except model.RegistryError:
            continue
