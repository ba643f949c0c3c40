"""Check for entries whose port Windows reserves."""

from collections.abc import Iterator

from port_registry.model import Entry, NamedTuple, PortRange, Protocol
from port_registry.runtime.doctor import advice, ephemeral
from port_registry.system.machine.machine import SystemFacts

NAME: str = "windows-excluded"

_PROGRAMS = ("netsh", "netsh.exe", "/mnt/c/Windows/System32/netsh.exe")
_SHOW = ("interface", "ipv4", "show", "excludedportrange")
_ADD = "netsh interface ipv4 add excludedportrange"


class ExcludedRange(NamedTuple):
    """A range that no process may listen on, reserved by Hyper-V or another service."""

    ports: PortRange
    protocol: Protocol

    def meets(self, entry: Entry) -> bool:
        """Return whether a port of `entry` is in the range."""
        return self.protocol in entry.protocols and self.ports.meets(entry.ports)


def check(context: advice.DoctorContext) -> Iterator[advice.Advice]:
    """Yield the entries in ranges that Windows reserves."""
    if not has_windows(context.machine):
        return
    ranges = read(context.machine)
    if ranges is None:
        yield advice.Advice(
            advice.Level.UNSEEN,
            "Windows does not tell which ports it reserves",
            ("`netsh interface ipv4 show excludedportrange protocol=tcp` shows them",),
        )
        return
    excluded_entries = [
        entry for entry in context.entries if any(blocked.meets(entry) for blocked in ranges)
    ]
    if not excluded_entries:
        yield advice.ok(f"Windows reserves {len(ranges)} ranges, and no entry is there")
        return
    ports, protocol = excluded_entries[0].ports, excluded_entries[0].protocols[0].value
    number = ports.last - ports.first + 1
    add = f"{_ADD} protocol={protocol} startport={ports.first} numberofports={number}"
    yield advice.Advice(
        advice.Level.PROBLEM,
        "Windows (Hyper-V) reserves ports, on which no process may listen: "
        f"{advice.format_entries(excluded_entries)}",
        (
            f"as administrator: `net stop winnat`, `{add}`, `net start winnat`",
            f"give the entry another port: {advice.another_port_command(excluded_entries[0])}",
        ),
        tuple(excluded_entries),
    )


def has_windows(machine: SystemFacts) -> bool:
    """Return whether the machine runs Windows, or Linux inside Windows."""
    release = machine.text("proc/sys/kernel/osrelease") or ""
    return machine.platform == "win32" or "microsoft" in release.lower()


def read(machine: SystemFacts) -> tuple[ExcludedRange, ...] | None:
    """Return the ranges; None where Windows does not answer."""
    excluded: list[ExcludedRange] = []
    for protocol in (Protocol.TCP, Protocol.UDP):
        result = None
        for program in _PROGRAMS:
            result = result or machine.run((program, *_SHOW, f"protocol={protocol.value}"))
        if result is None or result.status != 0:
            return None
        # The heads of the table are in the user's language. A third column, `*`, marks ranges
        # that an administrator reserved: a listener can have them, by number.
        excluded += [
            ExcludedRange(ports, protocol)
            for row in map(str.split, result.stdout.splitlines())
            if len(row) == 2 and all(column.isdigit() for column in row)
            for ports in ephemeral.parse_ranges("-".join(row))
        ]
    return tuple(excluded)
