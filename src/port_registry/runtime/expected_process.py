"""Whether a process is the one that an entry expects on its port, and why.

These tell: the process of process-compose, the unit or the container that it is, the
service that the program is known to be, the names themselves, and, for a service of the
project's own, the folder that it works in. A process that none of them speaks for is somebody
else.
"""

import os
from collections.abc import Iterable, Iterator

from port_registry.facts.identifiers import normalise
from port_registry.facts.words import word_set
from port_registry.matching import service_affinity
from port_registry.model import (
    Entry,
    Machine,
    Process,
    Supervisor,
    SupervisorKind,
    format_name,
)
from port_registry.system.supervisor import supervisors_of

_INTERPRETERS = word_set("programs", "interpreters")
_UNITS = (SupervisorKind.SYSTEMD, SupervisorKind.SYSTEMD_USER)


def why_expected(entry: Entry, process: Process, stacks: Iterable[Machine]) -> str | None:
    """Return why `process` counts as the one of `entry`; None where nothing says so.

    The reason is a clause: `redis-server is redis`.
    """
    keepers = supervisors_of(process)
    kept = _composed(entry, keepers, stacks) or _unit(entry, keepers)
    if kept is not None:
        return kept
    service = service_affinity.service_of_entry(entry)
    for program in program_names(process):
        theirs = service_affinity.service_of_program(program)
        if service is not None and theirs is not None:
            if not service_affinity.are_different_services(theirs, service):
                same = program == theirs.name
                return f"it is {program}" if same else f"{program} is {theirs.name}"
            return None
        if service_affinity.affinity(entry, program, program) == service_affinity.EQUAL:
            return f"{program} is called like {format_name(entry.name)}"
    return _forwarded(entry, process) or _working(entry, process)


def why_user_expected(entry: Entry, user: str) -> str | None:
    """Return why a socket of `user` counts as the one of `entry`, where nobody can be named."""
    service = service_affinity.service_of_entry(entry)
    theirs = service_affinity.service_of_program(user)
    known = (
        service is not None
        and theirs is not None
        and not service_affinity.are_different_services(theirs, service)
    )
    if known or normalise(user) == normalise(entry.service):
        return f"it belongs to the user {user}"
    return None


def program_names(process: Process) -> tuple[str, ...]:
    """Return the names that the process's program goes by, the surest first."""
    words = [process.name]
    if process.command:
        # A title that a program gives itself: `nginx: master process`, `redis-server *:6379`.
        title = os.path.basename(process.command[0].split(" ")[0].rstrip(":"))
        words.insert(0, title)
        if _is_interpreter(title):
            words = [*_scripts(process.command[1:]), process.name]
    # Nix's wrappers run `.redis-server-wrapped`.
    bare = (word.removeprefix(".").removesuffix("-wrapped") for word in words)
    return tuple(dict.fromkeys(word for word in bare if word and not _is_interpreter(word)))


def _is_interpreter(program: str) -> bool:
    return program.rstrip("0123456789.") in _INTERPRETERS


def _scripts(arguments: tuple[str, ...]) -> Iterator[str]:
    """Yield what an interpreter runs: the first of its arguments that is no option."""
    words = (word for word in arguments if not word.startswith("-"))
    script = next(words, "")
    yield os.path.basename(script)
    yield os.path.splitext(os.path.basename(script))[0]


def _composed(
    entry: Entry, keepers: tuple[Supervisor, ...], stacks: Iterable[Machine]
) -> str | None:
    """Return the reason where process-compose runs it as a process that uses the entry."""
    kept = [one.name for one in keepers if one.kind is SupervisorKind.PROCESS_COMPOSE]
    if not kept:
        return None
    said = f"process-compose runs it as {kept[0]}"
    if normalise(kept[0]) == normalise(entry.service):
        return said
    for stack in stacks:
        for one in stack.services:
            if one.name == kept[0] and any(
                _is_of(entry, use.number, use.entry) for use in one.uses
            ):
                return said
    return None


def _is_of(entry: Entry, number: int, reference: tuple[str, ...] | None) -> bool:
    ports = entry.endpoint.ports
    return reference == entry.name or ports.first <= number <= ports.last


def _unit(entry: Entry, keepers: tuple[Supervisor, ...]) -> str | None:
    """Return the reason where it is a unit of systemd that is called like the entry."""
    for keeper in keepers:
        # `redis@main.service` is one of the instances of `redis`.
        name = keeper.name.removesuffix(".service").partition("@")[0]
        if keeper.kind in _UNITS and normalise(name) == normalise(entry.service):
            return f"systemd runs it as {keeper.name}"
    return None


def _forwarded(entry: Entry, process: Process) -> str | None:
    """Return the reason where Docker passes the port on to the service's own, in a container."""
    service = service_affinity.service_of_entry(entry)
    if service is None or process.name != "docker-proxy":
        return None
    given = dict(zip(process.command[1::2], process.command[2::2], strict=False))
    inside = given.get("-container-port", "")
    if any(str(one.port) == inside for one in service.ports):
        return f"a container has it, whose port {inside} is {service.name}'s own"
    return None


def _working(entry: Entry, process: Process) -> str | None:
    """Return the reason where a service of the project's own works in a folder called like it."""
    folder = os.path.basename(process.directory)
    if service_affinity.service_of_entry(entry) is None and normalise(folder) == normalise(
        entry.service
    ):
        return f"it works in {process.directory}"
    return None
