"""Reads stacks from Nix texts."""

from typing import NamedTuple

from port_registry.model import Machine, ManagerServer, Probe, Service, Use, format_name
from port_registry.registry.read import read_registry
from port_registry.sources.nix_stacks.stacks import stacks_in_nix
from tests.sources.process_compose.reading import Files

REGISTRY = "lib/ports.nix"
PORTS = """{
  databases = { redis = 6379; postgresql = 5432; };
  development = { api = 3000; web = 3001; };
}
"""
FLAKE = "flake.nix"


class Read(NamedTuple):
    """Stacks and the files they were read from."""

    reader: Files
    stacks: tuple[Machine, ...]

    def process(self, name: str) -> Service:
        """Return the process `name` of the first stack that has one."""
        return next(one for stack in self.stacks for one in stack.services if one.name == name)

    def shown(self, name: str) -> list[str]:
        """Return the uses of a process: `listens 6379`, or `listens databases.redis`."""
        return [show(use) for use in self.process(name).uses]

    def written(self, name: str) -> list[str]:
        """Return what the uses of a process are shown at."""
        return [self.reader.text(use.span) for use in self.process(name).uses]

    def server(self) -> ManagerServer | None:
        """Return the server of the only stack."""
        (stack,) = self.stacks
        return stack.manager


def show(use: Use) -> str:
    return f"{use.role.value} {format_name(use.entry) if use.entry else use.number}"


def read(files: dict[str, str] | str) -> Read:
    """Read the stacks of a project with the registry `PORTS`."""
    given = {FLAKE: files} if isinstance(files, str) else files
    reader = Files({REGISTRY: PORTS, **given})
    registry = read_registry(reader, REGISTRY, None)
    paths = [path for path in given if path.endswith(".nix")]
    return Read(reader, tuple(stacks_in_nix(reader, paths, registry)))


def stack(body: str) -> Read:
    """Read the stack `dev`, whose module is `body`."""
    arguments = "{ pkgs, lib, config, inputs, system, ... }"
    return read(f"{{ perSystem = {arguments}: {{ process-compose.dev = {body}; }}; }}")


def processes(body: str) -> Read:
    """Read the stack whose processes are `body`; `ports` is the registry."""
    return stack(f"let ports = import ./lib/ports.nix; in {{ settings.processes = {body}; }}")


Heart = tuple[object, ...]
"""What must be equal of a process, however it is written."""


def heart(process: Service) -> Heart:
    uses = [
        (use.role, use.number, use.protocols, use.place, use.program, use.host, use.label)
        for use in process.uses
    ]
    return (
        process.name,
        process.disabled,
        process.replicas,
        process.program,
        process.varying,
        uses,
        [(one.service, one.condition) for one in process.dependencies],
        _probe(process.readiness),
        _probe(process.liveness),
    )


def _probe(probe: Probe | None) -> Heart:
    if probe is None:
        return ()
    return (probe.check, probe.local, [use.number for use in probe.uses])
