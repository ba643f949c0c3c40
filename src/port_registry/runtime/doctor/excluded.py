"""Check for entries whose port Windows reserves."""

from collections.abc import Iterator

from port_registry.model import Entry
from port_registry.runtime.doctor.advice import (
    Advice,
    DoctorContext,
    Level,
    another_port_command,
    format_entries,
    ok,
)
from port_registry.system.machine import excluded
from port_registry.system.machine.excluded import ExcludedRange

NAME: str = "windows-excluded"

_ADD = "netsh interface ipv4 add excludedportrange"


def check(context: DoctorContext) -> Iterator[Advice]:
    """Yield the entries in ranges that Windows reserves."""
    if not excluded.has_windows(context.machine):
        return
    ranges = excluded.read(context.machine)
    if ranges is None:
        yield Advice(
            Level.UNSEEN,
            "Windows does not tell which ports it reserves",
            ("`netsh interface ipv4 show excludedportrange protocol=tcp` shows them",),
        )
        return
    excluded_entries = [
        entry
        for entry in context.entries
        if any(_meets(entry, excluded_range) for excluded_range in ranges)
    ]
    if not excluded_entries:
        yield ok(f"Windows reserves {len(ranges)} ranges, and no entry is there")
        return
    first = excluded_entries[0].endpoint.ports
    number = first.last - first.first + 1
    protocol = excluded_entries[0].endpoint.protocols[0].value
    add = f"{_ADD} protocol={protocol} startport={first.first} numberofports={number}"
    yield Advice(
        Level.PROBLEM,
        "Windows (Hyper-V) reserves ports, on which no process may listen: "
        f"{format_entries(excluded_entries)}",
        (
            f"as administrator: `net stop winnat`, `{add}`, `net start winnat`",
            f"give the entry another port: {another_port_command(excluded_entries[0])}",
        ),
        tuple(excluded_entries),
    )


def _meets(entry: Entry, excluded_range: ExcludedRange) -> bool:
    endpoint = entry.endpoint
    return excluded_range.protocol in endpoint.protocols and excluded_range.ports.meets(
        endpoint.ports
    )
