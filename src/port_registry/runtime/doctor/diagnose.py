"""Diagnosis: all checks of the machine."""

from collections.abc import Iterable
from typing import Protocol

from port_registry.model import Entry, Machine, NamedTuple, Registry, Role
from port_registry.project.governing_registry import find_registry, no_registry_error
from port_registry.project.progress import Progress
from port_registry.project.workspace import Workspace
from port_registry.registry.lookup import EntryIndex
from port_registry.runtime.doctor import (
    addresses,
    airplay,
    ephemeral,
    excluded,
    firewall,
    hosts,
    ipv6,
    privileged,
    unix_sockets,
)
from port_registry.runtime.doctor.advice import Advice, DoctorContext, Level
from port_registry.runtime.port_query import process_compose_stacks
from port_registry.system.machine.machine import SystemFacts


class DoctorCheck(Protocol):
    """The shape of a check's module."""

    NAME: str

    def check(self, context: DoctorContext) -> Iterable[Advice]:
        """Yield the advice of the check."""
        ...


_CHECKS: tuple[DoctorCheck, ...] = (
    ephemeral,
    privileged,
    addresses,
    airplay,
    excluded,
    firewall,
    unix_sockets,
    hosts,
    ipv6,
)
"""In the order of the output."""

NAMES: tuple[str, ...] = tuple(check.NAME for check in _CHECKS)
"""The names of all checks."""


class Diagnosis(NamedTuple):
    """The result of all checks."""

    hostname: str
    registry: Registry | None
    """None where the project has none, and only the machine was checked."""
    entries: int
    """How many entries are for this machine."""
    advice: tuple[tuple[str, Advice], ...]
    """The advice with the name of its check, in the order of the checks."""

    def is_well(self) -> bool:
        """Return whether no check found a problem."""
        return all(advice.level is not Level.PROBLEM for _, advice in self.advice)


def diagnose(workspace: Workspace, machine: SystemFacts, progress: Progress) -> Diagnosis:
    """Return the diagnosis of `machine` for the project's entries, if it has any.

    Raises `RegistryError` where a registry that was named has none, or cannot be read.
    """
    registry = find_registry(workspace)
    if isinstance(registry, Registry):
        return judge(machine, registry, process_compose_stacks(workspace, progress))
    if workspace.attribute is not None:
        raise no_registry_error(workspace, registry)
    return judge(machine, None, ())


def judge(machine: SystemFacts, registry: Registry | None, stacks: Iterable[Machine]) -> Diagnosis:
    """Return the diagnosis of `machine` for the entries of `registry`."""
    context = DoctorContext(machine, (), frozenset())
    if registry is not None:
        entries = tuple(entry for entry in registry.entries if _is_for(entry, machine.hostname))
        context = DoctorContext(machine, entries, _started(registry, stacks))
    advice = tuple((check.NAME, advice) for check in _CHECKS for advice in check.check(context))
    return Diagnosis(machine.hostname, registry, len(context.entries), advice)


def _is_for(entry: Entry, hostname: str) -> bool:
    """Return whether the entry may be for the machine called `hostname`."""
    host = entry.host
    short = hostname.partition(".")[0].lower()
    return host is None or host.partition(".")[0].lower() in (short, "localhost")


def _started(registry: Registry, stacks: Iterable[Machine]) -> frozenset[Entry]:
    """Return the entries on which a process of the stacks listens."""
    index = EntryIndex(registry)
    return frozenset(
        entry
        for stack in stacks
        for process in stack.services
        if not process.disabled
        for use in process.uses
        if use.role is Role.LISTENS
        for entry in index.holding(use.number)
    )
