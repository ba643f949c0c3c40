"""Two services listen on the same port of one machine at the same time."""

from collections.abc import Iterator

from port_registry import model
from port_registry.matching.clashes import Clash, clashes
from port_registry.matching.implied_conflicts import ImpliedConflict, implied_conflicts
from port_registry.matching.project import Project

NAME: str = "port-clash"
SEVERITY: model.Severity = model.Severity.ERROR
ON_BY_DEFAULT: bool = True

_MOST_MACHINES = 3
"""The number of machines that a message names."""


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each listener that cannot have its port."""
    for clash in clashes(project):
        yield _finding(clash)
    for conflict in implied_conflicts(project):
        yield _implied_finding(conflict)


def _finding(clash: Clash) -> model.Finding:
    """Return the finding for two listeners on one port."""
    blamed, other = clash.blamed, clash.other
    takes = "publishes it" if _is_published(clash) else "listens"
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


def _implied_finding(conflict: ImpliedConflict) -> model.Finding:
    """Return the finding for a default that is the port of another service's entry."""
    listener, entry = conflict.listener, conflict.entry
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
