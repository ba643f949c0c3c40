"""A machine of the project uses a port that the registry does not have."""

from collections.abc import Iterator, Sequence

from port_registry.matching.environments import drifts
from port_registry.matching.project import Project
from port_registry.matching.untied_uses import UntiedUses, untied_uses
from port_registry.model import Finding, MachineKind, Related, Role, Severity, Use

NAME: str = "unregistered-port"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True

_MIN_RUN = 3
"""The number of consecutive ports of a file from which on they are one finding."""

_VERBS = {
    Role.LISTENS: "listens on",
    Role.PUBLISHES: "publishes",
    Role.CONNECTS: "connects to",
    Role.PROBES: "probes",
}

_FILE_VERBS = {
    Role.OPENS: "is opened in the firewall",
    Role.PUBLISHES: "is published by a container",
}


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each port of a machine, or of a file, that no entry has."""
    drifted = {number.span for drift in drifts(project) for number in drift.numbers}
    groups: dict[tuple[str, int, int], list[UntiedUses]] = {}
    for untied in untied_uses(project):
        if untied.entries or not untied.reportable:
            continue
        if any(use.shown in drifted for use in untied.uses):
            continue
        key = (untied.scope, untied.first.number, untied.first.last)
        groups.setdefault(key, []).append(untied)
    in_files = {
        key: group
        for key, group in groups.items()
        if project.tie_writer.takes_references(group[0].first.span.path)
    }
    for key, group in groups.items():
        if key not in in_files:
            group.sort(key=lambda untied: not untied.listens())
            yield _machine_finding(project, group)
    if project.registry.entries:
        for run in _runs(in_files):
            yield _file_finding(project, run)


def _machine_finding(project: Project, group: list[UntiedUses]) -> Finding:
    """Return the finding for one port of a machine, with all its sites."""
    first = group[0]
    sites = [(untied, site_uses) for untied in group for site_uses in untied.uses_by_site]
    all_uses = [use for site_uses in first.uses_by_site for use in site_uses]
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{_action(first, all_uses)} {first.first.numbers}, which {project.registry.path}"
        " does not have; add an entry for it",
        span=first.first.shown,
        related=tuple(
            Related(f"{_action(untied, site_uses)} it here", site_uses[0].shown)
            for untied, site_uses in sites[1:]
        ),
    )


def _action(untied: UntiedUses, uses: Sequence[Use]) -> str:
    """Return the service and what it does with the port in `uses`: `api connects to`.

    In an environment file that is the variable of the first use.
    """
    owner = untied.service_name or "this file"
    if untied.kind is MachineKind.VARIABLES:
        owner, uses = uses[0].label or owner, uses[:1]
    verb = next((_VERBS[use.role] for use in uses if use.role in _VERBS), "names")
    return f"{owner} {verb}"


def _runs(groups: dict[tuple[str, int, int], list[UntiedUses]]) -> Iterator[list[Use]]:
    """Yield the uses of each number of a file, or of each run of consecutive numbers."""
    run: list[list[Use]] = []
    for key in sorted(groups):
        uses = [use for untied in groups[key] for use in untied.uses]
        if run and not _follows(uses[0], run[-1][0]):
            yield from _merged_if_long(run)
            run = []
        run.append(uses)
    yield from _merged_if_long(run)


def _follows(use: Use, previous: Use) -> bool:
    """Return whether `use` is of the next port of the same file, and does the same with it."""
    is_next = use.span.path == previous.span.path and use.number == previous.last + 1
    return is_next and _FILE_VERBS.get(use.role) == _FILE_VERBS.get(previous.role)


def _merged_if_long(run: list[list[Use]]) -> Iterator[list[Use]]:
    """Yield the uses of `run` in one list where it is long, else each number's."""
    if len(run) >= _MIN_RUN:
        yield [use for uses in run for use in uses]
    else:
        yield from run


def _file_finding(project: Project, uses: list[Use]) -> Finding:
    """Return the finding for one number, or one run of numbers, of a file."""
    first, last = uses[0], max(use.last for use in uses)
    ports = str(first.number) if last == first.number else f"{first.number}-{last}"
    verb = _FILE_VERBS.get(first.role, "is taken")
    return Finding(
        rule=NAME,
        severity=Severity.NOTE,
        message=f"{ports} {verb} here, and {project.registry.path} does not have it; add an"
        " entry for it",
        span=first.shown,
        related=tuple(Related("and here", other.shown) for other in uses[1:]),
    )
