"""A project, read: everything that rules judge."""

from typing import NamedTuple

from port_registry.matching.project import Project
from port_registry.model import Registry
from port_registry.project.config import convention_of
from port_registry.project.fleet import FleetRead, read_fleet
from port_registry.project.progress import Progress
from port_registry.project.stacks import stacks_in_files, stacks_in_nix
from port_registry.project.workspace import Workspace


class Gathered(NamedTuple):
    """A project, read."""

    project: Project
    read: FleetRead


def gather(workspace: Workspace, registry: Registry, progress: Progress) -> Gathered:
    """Read all that rules judge."""
    stacks = (*stacks_in_files(workspace, progress), *stacks_in_nix(workspace, registry))
    convention = convention_of(workspace.config)
    read = read_fleet(workspace, registry, progress)
    return Gathered(Project(registry, stacks, read.fleet, convention, workspace.files), read)
