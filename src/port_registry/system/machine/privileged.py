"""The ports that only a privileged process may listen on."""

from port_registry.system.machine.capabilities import Capability, has_capability
from port_registry.system.machine.machine import SystemFacts

_USUAL = 1024


def lowest_allowed_port(machine: SystemFacts) -> int:
    """Return the lowest port that this run may listen on."""
    # macOS lets everyone have any port on the wildcard, and Windows everywhere.
    if not machine.is_linux() or has_capability(machine, Capability.BIND_ANY_PORT):
        return 1
    return unprivileged_start(machine)


def unprivileged_start(machine: SystemFacts) -> int:
    """Return the port below which Linux wants a privilege."""
    said = (machine.text("proc/sys/net/ipv4/ip_unprivileged_port_start") or "").strip()
    return int(said) if said.isascii() and said.isdigit() else _USUAL
