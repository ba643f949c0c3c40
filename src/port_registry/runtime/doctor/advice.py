"""What a check of the machine says."""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from port_registry.model import Entry, format_name
from port_registry.system.machine.machine import SystemFacts

_MOST_NAMED = 6


class Level(Enum):
    """How bad it is."""

    PROBLEM = "problem"
    """A port fails because of it, or will on some day."""
    NOTE = "note"
    """Good to know; nothing fails that was not meant to."""
    UNSEEN = "unseen"
    """It cannot be known, and nobody says that all is well."""
    OK = "ok"


class Advice(NamedTuple):
    """One thing that a check says."""

    level: Level
    message: str
    remedy: tuple[str, ...] = ()
    """What to do, each way on a line of its own."""
    entries: tuple[Entry, ...] = ()
    """Those that it is about."""


class DoctorContext(NamedTuple):
    """What is judged."""

    machine: SystemFacts
    entries: tuple[Entry, ...]
    """Those that are meant for this machine; none where there is no registry."""
    started_here: frozenset[Entry]
    """Those whose service somebody starts here by hand, with process-compose."""


def ok(message: str) -> Advice:
    """Return the advice that nothing has to be done."""
    return Advice(Level.OK, message)


def format_entries(entries: Sequence[Entry]) -> str:
    """Return the entries as a list, shortened where there are many."""
    shown = [f"{format_name(one.name)} = {one.endpoint.ports}" for one in entries[:_MOST_NAMED]]
    more = len(entries) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
