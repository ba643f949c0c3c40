"""Decision whether a process is the one that an entry expects on its port, with the reason.

The evidence: process-compose runs it as a process that uses the entry; systemd runs it as a
unit of that name; its program is the service, or is named like the entry; it forwards the port
of a container; or, for a service of the project's own, it works in a folder of that name. A
process without any evidence is another one.
"""

import os
from collections.abc import Iterable, Iterator

from port_registry.facts.identifiers import normalise
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
    supervisors = supervisors_of(process)
    reason = _process_compose_reason(entry, supervisors, stacks) or _unit_reason(entry, supervisors)
    if reason is not None:
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
    return _container_reason(entry, process) or _directory_reason(entry, process)


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


def _process_compose_reason(
    entry: Entry, supervisors: tuple[Supervisor, ...], stacks: Iterable[Machine]
) -> str | None:
    """Return the reason where process-compose runs it as a process that uses the entry."""
    composed = (item for item in supervisors if item.kind is SupervisorKind.PROCESS_COMPOSE)
    supervisor = next(composed, None)
    if supervisor is None:
        return None
    name = supervisor.name
    is_expected = normalise(name) == normalise(entry.service) or any(
        use.entry == entry.name or entry.ports.holds(use.number)
        for stack in stacks
        for service in stack.services
        if service.name == name
        for use in service.uses
    )
    return f"process-compose runs it as {name}" if is_expected else None


def _unit_reason(entry: Entry, supervisors: tuple[Supervisor, ...]) -> str | None:
    """Return the reason where systemd runs it as a unit that is named like the entry."""
    for supervisor in supervisors:
        # `redis@main.service` is one of the instances of `redis`.
        name = supervisor.name.removesuffix(".service").partition("@")[0]
        if supervisor.kind in _UNITS and normalise(name) == normalise(entry.service):
            return f"systemd runs it as {supervisor.name}"
    return None


def _container_reason(entry: Entry, process: Process) -> str | None:
    """Return the reason where Docker forwards the port to the service's port in a container."""
    service = service_affinity.service_of_entry(entry)
    if service is None or process.name != "docker-proxy":
        return None
    options = dict(zip(process.command[1::2], process.command[2::2], strict=False))
    inside = options.get("-container-port", "")
    if any(str(default.port) == inside for default in service.ports):
        return f"it forwards to port {inside} of a container, {service.name}'s own"
    return None


def _directory_reason(entry: Entry, process: Process) -> str | None:
    """Return the reason where a service of the project's own works in a folder of its name."""
    folder = os.path.basename(process.directory)
    if service_affinity.service_of_entry(entry) is None and normalise(folder) == normalise(
        entry.service
    ):
        return f"it works in {process.directory}"
    return None
