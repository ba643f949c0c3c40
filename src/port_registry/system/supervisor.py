"""Supervisors: what started a process and would start it again (Linux: cgroups(7)).

process-compose puts the name of each process into its environment. Servers that set a title of
their own, such as Redis, overwrite what is visible of it; then process-compose itself is asked,
at the port that it listens on (`GET /processes` of its HTTP interface).
"""

import os
import re
import shlex
from functools import lru_cache
from typing import cast

from port_registry.model import Port, Process, Protocol, Supervisor, SupervisorKind
from port_registry.system.procfs import ancestor_pids, process_name, read_text
from port_registry.system.sockets import listeners

_CONTAINER = r"(?:docker|libpod|crio|cri-containerd)-([0-9a-f]{64})\.scope|/docker/([0-9a-f]{64})"

_PROGRAM = "process-compose"
_NAME = "PC_PROC_NAME="
_PATIENCE = 0.5
"""Seconds that process-compose has to answer."""
_MAX_BYTES = 4 << 20


def supervisors_of(process: Process) -> tuple[Supervisor, ...]:
    """Return the supervisors of `process`, the nearest first."""
    candidates = (
        _proxied(process),
        _process_compose_supervisor(process.pid),
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


def _process_compose_supervisor(pid: int) -> Supervisor | None:
    """Return the process of process-compose that `pid` is, or that started it."""
    environment = read_text(f"/proc/{pid}/environ")
    if environment.strip("\0") and _NAME not in environment:
        # Its environment is visible, and has no name.
        return None
    ancestry = (pid, *ancestor_pids(pid))
    composer = next(
        (ancestor for ancestor in ancestry[1:] if process_name(ancestor) == _PROGRAM), None
    )
    if composer is None:
        return None
    started = ancestry[: ancestry.index(composer)]
    port = _port_of(composer)
    candidates = (_name_in_environment(started_pid) for started_pid in started)
    name = next(filter(None, candidates), "") or _requested_name(port, started)
    server = "" if port is None else f" --port {port}"
    if not name:
        listing = f"{_PROGRAM}{server} process list"
        return Supervisor(SupervisorKind.PROCESS_COMPOSE, f"process {composer}", listing)
    stop = f"{_PROGRAM}{server} process stop {shlex.quote(name)}"
    return Supervisor(SupervisorKind.PROCESS_COMPOSE, name, stop)


def _name_in_environment(pid: int) -> str:
    """Return the name that process-compose put into the environment; may be empty."""
    environment = read_text(f"/proc/{pid}/environ").split("\0")
    return next(
        (variable.removeprefix(_NAME) for variable in environment if variable.startswith(_NAME)), ""
    )


def _port_of(composer: int) -> Port | None:
    """Return the port of process-compose's own server; None where it has none."""
    sockets: set[str] = set()
    folder = f"/proc/{composer}/fd"
    try:
        for name in os.listdir(folder):
            sockets.add(os.readlink(f"{folder}/{name}"))
    except OSError:
        # It ended, or may not be inspected.
        return None
    ports = (
        listener.port
        for listener in listeners().listeners
        if listener.protocol is Protocol.TCP and f"socket:[{listener.socket}]" in sockets
    )
    return next(ports, None)


def _requested_name(port: Port | None, started: tuple[int, ...]) -> str:
    """Return the name that process-compose's server has for one of `started`; may be empty."""
    if port is None:
        return ""
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/processes")
        names = _names(connection.getresponse().read(_MAX_BYTES))
    except (OSError, HTTPException, ValueError):
        # It wants a token, or is about to end; the name stays unknown.
        return ""
    finally:
        connection.close()
    return next((names[pid] for pid in started if pid in names), "")


def _names(answer: bytes) -> dict[int, str]:
    """Return the names of the processes in an answer, by pid; raises `ValueError`."""
    import json

    document: object = json.loads(answer)
    processes: object = None
    if isinstance(document, dict):
        processes = cast("dict[str, object]", document).get("data")
    names: dict[int, str] = {}
    for process in cast("list[object]", processes) if isinstance(processes, list) else ():
        match process:
            case {"pid": int(pid), "name": str(name)}:
                names[pid] = name
            case _:
                continue
    return names
