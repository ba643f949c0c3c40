"""Ports that only a privileged process may listen on."""

from port_registry.system.machine.capabilities import Capability, has_capability
from port_registry.system.machine.machine import SystemFacts

_DEFAULT_START = 1024


def lowest_allowed_port(machine: SystemFacts) -> int:
    """Return the lowest port that this run may listen on."""
    # macOS lets every user bind any port on the wildcard address, and Windows on any.
    if not machine.is_linux() or has_capability(machine, Capability.BIND_ANY_PORT):
        return 1
    return unprivileged_start(machine)


def unprivileged_start(machine: SystemFacts) -> int:
    """Return the port below which Linux requires a privilege."""
    text = (machine.text("proc/sys/net/ipv4/ip_unprivileged_port_start") or "").strip()
    return int(text) if text.isascii() and text.isdigit() else _DEFAULT_START
