"""Advice, the result of a check of the machine."""

import shlex
from collections.abc import Sequence
from enum import Enum

from port_registry.model import Entry, NamedTuple, format_name
from port_registry.system.machine.machine import SystemFacts

_MAX_NAMED = 6


class Level(Enum):
    """The severity of advice."""

    PROBLEM = "problem"
    """A port fails because of it, or may fail some day."""
    NOTE = "note"
    """For information; no port fails that was not meant to."""
    UNSEEN = "unseen"
    """It could not be checked, which does not mean that all is well."""
    OK = "ok"


class Advice(NamedTuple):
    """One statement of a check."""

    level: Level
    message: str
    remedy: tuple[str, ...] = ()
    """Alternatives of what to do."""
    entries: tuple[Entry, ...] = ()
    """The entries concerned."""


class DoctorContext(NamedTuple):
    """The machine and the entries to check."""

    machine: SystemFacts
    entries: tuple[Entry, ...]
    """The entries of this machine; none where there is no registry."""
    started_here: frozenset[Entry]
    """The entries whose service process-compose starts, as the user."""


def ok(message: str) -> Advice:
    """Return the advice that nothing has to be done."""
    return Advice(Level.OK, message)


def format_entries(entries: Sequence[Entry]) -> str:
    """Return the first few of `entries` as text, and the number of the others."""
    shown = [f"{format_name(entry.name)} = {entry.ports}" for entry in entries[:_MAX_NAMED]]
    more = len(entries) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def another_port_command(entry: Entry) -> str:
    """Return the command that gives `entry` a free port of its category."""
    name = shlex.quote(format_name(entry.name))
    if not entry.ports.is_single():
        return f"`port-registry set {name} FIRST-LAST`"
    category = shlex.quote(format_name(entry.name[:-1] or entry.name))
    return f'`port-registry set {name} "$(port-registry free-port {category})"`'
