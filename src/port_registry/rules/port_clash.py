"""Two services listen on the same port of one machine at the same time."""

from collections.abc import Iterator

from port_registry import model
from port_registry.facts import services
from port_registry.matching import service_affinity
from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.matching.clashes import Clash, affinity_on_host, backing_entry, clashes
from port_registry.matching.listeners import ServiceListener, listeners
from port_registry.matching.project import Project
from port_registry.registry.clash import clash as endpoints_clash

NAME: str = "port-clash"
SEVERITY: model.Severity = model.Severity.ERROR
ON_BY_DEFAULT: bool = True

_MOST_MACHINES = 3
"""The number of machines that a message names."""


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each listener that cannot have its port, or has another entry's."""
    for clash in clashes(project):
        yield _finding(clash)
    seen = set[tuple[model.Span, model.Name]]()
    for annotated in annotated_machines(project):
        for listener, entry in _implied_conflicts(annotated):
            if (listener.use.span, entry.name) not in seen:
                seen.add((listener.use.span, entry.name))
                yield _implied_finding(listener, entry)


def _finding(clash: Clash) -> model.Finding:
    """Return the finding for two listeners on one port."""
    blamed, other = clash.blamed, clash.other
    takes = "publishes it" if _is_published(clash) else "listens"
    if clash.kind is model.MachineKind.STACK and other.use.role is model.Role.REPEATS:
        takes = "is given it"
    related = (model.Related(f"{other.service.name} {takes} here", other.use.span),)
    return model.Finding(
        rule=NAME,
        severity=SEVERITY if clash.certain else model.Severity.WARNING,
        message=_message(clash),
        span=blamed.use.shown,
        entries=(model.format_name(clash.entry.name),) if clash.entry is not None else (),
        related=() if blamed is other else related,
    )


def _message(clash: Clash) -> str:
    """Return the message: the fault, the place and the remedy."""
    blamed, other = clash.blamed, clash.other
    name, ports = blamed.service.name, blamed.endpoint.ports
    if blamed is other and clash.kind is model.MachineKind.CONTAINERS:
        return (
            f"all {blamed.service.replicas} containers of {name} publish {ports}; publish as many"
            " ports as there are containers"
        )
    if blamed is other:
        return (
            f"all {blamed.service.replicas} replicas of {name} listen on {ports}; let the port"
            " depend on PC_REPLICA_NUM"
        )
    owner = other.service.name
    if clash.kind is model.MachineKind.STACK and blamed.use.role is model.Role.REPEATS:
        return (
            f"{name} and {owner} are both given {ports}; give one of them another port, or let the"
            " one that connects wait for the other (`depends_on`)"
        )
    if name == owner and blamed is not other:
        # Instances of one service: their options tell them apart.
        name, owner = (f"{name} {one.use.keys[-2]}" for one in (blamed, other))
    if clash.entry is not None:
        owner += f" ({model.format_name(clash.entry.name)} in the registry)"
    machines = _on_machines(clash.machines)
    blamed_by_default = blamed.use.origin is model.PortOrigin.IMPLIED
    other_by_default = other.use.origin is model.PortOrigin.IMPLIED
    if blamed_by_default == other_by_default:
        default = " by default" if blamed_by_default else ""
        take = "publish" if _is_published(clash) else "listen on"
        message = f"{name} and {owner} both {take} {ports}{default}{machines}"
    elif blamed_by_default:
        message = f"{name} listens on {ports} by default, as {owner} does{machines}"
    else:
        message = f"{name} listens on {ports}, as {owner} does by default{machines}"
    return message + _remedy(blamed.use)


def _is_published(clash: Clash) -> bool:
    """Return whether both are containers that publish the port."""
    roles = {clash.blamed.use.role, clash.other.use.role}
    return clash.kind is model.MachineKind.CONTAINERS and roles == {model.Role.PUBLISHES}


def _on_machines(machines: tuple[str, ...]) -> str:
    """Return the part of a message that names `machines`; empty where they have no names."""
    if len(machines) > _MOST_MACHINES:
        rest = len(machines) - _MOST_MACHINES
        return f" on {', '.join(machines[:_MOST_MACHINES])} and {rest} more"
    return f" on {', '.join(machines)}" if machines else ""


def _implied_conflicts(
    annotated: AnnotatedMachine,
) -> Iterator[tuple[ServiceListener, model.Entry]]:
    """Yield the services on their default port that the registry gives to another service.

    Where another service of the machine is on the port, that is the clash to report.
    """
    on_machine = [
        listener
        for service in annotated.machine.services
        for listener in listeners(annotated, service)
    ]
    for listener in on_machine:
        use = listener.use
        is_implied = use.origin is model.PortOrigin.IMPLIED
        if not is_implied or use.certainty is not model.Certainty.CERTAIN:
            continue
        if backing_entry(annotated, listener) is not None or any(
            other.use.span != use.span
            and other.use.certainty is not model.Certainty.POSSIBLE
            and endpoints_clash(other.endpoint, listener.endpoint)
            for other in on_machine
        ):
            continue
        for entry in annotated.entries.holding(listener.endpoint.ports.first):
            if _belongs_to_another(annotated, entry, listener):
                yield listener, entry


def _belongs_to_another(
    annotated: AnnotatedMachine, entry: model.Entry, listener: ServiceListener
) -> bool:
    """Return whether `entry` surely belongs to another service, perhaps of this machine."""
    machine, service = annotated.machine, listener.service
    if entry.host not in (None, machine.name) or affinity_on_host(entry, service):
        return False
    if not endpoints_clash(entry.endpoint, listener.endpoint._replace(host=None)):
        return False
    if entry.name not in machine.referenced or entry.ports.first <= model.LAST_SYSTEM_PORT:
        return False
    known = service_affinity.service_named(service.name.rpartition(".")[2])
    owner = services.service_for(entry.name)
    return known is None or owner is None or service_affinity.are_different_services(known, owner)


def _implied_finding(listener: ServiceListener, entry: model.Entry) -> model.Finding:
    """Return the finding for a default that is the port of another service's entry."""
    name = model.format_name(entry.name)
    return model.Finding(
        rule=NAME,
        severity=model.Severity.WARNING,
        message=f"{listener.service.name} listens on {listener.endpoint.ports} by default, which"
        f" is {name} in the registry{_remedy(listener.use)}",
        span=listener.use.span,
        entries=(name,),
        related=(model.Related(f"{name} is declared here", entry.value_span),),
    )


def _remedy(use: model.Use) -> str:
    """Return the end of a message: the option to set, if it is known."""
    steps = tuple(step for step in use.keys if step is not None)
    if use.origin is not model.PortOrigin.IMPLIED or not steps or len(steps) < len(use.keys):
        return "; give one of them another port"
    return f"; set {model.format_name(steps)}"
