"""What started a process and would start it again (Linux: `/proc/PID/cgroup`, cgroups(7))."""

import os
import re
import shlex
from functools import cache, lru_cache

from port_registry.model import Process, Supervisor, SupervisorKind
from port_registry.system.process_compose_identity import process_compose_supervisor
from port_registry.system.procfs import read_text

_CONTAINER = r"(?:docker|libpod|crio|cri-containerd)-([0-9a-f]{64})\.scope|/docker/([0-9a-f]{64})"


def supervisors_of(process: Process) -> tuple[Supervisor, ...]:
    """Return what keeps `process` running, the nearest first; empty where nothing does."""
    found = (_proxied(process), process_compose_supervisor(process.pid), _contained(process.pid))
    return tuple(one for one in found if one is not None)


def _proxied(process: Process) -> Supervisor | None:
    """Return the container that a `docker-proxy` listens for."""
    command = process.command
    if not command or os.path.basename(command[0]) != "docker-proxy":
        return None
    given = dict(zip(command[1::2], command[2::2], strict=False))
    to = f"{given.get('-container-ip', '?')}:{given.get('-container-port', '?')}"
    stop = f"docker stop $(docker ps --quiet --filter publish={given.get('-host-port', '?')})"
    return Supervisor(SupervisorKind.CONTAINER, to, stop)


def _contained(pid: int) -> Supervisor | None:
    """Return the container or the unit whose control group `pid` is in."""
    return _of_group(read_text(f"/proc/{pid}/cgroup"))


@lru_cache(maxsize=1024)
def _of_group(groups: str) -> Supervisor | None:
    """Return the container or the unit that a process's control groups are of.

    Many processes have the same.
    """
    for line in groups.splitlines():
        path = line.split(":", 2)[-1]
        container = _pattern().search(path)
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


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(_CONTAINER)
