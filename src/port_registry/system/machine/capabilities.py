"""Capabilities of this process (capabilities(7))."""

import os
from enum import Enum

from port_registry.system.machine.machine import SystemFacts


class Capability(Enum):
    """A capability, by its number in Linux."""

    BIND_ANY_PORT = 10
    """CAP_NET_BIND_SERVICE."""
    SEE_FIREWALL = 12
    """CAP_NET_ADMIN."""


def has_capability(machine: SystemFacts, capability: Capability) -> bool:
    """Return whether this process has `capability`; root has all unless it dropped some."""
    for line in (machine.text("proc/self/status") or "").splitlines():
        name, _, value = line.partition(":")
        if name == "CapEff":
            return bool(int(value, 16) >> capability.value & 1)
    return hasattr(os, "geteuid") and os.geteuid() == 0
