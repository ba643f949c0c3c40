"""AirPlay Receiver of macOS, for which its Control Center takes ports."""

from port_registry.system.machine.machine import SystemFacts

_SETTING = ("com.apple.controlcenter", "AirplayRecieverEnabled")
"""Apple's own spelling."""


def is_receiving(machine: SystemFacts) -> bool:
    """Return whether the AirPlay Receiver is on, which is the default."""
    if machine.platform != "darwin":
        return False
    result = machine.run(("defaults", "-currentHost", "read", *_SETTING))
    return result is None or result.status != 0 or result.stdout.strip() != "0"
