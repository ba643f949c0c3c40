"""Those who hold ports, in words."""

import os
from collections.abc import Iterable
from time import localtime, strftime, time

from port_registry.model import Listener, PortRange, Process, Supervisor, SupervisorKind
from port_registry.output.terminal import Colour, escape_controls
from port_registry.runtime.address_match import Reach
from port_registry.runtime.port_status import PortOwner, PortState, PortStatus

_MOST_OF_COMMAND = 80
"""How many characters of a command are shown in a table."""
_MOST_PORTS = 6
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

_KEEPERS = {
    SupervisorKind.SYSTEMD: "systemd unit",
    SupervisorKind.SYSTEMD_USER: "the user's systemd unit",
    SupervisorKind.CONTAINER: "container",
    SupervisorKind.PROCESS_COMPOSE: "process-compose's process",
}


def status_word(standing: PortStatus) -> tuple[str, Colour]:
    """Return what an entry's port comes to, in one word, and its colour."""
    if standing.state is PortState.EXPECTED and standing.reach is not Reach.DECLARED:
        return standing.reach.value, Colour.WARNING
    return standing.state.value, COLOURS[standing.state]


def owner_summary(holder: PortOwner) -> str:
    """Return who a holder is, on one line: what it runs, and what names it."""
    if not holder.processes:
        return escape_controls(holder.reason)
    process = holder.processes[0]
    expected = holder.state is PortState.EXPECTED
    said = holder.reason if expected else _shortened(command_text(process))
    return escape_controls(
        f"{said} ({', '.join(_named(holder))})"
        f"{'' if expected else directory_and_supervisors(holder)}"
    )


def directory_and_supervisors(holder: PortOwner) -> str:
    """Return where a holder works and what keeps it, as the end of a sentence."""
    directory = holder.processes[0].directory if holder.processes else ""
    parts = [f" in {directory}"] if directory else []
    return "".join(parts + [f", {supervisor_text(one)}" for one in holder.supervisors])


def supervisor_text(keeper: Supervisor) -> str:
    """Return what a keeper is and what it is called."""
    return f"{_KEEPERS[keeper.kind]} {keeper.name}"


def _named(holder: PortOwner) -> list[str]:
    first, more = holder.processes[0], len(holder.processes) - 1
    pid = f"pid {first.pid}" + (f" and {more} more" if more else "")
    return [pid, holder.user or "of an unknown user", f"since {started_text(first.started)}"]


def command_text(process: Process) -> str:
    """Return what a process runs; its name in brackets where that may not be seen."""
    if not process.command:
        return f"[{process.name}]"
    program = os.path.basename(process.command[0]) or process.name
    return " ".join((program, *process.command[1:]))


def started_text(started: float) -> str:
    """Return when something began: the time of a day, the day of what is older."""
    is_recent = time() - started < _A_DAY
    return strftime("%H:%M" if is_recent else "%Y-%m-%d", localtime(started))


def addresses_text(listeners: Iterable[Listener], ports: PortRange) -> str:
    """Return the addresses that are listened on, with the ports where `ports` are several."""
    listed = tuple(listeners)
    several = len({one.protocol for one in listed}) > 1
    found: dict[str, list[int]] = {}
    for one in listed:
        protocol = f"{one.protocol.value} " if several else ""
        only = " (IPv6 alone)" if one.is_wildcard() and one.takes_ipv4 is False else ""
        idle = "" if one.listens else " (does not listen)"
        found.setdefault(f"{protocol}{one.address}{only}{idle}", []).append(one.port)
    return ", ".join(
        address if ports.is_single() else f"{address} {port_spans(numbers)}"
        for address, numbers in found.items()
    )


def port_spans(numbers: Iterable[int]) -> str:
    """Return `numbers` in rising order, neighbours as a range, the last ones left out."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][-1] == number - 1:
            found[-1][1:] = [number]
        else:
            found.append([number])
    shown = ["-".join(map(str, span)) for span in found[:_MOST_PORTS]]
    more = len(found) - _MOST_PORTS
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_OF_COMMAND else f"{text[: _MOST_OF_COMMAND - 3]}..."
