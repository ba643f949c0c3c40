"""A second table gives services of the registry ports of its own."""

from collections.abc import Iterator

from port_registry.matching import secondary_registries
from port_registry.matching.project import Project
from port_registry.model import Finding, Related, Severity, format_name

NAME: str = "shadow-registry"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True

_MOST_LISTED = 4
"""The number of names that a message lists."""


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each shadow registry."""
    for shadow in secondary_registries.shadow_registries(project):
        yield _finding(project, shadow)


def _finding(project: Project, shadow: secondary_registries.ShadowRegistry) -> Finding:
    equal = [shadowed for shadowed in shadow.entries if shadowed.agrees()]
    different = [shadowed for shadowed in shadow.entries if not shadowed.agrees()]
    path, listed = project.registry.path, different or equal
    whole_file = f"{shadow.path} is a second registry"
    table = whole_file if shadow.is_whole_file else "this is a second table"
    message = f"{table} of {len(shadow.entries)} services in {path}"
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{message}: {_comparison(equal, different)}; refer to {path} instead",
        span=listed[0].span,
        entries=tuple(format_name(shadowed.entry.name) for shadowed in shadow.entries),
        related=tuple(
            Related(f"{format_name(entry.name)} is declared here", entry.value_span)
            for entry, _, _ in listed[:_MOST_LISTED]
        ),
    )


def _comparison(
    equal: list[secondary_registries.ShadowedEntry],
    different: list[secondary_registries.ShadowedEntry],
) -> str:
    """Return a text that lists which ports differ and which are equal."""
    parts: list[str] = []
    if different:
        names = [
            f"{format_name(entry.name)} ({number}, not {entry.ports})"
            for entry, number, _ in different
        ]
        parts.append(f"{_listing(names)} {'differs' if len(different) == 1 else 'differ'}")
    if equal:
        names = [format_name(shadowed.entry.name) for shadowed in equal]
        parts.append(f"{_listing(names)} {'is' if len(equal) == 1 else 'are'} equal")
    return ", ".join(parts)


def _listing(names: list[str]) -> str:
    """Return `names` with commas, where there are many the last ones as a count."""
    if len(names) > _MOST_LISTED:
        return f"{', '.join(names[:_MOST_LISTED])} and {len(names) - _MOST_LISTED} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
