"""Ports that Windows reserves, on Windows and seen from its Linux (WSL)."""

from typing import NamedTuple

from port_registry.model import PortRange, Protocol
from port_registry.system.machine.ephemeral import parse_ranges
from port_registry.system.machine.machine import SystemFacts

_FULL = "/mnt/c/Windows/System32/netsh.exe"


class ExcludedRange(NamedTuple):
    """A range that no process may listen on, reserved by Hyper-V or another service."""

    ports: PortRange
    protocol: Protocol


def has_windows(machine: SystemFacts) -> bool:
    """Return whether the machine runs Windows, or Linux inside Windows."""
    release = machine.text("proc/sys/kernel/osrelease") or ""
    return machine.platform == "win32" or "microsoft" in release.lower()


def read(machine: SystemFacts) -> tuple[ExcludedRange, ...] | None:
    """Return the ranges; None where Windows does not answer."""
    excluded: list[ExcludedRange] = []
    for protocol in (Protocol.TCP, Protocol.UDP):
        result = None
        for program in ("netsh", "netsh.exe", _FULL):
            arguments = (
                "interface",
                "ipv4",
                "show",
                "excludedportrange",
                f"protocol={protocol.value}",
            )
            result = result or machine.run((program, *arguments))
        if result is None or result.status != 0:
            return None
        excluded += [ExcludedRange(ports, protocol) for ports in _rows(result.stdout)]
    return tuple(excluded)


def _rows(text: str) -> list[PortRange]:
    """Return the ranges of a table, whose heads are in the user's language.

    A third column, `*`, marks ranges that an administrator reserved. These are given only to
    processes that ask for a port by number, so that a listener can have them.
    """
    rows = (line.split() for line in text.splitlines())
    return [
        ports
        for row in rows
        if len(row) == 2 and all(column.isdigit() for column in row)
        for ports in parse_ranges("-".join(row))
    ]
