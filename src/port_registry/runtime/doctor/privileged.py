"""Check for entries whose port needs a privilege."""

from collections.abc import Iterator

from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.machine.machine import Capability, SystemFacts, has_capability

NAME: str = "privileged-ports"

_DEFAULT_START = 1024

_KEY = "net.ipv4.ip_unprivileged_port_start"


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield the entries that this user may not listen on."""
    first = lowest_allowed_port(context.machine)
    privileged_entries = [entry for entry in context.entries if entry.ports.first < first]
    if not privileged_entries:
        everywhere = "this system lets everyone listen on every port"
        if context.machine.is_linux():
            everywhere = "you may listen on every port, those below 1024 too"
        below = f"ports below {first} need a privilege, and no entry is there"
        yield ok(below if first > 1 else everywhere)
        return
    lowest = min(entry.ports.first for entry in privileged_entries)
    remedy = (
        "let a system service listen there, or a proxy in front of a higher port",
        f"let everyone: `sysctl -w {_KEY}={lowest}`",
        f'on NixOS: `boot.kernel.sysctl."{_KEY}" = {lowest};`',
        "let one program: `setcap cap_net_bind_service=+ep PROGRAM`",
    )
    started_here = [entry for entry in privileged_entries if entry in context.started_here]
    rest = [entry for entry in privileged_entries if entry not in context.started_here]
    reason = f"below {first} only root and system services may listen"
    if started_here:
        message = f"{reason}, and process-compose runs as you: {format_entries(started_here)}"
        yield Advice(Level.PROBLEM, message, remedy, tuple(started_here))
    if rest:
        yield Advice(Level.NOTE, f"{reason}: {format_entries(rest)}", remedy, tuple(rest))


def lowest_allowed_port(machine: SystemFacts) -> int:
    """Return the lowest port that this run may listen on."""
    # macOS lets every user bind any port on the wildcard address, and Windows on any.
    if not machine.is_linux() or has_capability(machine, Capability.BIND_ANY_PORT):
        return 1
    text = (machine.text("proc/sys/net/ipv4/ip_unprivileged_port_start") or "").strip()
    return int(text) if text.isascii() and text.isdigit() else _DEFAULT_START
