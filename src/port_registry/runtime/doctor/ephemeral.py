"""Entries whose port an outgoing connection may get first."""

from collections.abc import Iterable, Iterator

from port_registry.facts import services
from port_registry.matching.port_policy import is_ephemeral
from port_registry.model import Entry, PortRange
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.machine import ephemeral
from port_registry.system.machine.ephemeral import EphemeralPorts

NAME: str = "ephemeral-range"

_KEY = "net.ipv4.ip_local_reserved_ports"
_USUAL = 32768
"""Where the range begins that Linux has unless it was changed."""


def check(case: DoctorContext) -> Iterator[Advice]:
    """Yield what the range of outgoing connections means for the entries."""
    found = ephemeral.read(case.machine)
    if found is None:
        yield Advice(Level.UNSEEN, "this system does not say which ports connections get")
        return
    yield from _exposed(case, found)
    yield from _kept(case, found)


def _exposed(case: DoctorContext, found: EphemeralPorts) -> Iterator[Advice]:
    """Yield the entries in the range, those first that should not be there."""
    exposed = [one for one in case.entries if found.includes_any(one.endpoint.ports)]
    reason = f"outgoing connections get their ports from {found.ports}"
    if not exposed:
        yield ok(f"{reason}, and get none that an entry has" if case.entries else reason)
        return
    grave = [one for one in exposed if not _is_meant(one)]
    light = [one for one in exposed if _is_meant(one)]
    remedy = _remedy(case, found, exposed)
    if grave:
        yield Advice(
            Level.PROBLEM,
            f"{reason}, and so may take {format_entries(grave)} before its service starts",
            ("give it a port outside that range: `port-registry set NAME PORT`", *remedy),
            tuple(grave),
        )
    if light:
        message = (
            f"{reason}, and seldom may take {format_entries(light)}, which is there on purpose"
        )
        yield Advice(Level.NOTE, message, () if grave else remedy, tuple(light))


def _is_meant(entry: Entry) -> bool:
    """Return whether the entry is where it is on purpose, as `ephemeral-port` sees it.

    A range that was made to begin lower than usual is nothing that an entry's place takes
    into account.
    """
    ports = entry.endpoint.ports
    if ports.first < _USUAL:
        return False
    return services.on_default(entry.name, ports) is not None or not is_ephemeral(entry)


def _remedy(
    case: DoctorContext, found: EphemeralPorts, exposed: Iterable[Entry]
) -> tuple[str, ...]:
    if not case.machine.is_linux():
        return ()
    listed = _joined([*found.reserved, *(one.endpoint.ports for one in exposed)])
    return (
        f"keep connections away: `sysctl -w {_KEY}={listed}`",
        f"for good: a file in /etc/sysctl.d with `{_KEY} = {listed}`",
        f'on NixOS: `boot.kernel.sysctl."{_KEY}" = "{listed}";`',
    )


def _joined(ranges: Iterable[PortRange]) -> str:
    """Return the ranges as the kernel wants them, those that meet as one."""
    merged: list[PortRange] = []
    for one in sorted(ranges):
        if merged and one.first <= merged[-1].last + 1:
            merged[-1] = PortRange(merged[-1].first, max(merged[-1].last, one.last))
        else:
            merged.append(one)
    return ",".join(map(str, merged))


def _kept(case: DoctorContext, found: EphemeralPorts) -> Iterator[Advice]:
    """Yield the ports that are kept from connections though no entry has them."""
    spare = [
        kept
        for kept in found.reserved
        if not any(kept.meets(one.endpoint.ports) for one in case.entries)
    ]
    if spare and case.entries:
        listed = ", ".join(map(str, spare))
        yield Advice(
            Level.NOTE,
            f"{_KEY} keeps {listed} from connections, which no entry has",
            ("if a service is meant, give it an entry: `port-registry add NAME PORT`",),
        )
