"""Decision whether a process is the one that an entry expects on its port, with the reason.

The evidence: process-compose runs it as a process that uses the entry; systemd runs it as a
unit of that name; its program is the service, or is named like the entry; it forwards the port
of a container; or, for a service of the project's own, it works in a folder of that name. A
process without any evidence is another one.
"""

import os
from collections.abc import Iterable, Iterator

from port_registry.facts.identifiers import normalise
from port_registry.facts.services import KnownService
from port_registry.facts.words import word_set
from port_registry.matching import service_affinity
from port_registry.model import Entry, Machine, Process, Supervisor, SupervisorKind, format_name
from port_registry.system.supervisor import supervisors_of

_INTERPRETERS = word_set("programs", "interpreters")
_UNITS = (SupervisorKind.SYSTEMD, SupervisorKind.SYSTEMD_USER)


def why_expected(entry: Entry, process: Process, stacks: Iterable[Machine]) -> str | None:
    """Return why `entry` expects `process`, as a clause: `redis-server is redis`.

    Returns None where there is no evidence.
    """
    for supervisor in supervisors_of(process):
        if reason := _supervisor_reason(entry, supervisor, stacks):
            return reason
    service = service_affinity.service_of_entry(entry)
    for program in program_names(process):
        program_service = service_affinity.service_of_program(program)
        if service is not None and program_service is not None:
            if not service_affinity.are_different_services(program_service, service):
                has_own_name = program == program_service.name
                return (
                    f"it is {program}" if has_own_name else f"{program} is {program_service.name}"
                )
            return None
        if service_affinity.affinity(entry, program, program) == service_affinity.EQUAL:
            return f"{program} is named like {format_name(entry.name)}"
    if service is not None:
        return _container_reason(service, process)
    works_there = normalise(os.path.basename(process.directory)) == normalise(entry.service)
    return f"it works in {process.directory}" if works_there else None


def why_user_expected(entry: Entry, user: str) -> str | None:
    """Return why `entry` expects a socket of `user` whose process is unknown; else None."""
    service = service_affinity.service_of_entry(entry)
    user_service = service_affinity.service_of_program(user)
    is_user_of_service = (
        service is not None
        and user_service is not None
        and not service_affinity.are_different_services(user_service, service)
    )
    if is_user_of_service or normalise(user) == normalise(entry.service):
        return f"it belongs to the user {user}"
    return None


def program_names(process: Process) -> tuple[str, ...]:
    """Return the names of the process's program, the most reliable first."""
    names = [process.name]
    if process.command:
        # Programs set titles of their own: `nginx: master process`, `redis-server *:6379`.
        title = os.path.basename(process.command[0].split(" ")[0].rstrip(":"))
        names.insert(0, title)
        if _is_interpreter(title):
            names = [*_script_names(process.command[1:]), process.name]
    # Nix's wrappers run `.redis-server-wrapped`.
    unwrapped = (name.removeprefix(".").removesuffix("-wrapped") for name in names)
    return tuple(dict.fromkeys(name for name in unwrapped if name and not _is_interpreter(name)))


def _is_interpreter(program: str) -> bool:
    return program.rstrip("0123456789.") in _INTERPRETERS


def _script_names(arguments: tuple[str, ...]) -> Iterator[str]:
    """Yield the names of the script, the first argument of an interpreter without a hyphen."""
    script = next((argument for argument in arguments if not argument.startswith("-")), "")
    yield os.path.basename(script)
    yield os.path.splitext(os.path.basename(script))[0]


def _supervisor_reason(
    entry: Entry, supervisor: Supervisor, stacks: Iterable[Machine]
) -> str | None:
    """Return the reason where a supervisor runs it for the entry.

    process-compose does as a process that uses the entry, systemd as a unit of its name.
    """
    name = supervisor.name
    if supervisor.kind is SupervisorKind.PROCESS_COMPOSE:
        is_expected = normalise(name) == normalise(entry.service) or any(
            use.entry == entry.name or entry.ports.holds(use.number)
            for stack in stacks
            for service in stack.services
            if service.name == name
            for use in service.uses
        )
        return f"process-compose runs it as {name}" if is_expected else None
    # `redis@main.service` is one of the instances of `redis`.
    unit = name.removesuffix(".service").partition("@")[0]
    is_expected = supervisor.kind in _UNITS and normalise(unit) == normalise(entry.service)
    return f"systemd runs it as {name}" if is_expected else None


def _container_reason(service: KnownService, process: Process) -> str | None:
    """Return the reason where Docker forwards the port to the service's port in a container."""
    options = dict(zip(process.command[1::2], process.command[2::2], strict=False))
    inside = options.get("-container-port", "")
    if process.name == "docker-proxy" and inside in (str(own.port) for own in service.ports):
        return f"it forwards to port {inside} of a container, {service.name}'s own"
    return None
