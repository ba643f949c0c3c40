"""The ports that Windows keeps for itself, on Windows and seen from its Linux (WSL)."""

from typing import NamedTuple

from port_registry.model import PortRange, Protocol
from port_registry.system.machine.ephemeral import parse_ranges
from port_registry.system.machine.machine import SystemFacts

_FULL = "/mnt/c/Windows/System32/netsh.exe"


class ExcludedRange(NamedTuple):
    """A range that nobody may listen on, which Hyper-V or another service took for itself."""

    ports: PortRange
    protocol: Protocol


def has_windows(machine: SystemFacts) -> bool:
    """Return whether it is Windows, or a Linux inside it."""
    release = machine.text("proc/sys/kernel/osrelease") or ""
    return machine.platform == "win32" or "microsoft" in release.lower()


def read(machine: SystemFacts) -> tuple[ExcludedRange, ...] | None:
    """Return the ranges; None where Windows does not answer."""
    found: list[ExcludedRange] = []
    for protocol in (Protocol.TCP, Protocol.UDP):
        said = None
        for program in ("netsh", "netsh.exe", _FULL):
            asked = ("interface", "ipv4", "show", "excludedportrange", f"protocol={protocol.value}")
            said = said or machine.run((program, *asked))
        if said is None or said.status != 0:
            return None
        found += [ExcludedRange(ports, protocol) for ports in _rows(said.stdout)]
    return tuple(found)


def _rows(text: str) -> list[PortRange]:
    """Return the ranges of a table, whose heads are in the user's language.

    A third column, `*`, marks those that an administrator set aside: they are kept from
    everyone who does not ask for them by number, so that a listener can have them.
    """
    rows = (line.split() for line in text.splitlines())
    return [
        ports
        for row in rows
        if len(row) == 2 and all(column.isdigit() for column in row)
        for ports in parse_ranges("-".join(row))
    ]
