"""Entries whose port Windows keeps for itself."""

from collections.abc import Iterator

from port_registry.model import Entry
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.machine import excluded
from port_registry.system.machine.excluded import ExcludedRange

NAME: str = "windows-excluded"

_ADD = "netsh interface ipv4 add excludedportrange"


def check(case: DoctorContext) -> Iterator[Advice]:
    """Yield the entries in ranges that Windows excludes."""
    if not excluded.has_windows(case.machine):
        return
    ranges = excluded.read(case.machine)
    if ranges is None:
        yield Advice(
            Level.UNSEEN,
            "Windows does not say which ports it keeps",
            ("`netsh interface ipv4 show excludedportrange protocol=tcp` shows them",),
        )
        return
    lost = [one for one in case.entries if any(_meets(one, kept) for kept in ranges)]
    if not lost:
        yield ok(f"Windows keeps {len(ranges)} ranges for itself, and no entry is there")
        return
    first = lost[0].endpoint.ports
    number = first.last - first.first + 1
    protocol = lost[0].endpoint.protocols[0].value
    add = f"{_ADD} protocol={protocol} startport={first.first} numberofports={number}"
    yield Advice(
        Level.PROBLEM,
        "Windows (Hyper-V) keeps ports for itself, on which nobody may listen: "
        f"{format_entries(lost)}",
        (
            f"as administrator: `net stop winnat`, `{add}`, `net start winnat`",
            "give the entry another port: `port-registry set NAME PORT`",
        ),
        tuple(lost),
    )


def _meets(entry: Entry, kept: ExcludedRange) -> bool:
    endpoint = entry.endpoint
    return kept.protocol in endpoint.protocols and kept.ports.meets(endpoint.ports)
