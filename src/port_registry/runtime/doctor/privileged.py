"""Entries whose port needs a privilege."""

from collections.abc import Iterator

from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.machine import privileged

NAME: str = "privileged-ports"

_KEY = "net.ipv4.ip_unprivileged_port_start"


def check(case: DoctorContext) -> Iterator[Advice]:
    """Yield the entries that this user cannot listen on."""
    first = privileged.lowest_allowed_port(case.machine)
    low = [one for one in case.entries if one.endpoint.ports.first < first]
    if not low:
        yield ok(_fine(case, first))
        return
    lowest = min(one.endpoint.ports.first for one in low)
    remedy = (
        "let a system service listen there, or a proxy in front of a higher port",
        f"let everyone: `sysctl -w {_KEY}={lowest}`",
        f'on NixOS: `boot.kernel.sysctl."{_KEY}" = {lowest};`',
        "let one program: `setcap cap_net_bind_service=+ep PROGRAM`",
    )
    started = [one for one in low if one in case.started_here]
    rest = [one for one in low if one not in case.started_here]
    reason = f"below {first} only root, or a service of the system, may listen"
    if started:
        message = f"{reason}, and process-compose runs as you: {format_entries(started)}"
        yield Advice(Level.PROBLEM, message, remedy, tuple(started))
    if rest:
        yield Advice(Level.NOTE, f"{reason}: {format_entries(rest)}", remedy, tuple(rest))


def _fine(case: DoctorContext, first: int) -> str:
    if first > 1:
        return f"ports below {first} need a privilege, and no entry is there"
    if case.machine.is_linux():
        return "you may listen on every port, those below 1024 too"
    return "this system lets everyone listen on every port"
