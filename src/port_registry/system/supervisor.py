"""Supervisors: what started a process and would start it again (Linux: cgroups(7))."""

import os
import re
import shlex
from functools import lru_cache

from port_registry.model import Process, Supervisor, SupervisorKind
from port_registry.system.process_compose_identity import process_compose_supervisor
from port_registry.system.procfs import read_text

_CONTAINER = r"(?:docker|libpod|crio|cri-containerd)-([0-9a-f]{64})\.scope|/docker/([0-9a-f]{64})"


def supervisors_of(process: Process) -> tuple[Supervisor, ...]:
    """Return the supervisors of `process`, the nearest first."""
    candidates = (
        _proxied(process),
        process_compose_supervisor(process.pid),
        _of_group(read_text(f"/proc/{process.pid}/cgroup")),
    )
    return tuple(supervisor for supervisor in candidates if supervisor is not None)


def _proxied(process: Process) -> Supervisor | None:
    """Return the container that a `docker-proxy` forwards to."""
    command = process.command
    if not command or os.path.basename(command[0]) != "docker-proxy":
        return None
    options = dict(zip(command[1::2], command[2::2], strict=False))
    container = f"{options.get('-container-ip', '?')}:{options.get('-container-port', '?')}"
    stop = f"docker stop $(docker ps --quiet --filter publish={options.get('-host-port', '?')})"
    return Supervisor(SupervisorKind.CONTAINER, container, stop)


@lru_cache(maxsize=1024)
def _of_group(groups: str) -> Supervisor | None:
    """Return the container or the unit of a process's control groups.

    Many processes have the same groups.
    """
    for line in groups.splitlines():
        path = line.split(":", 2)[-1]
        container = re.search(_CONTAINER, path)
        if container is not None:
            name = (container[1] or container[2])[:12]
            tool = "podman" if "libpod" in path else "docker"
            return Supervisor(SupervisorKind.CONTAINER, name, f"{tool} stop {name}")
        units = [part for part in path.split("/") if part.endswith(".service")]
        if units and not units[-1].startswith("user@"):
            unit = shlex.quote(units[-1])
            if any(part.startswith("user@") for part in units):
                return Supervisor(
                    SupervisorKind.SYSTEMD_USER, units[-1], f"systemctl --user stop {unit}"
                )
            return Supervisor(SupervisorKind.SYSTEMD, units[-1], f"systemctl stop {unit}")
    return None
