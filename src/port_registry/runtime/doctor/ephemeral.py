"""Check for entries whose port an outgoing connection may get first (ip(7))."""

from collections.abc import Iterable, Iterator

from port_registry.facts import services
from port_registry.matching.port_policy import is_ephemeral
from port_registry.model import MAX_PORT, MIN_PORT, Entry, NamedTuple, PortRange, port_from_int
from port_registry.runtime.doctor.advice import (
    Advice,
    DoctorContext,
    Level,
    another_port_command,
    format_entries,
    ok,
)
from port_registry.system.machine.machine import SystemFacts

NAME: str = "ephemeral-range"

_FOLDER = "proc/sys/net/ipv4"

_KEY = "net.ipv4.ip_local_reserved_ports"
_DEFAULT_START = 32768
"""The start of Linux's default range."""


class EphemeralPorts(NamedTuple):
    """The ports of outgoing connections."""

    ports: PortRange
    reserved: tuple[PortRange, ...]
    """Ports that they never get (Linux: `ip_local_reserved_ports`)."""

    def includes_any(self, ports: PortRange) -> bool:
        """Return whether an outgoing connection may get one of `ports`."""
        first, last = max(ports.first, self.ports.first), min(ports.last, self.ports.last)
        for reserved_range in sorted(self.reserved):
            if reserved_range.first > first:
                break
            if reserved_range.last >= first:
                following = port_from_int(reserved_range.last + 1)
                if following is None:
                    return False
                first = following
        return first <= last


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield what the ephemeral range means for the entries."""
    ephemeral_ports = read(context.machine)
    if ephemeral_ports is None:
        yield Advice(Level.UNSEEN, "this system does not tell which ports connections get")
        return
    yield from _exposed(context, ephemeral_ports)
    undeclared = [
        str(ports)
        for ports in ephemeral_ports.reserved
        if not any(ports.meets(entry.ports) for entry in context.entries)
    ]
    if undeclared and context.entries:
        yield Advice(
            Level.NOTE,
            f"{_KEY} reserves {', '.join(undeclared)}, which no entry declares",
            ("if a service is meant, give it an entry: `port-registry add NAME PORT`",),
        )


def _exposed(context: DoctorContext, ephemeral_ports: EphemeralPorts) -> Iterator[Advice]:
    """Yield the entries in the range, the unintended ones first."""
    exposed = [entry for entry in context.entries if ephemeral_ports.includes_any(entry.ports)]
    reason = f"outgoing connections get their ports from {ephemeral_ports.ports}"
    if not exposed:
        yield ok(f"{reason}, and get none that an entry has" if context.entries else reason)
        return
    unintended = [entry for entry in exposed if not _is_intended(entry)]
    intended = [entry for entry in exposed if _is_intended(entry)]
    remedy: tuple[str, ...] = ()
    if context.machine.is_linux():
        listed = _joined([*ephemeral_ports.reserved, *(entry.ports for entry in exposed)])
        remedy = (
            f"reserve it: `sysctl -w {_KEY}={listed}`",
            f"permanently: a file in /etc/sysctl.d with `{_KEY} = {listed}`",
            f'on NixOS: `boot.kernel.sysctl."{_KEY}" = "{listed}";`',
        )
    if unintended:
        yield Advice(
            Level.PROBLEM,
            f"{reason}, and so may take {format_entries(unintended)} before its service starts",
            (f"give it a port outside that range: {another_port_command(unintended[0])}", *remedy),
            tuple(unintended),
        )
    if intended:
        message = (
            f"{reason}, and seldom may take {format_entries(intended)}, which is there on purpose"
        )
        yield Advice(Level.NOTE, message, () if unintended else remedy, tuple(intended))


def _is_intended(entry: Entry) -> bool:
    """Return whether the entry is in the range on purpose, as the rule `ephemeral-port` has it.

    No entry takes a range into account that was changed to start lower.
    """
    ports = entry.ports
    if ports.first < _DEFAULT_START:
        return False
    return services.on_default(entry.name, ports) is not None or not is_ephemeral(entry)


def _joined(ranges: Iterable[PortRange]) -> str:
    """Return the ranges as the kernel reads them, adjacent ones merged."""
    merged: list[PortRange] = []
    for ports in sorted(ranges):
        if merged and ports.first <= merged[-1].last + 1:
            merged[-1] = PortRange(merged[-1].first, max(merged[-1].last, ports.last))
        else:
            merged.append(ports)
    return ",".join(map(str, merged))


def read(machine: SystemFacts) -> EphemeralPorts | None:
    """Return the ephemeral ports; None where the system does not tell."""
    if machine.is_linux():
        ports = _between((machine.text(f"{_FOLDER}/ip_local_port_range") or "").split())
        reserved = parse_ranges(machine.text(f"{_FOLDER}/ip_local_reserved_ports") or "")
    elif machine.platform == "darwin":
        keys = ("net.inet.ip.portrange.first", "net.inet.ip.portrange.last")
        result = machine.run(("sysctl", "-n", *keys))
        ports, reserved = _between(result.stdout.split() if result else []), ()
    else:
        return None
    return None if ports is None else EphemeralPorts(ports, reserved)


def parse_ranges(text: str) -> tuple[PortRange, ...]:
    """Return the ranges of a list such as `8080,9000-9010`."""
    parsed = (_between([*part.strip().split("-"), part.strip()][:2]) for part in text.split(","))
    return tuple(ports for ports in parsed if ports is not None)


def _between(ends: list[str]) -> PortRange | None:
    if len(ends) != 2 or not all(end.isascii() and end.isdigit() for end in ends):
        return None
    first = port_from_int(max(int(ends[0]), MIN_PORT))
    last = port_from_int(min(int(ends[1]), MAX_PORT))
    return None if first is None or last is None or first > last else PortRange(first, last)
