"""A second table gives services of the registry ports of its own.

## Why
Whoever changes a port changes it in one of the two places, and half of the project goes on
with the other. Numbers that differ have drifted already; those that are equal will. A
registry of one host is no second one, and neither are tests and examples. The numbers of
such a table are reported here alone.

## Bad
```nix lib/ports.nix
{
  databases = {
    redis = 6379;
    postgresql = 5432;
  };
  development.api = 3000;
}
```
```nix modules/constants.nix
{
  ports = {
    redis = 6379;
    postgresql = 5433;
    api = 3000;
  };
}
```

## Good
```nix lib/ports.nix
{
  databases = {
    redis = 6379;
    postgresql = 5432;
  };
  development.api = 3000;
}
```
```nix modules/constants.nix
let
  ports = import ../lib/ports.nix;
in
{
  ports = ports.databases // ports.development;
}
```
"""

from collections.abc import Iterator

from port_registry.matching.project import Project
from port_registry.matching.secondary_registries import (
    ShadowedEntry,
    ShadowRegistry,
    shadow_registries,
)
from port_registry.model import Finding, Related, Severity, format_name

NAME: str = "shadow-registry"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True

_MOST_NAMED = 4


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each second registry."""
    for shadow in shadow_registries(project):
        yield _finding(project, shadow)


def _finding(project: Project, shadow: ShadowRegistry) -> Finding:
    equal = [pair for pair in shadow.entries if pair.agrees()]
    other = [pair for pair in shadow.entries if not pair.agrees()]
    what = (
        f"{shadow.path} is a second registry" if shadow.is_whole_file else "this is a second table"
    )
    path = project.registry.path
    message = f"{what} of {len(shadow.entries)} services in {path}: {_said(equal, other)}"
    first = (other or equal)[0]
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{message}; refer to {path} instead",
        span=first.span,
        entries=tuple(format_name(pair.entry.name) for pair in shadow.entries),
        related=tuple(
            Related(f"{format_name(pair.entry.name)} is declared here", pair.entry.value_span)
            for pair in (other or equal)[:_MOST_NAMED]
        ),
    )


def _said(equal: list[ShadowedEntry], other: list[ShadowedEntry]) -> str:
    """Return which ports differ and which are equal."""
    parts: list[str] = []
    if other:
        differs = _listed(
            [
                f"{format_name(one.entry.name)} ({one.number}, not {one.entry.endpoint.ports})"
                for one in other
            ]
        )
        parts.append(f"{differs} {'differs' if len(other) == 1 else 'differ'}")
    if equal:
        names = _listed([format_name(one.entry.name) for one in equal])
        parts.append(f"{names} {'is' if len(equal) == 1 else 'are'} equal")
    return ", ".join(parts)


def _listed(names: list[str]) -> str:
    """Return `names` with commas, the last ones only counted where there are many."""
    if len(names) > _MOST_NAMED:
        return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
