"""Whether macOS receives AirPlay, for which its Control Center takes ports."""

from port_registry.system.machine.machine import SystemFacts

_SETTING = ("com.apple.controlcenter", "AirplayRecieverEnabled")
"""Apple's own spelling."""


def is_receiving(machine: SystemFacts) -> bool:
    """Return whether the AirPlay Receiver is on, as it is unless somebody switched it off."""
    if machine.platform != "darwin":
        return False
    said = machine.run(("defaults", "-currentHost", "read", *_SETTING))
    return said is None or said.status != 0 or said.stdout.strip() != "0"
