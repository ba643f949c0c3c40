"""Which process of process-compose a process is, and how to tell process-compose to stop it.

process-compose gives each its name in the environment. Servers that write their own title,
Redis for one, write it over what can be seen of that; then process-compose itself is asked,
at the port that it listens on (`GET /processes` of its HTTP interface).
"""

import json
import os
import shlex
from typing import cast

from port_registry.model import Port, Protocol, Supervisor, SupervisorKind
from port_registry.system.procfs import ancestor_pids, process_name, read_text
from port_registry.system.sockets import listeners

_PROGRAM = "process-compose"
_NAME = "PC_PROC_NAME="
_PATIENCE = 0.5
"""Seconds that process-compose has to answer."""
_MOST_BYTES = 4 << 20


def process_compose_supervisor(pid: int) -> Supervisor | None:
    """Return the process of process-compose that `pid` is, or is started by."""
    own = read_text(f"/proc/{pid}/environ")
    if own.strip("\0") and _NAME not in own:
        # What it was started with can be seen, and there is no name in it.
        return None
    line = (pid, *ancestor_pids(pid))
    composer = next((one for one in line[1:] if process_name(one) == _PROGRAM), None)
    if composer is None:
        return None
    started = line[: line.index(composer)]
    port = _port_of(composer)
    names = (_told(one) for one in started)
    name = next(filter(None, names), "") or _asked(port, started)
    server = "" if port is None else f" --port {port}"
    if not name:
        listing = f"{_PROGRAM}{server} process list"
        return Supervisor(SupervisorKind.PROCESS_COMPOSE, f"process {composer}", listing)
    stop = f"{_PROGRAM}{server} process stop {shlex.quote(name)}"
    return Supervisor(SupervisorKind.PROCESS_COMPOSE, name, stop)


def _told(pid: int) -> str:
    """Return the name that process-compose gave the process in its environment."""
    given = read_text(f"/proc/{pid}/environ").split("\0")
    return next((one.removeprefix(_NAME) for one in given if one.startswith(_NAME)), "")


def _port_of(composer: int) -> Port | None:
    """Return the port of process-compose's own server; None where it has none."""
    held: set[str] = set()
    folder = f"/proc/{composer}/fd"
    try:
        for name in os.listdir(folder):
            held.add(os.readlink(f"{folder}/{name}"))
    except OSError:
        # It ended, or may not be looked into: then its port cannot be told.
        return None
    found = (
        one.port
        for one in listeners().listeners
        if one.protocol is Protocol.TCP and f"socket:[{one.socket}]" in held
    )
    return next(found, None)


def _asked(port: Port | None, started: tuple[int, ...]) -> str:
    """Return the name that process-compose itself has for one of `started`."""
    if port is None:
        return ""
    from http.client import HTTPConnection, HTTPException

    asking = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        asking.request("GET", "/processes")
        names = _names(asking.getresponse().read(_MOST_BYTES))
    except (OSError, HTTPException, ValueError):
        # It wants a token, or is about to end; the name stays unknown, which is said.
        return ""
    finally:
        asking.close()
    return next((names[pid] for pid in started if pid in names), "")


def _names(answer: bytes) -> dict[int, str]:
    """Return the names of the processes in an answer, by pid; raises `ValueError`."""
    document: object = json.loads(answer)
    listed: object = None
    if isinstance(document, dict):
        listed = cast("dict[str, object]", document).get("data")
    found: dict[int, str] = {}
    for process in cast("list[object]", listed) if isinstance(listed, list) else ():
        match process:
            case {"pid": int(pid), "name": str(name)}:
                found[pid] = name
            case _:
                continue
    return found
