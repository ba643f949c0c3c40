"""Check for entries on the ports of macOS's AirPlay Receiver."""

from collections.abc import Iterator

from port_registry.facts.restricted import squatters
from port_registry.runtime.doctor import advice
from port_registry.system.machine.machine import SystemFacts

NAME: str = "airplay"

_SETTING = ("com.apple.controlcenter", "AirplayRecieverEnabled")
"""Apple's own spelling."""


def check(context: advice.DoctorContext) -> Iterator[advice.Advice]:
    """Yield the entries whose port the receiver has."""
    if context.machine.platform != "darwin":
        return
    if not is_receiving(context.machine):
        yield advice.ok("the AirPlay Receiver is off")
        return
    taken = [
        entry
        for entry in context.entries
        if any(
            squatter.system == "macos" and squatter.owner.startswith("AirPlay")
            for squatter in squatters(entry.ports, entry.protocols)
        )
    ]
    if not taken:
        yield advice.ok("the AirPlay Receiver has 5000 and 7000, and no entry is there")
        return
    yield advice.Advice(
        advice.Level.PROBLEM,
        f"macOS's AirPlay Receiver listens on 5000 and 7000: {advice.format_entries(taken)}",
        (
            "switch it off: System Settings > General > AirDrop & Handoff > AirPlay Receiver",
            f"give the entry another port: {advice.another_port_command(taken[0])}",
        ),
        tuple(taken),
    )


def is_receiving(machine: SystemFacts) -> bool:
    """Return whether the AirPlay Receiver is on, which is the default."""
    if machine.platform != "darwin":
        return False
    result = machine.run(("defaults", "-currentHost", "read", *_SETTING))
    return result is None or result.status != 0 or result.stdout.strip() != "0"
