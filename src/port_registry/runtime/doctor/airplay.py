"""Entries on the ports of macOS's AirPlay Receiver."""

from collections.abc import Iterator

from port_registry.facts.restricted import Squatter, squatters
from port_registry.model import Entry
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level, format_entries, ok
from port_registry.system.machine import airplay

NAME: str = "airplay"


def check(case: DoctorContext) -> Iterator[Advice]:
    """Yield the entries whose port the receiver has taken."""
    if case.machine.platform != "darwin":
        return
    if not airplay.is_receiving(case.machine):
        yield ok("the AirPlay Receiver is off")
        return
    taken = [one for one in case.entries if any(map(_is_airplay, _squatters(one)))]
    if not taken:
        yield ok("the AirPlay Receiver has 5000 and 7000, and no entry is there")
        return
    yield Advice(
        Level.PROBLEM,
        f"macOS's AirPlay Receiver listens on 5000 and 7000: {format_entries(taken)}",
        (
            "switch it off: System Settings > General > AirDrop & Handoff > AirPlay Receiver",
            "give the entry another port: `port-registry set NAME PORT`",
        ),
        tuple(taken),
    )


def _squatters(entry: Entry) -> tuple[Squatter, ...]:
    return squatters(entry.endpoint.ports, entry.endpoint.protocols)


def _is_airplay(one: Squatter) -> bool:
    return one.system == "macos" and one.owner.startswith("AirPlay")
