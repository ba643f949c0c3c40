"""A service lets the system choose its port."""

from collections.abc import Iterator

from port_registry import model
from port_registry.facts.words import word_set
from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.project import Project
from port_registry.matching.use_sites import UseSite

NAME: str = "auto-selected-port"
SEVERITY: model.Severity = model.Severity.WARNING
ON_BY_DEFAULT: bool = True

_WITHOUT_TCP = word_set("programs", "without-tcp-on-zero")
"""Programs for which port 0 means that they do not listen on TCP."""

_VERBS = {model.Role.LISTENS: "listens on", model.Role.PUBLISHES: "publishes"}


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each entry and each listener with port 0."""
    for leaf in project.registry.invalid_leaves:
        if leaf.flaw is model.Flaw.ZERO:
            name = model.format_name(leaf.name)
            message = f"{name} = {leaf.text} lets the system choose a port; give it one of its own"
            yield _finding(message, leaf.span, name)
    seen = set[model.Span]()
    for annotated in annotated_machines(project):
        for site in annotated.sites:
            use = _use_of_zero(site, annotated.machine)
            if use is not None and site.span not in seen:
                seen.add(site.span)
                owner = use.service or (
                    use.label if use.role is model.Role.REPEATS else "a process"
                )
                verb = _VERBS.get(use.role, "is given")
                advice = "so the system chooses; give it a port in the registry"
                yield _finding(f"{owner} {verb} port 0, {advice}", site.span)


def _finding(message: str, span: model.Span, *entries: str) -> model.Finding:
    return model.Finding(rule=NAME, severity=SEVERITY, message=message, span=span, entries=entries)


def _use_of_zero(site: UseSite, machine: model.Machine) -> model.Use | None:
    """Return the use by which a service lets the system choose its port at `site`, if any.

    In files that people copy, 0 is to be replaced.
    """
    if site.number != 0:
        return None
    is_given = site.is_called_port() and not machine.is_template
    roles = (*model.TAKES, model.Role.REPEATS) if is_given else model.TAKES
    choosing = (use for use in site.uses if use.program not in _WITHOUT_TCP and use.role in roles)
    return next(choosing, None)
