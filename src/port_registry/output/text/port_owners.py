"""Owners of ports, as the live commands show them."""

import os
from collections.abc import Iterable
from time import localtime, strftime, time

from port_registry.model import Listener, PortRange, Process, Supervisor, SupervisorKind
from port_registry.output.terminal import Colour, escape_controls, first_few
from port_registry.runtime.address_match import Reach
from port_registry.runtime.port_status import PortOwner, PortState, PortStatus

_MAX_COMMAND = 80
"""How many characters of a command a table shows."""
_MAX_PORTS = 6
"""How many ports, and ranges of them, are shown of one process."""
_A_DAY = 24 * 60 * 60

COLOURS = {
    PortState.AWAY: Colour.FAINT,
    PortState.FREE: Colour.FAINT,
    PortState.EXPECTED: Colour.GOOD,
    PortState.UNSEEN: Colour.WARNING,
    PortState.UNNAMED: Colour.WARNING,
    PortState.OTHER: Colour.ERROR,
}

_SUPERVISORS = {
    SupervisorKind.SYSTEMD: "systemd unit",
    SupervisorKind.SYSTEMD_USER: "the user's systemd unit",
    SupervisorKind.CONTAINER: "container",
    SupervisorKind.PROCESS_COMPOSE: "process-compose's process",
}


def status_word(status: PortStatus) -> tuple[str, Colour]:
    """Return the status of an entry's port in one word, and its colour."""
    if status.state is PortState.EXPECTED and status.reach is not Reach.DECLARED:
        return status.reach.value, Colour.WARNING
    return status.state.value, COLOURS[status.state]


def owner_summary(owner: PortOwner) -> str:
    """Return an owner on one line: its command, its process, and its supervisors."""
    if not owner.processes:
        user = f"; user {owner.user}" if owner.user else ""
        return escape_controls(f"{owner.reason}{user}")
    first, more = owner.processes[0], len(owner.processes) - 1
    pid = f"pid {first.pid}" + (f" and {more} more" if more else "")
    facts = f"{pid}, {owner.user or 'unknown user'}, since {started_text(first.started)}"
    if owner.state is PortState.EXPECTED:
        return escape_controls(f"{owner.reason} ({facts})")
    command = " ".join(command_text(first).split())
    if len(command) > _MAX_COMMAND:
        command = f"{command[: _MAX_COMMAND - 3]}..."
    parts = [f"{command} ({facts})" + (f" in {first.directory}" if first.directory else "")]
    return escape_controls(", ".join((*parts, *map(supervisor_text, owner.supervisors))))


def supervisor_text(supervisor: Supervisor) -> str:
    """Return the kind and the name of a supervisor."""
    return f"{_SUPERVISORS[supervisor.kind]} {supervisor.name}"


def command_text(process: Process) -> str:
    """Return the command line of a process; its name in brackets where that is not visible."""
    if not process.command:
        return f"[{process.name}]"
    program = os.path.basename(process.command[0]) or process.name
    return " ".join((program, *process.command[1:]))


def started_text(started: float) -> str:
    """Return when something started: the time within the last day, else the date."""
    is_recent = time() - started < _A_DAY
    return strftime("%H:%M" if is_recent else "%Y-%m-%d", localtime(started))


def addresses_text(listeners: Iterable[Listener], ports: PortRange) -> str:
    """Return the addresses of `listeners`, with their ports where `ports` is a range."""
    listeners = tuple(listeners)
    shows_protocol = len({listener.protocol for listener in listeners}) > 1
    numbers: dict[str, list[int]] = {}
    for listener in listeners:
        protocol = f"{listener.protocol.value} " if shows_protocol else ""
        is_ipv6_only = listener.is_wildcard() and listener.takes_ipv4 is False
        ipv6_only = " (IPv6 only)" if is_ipv6_only else ""
        idle = "" if listener.listens else " (does not listen)"
        address = f"{protocol}{listener.address}{ipv6_only}{idle}"
        numbers.setdefault(address, []).append(listener.port)
    return ", ".join(
        address if ports.is_single() else f"{address} {port_spans(group)}"
        for address, group in numbers.items()
    )


def port_spans(numbers: Iterable[int]) -> str:
    """Return `numbers` in rising order: neighbours as a range, only the first few."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and spans[-1][-1] == number - 1:
            spans[-1][1:] = [number]
        else:
            spans.append([number])
    return first_few(["-".join(map(str, span)) for span in spans], _MAX_PORTS)
