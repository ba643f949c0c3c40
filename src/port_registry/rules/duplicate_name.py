"""Two entries have one name, or names that become one.

## Why
Nix, JSON and TOML refuse a name that one set defines twice, so the registry cannot be used
at all. Names that differ only in their case, hyphens or underscores, or in where their dots
stand, are legal, but become one name as soon as they are environment variables
(`DATABASES_REDIS_CACHE`), and people take one for the other.

## Bad
```nix lib/ports.nix
{
  databases.redisCache = 6380;
  databases.redis-cache = 6381;
}
```

## Good
```nix lib/ports.nix
{
  databases.redisCache = 6380;
  databases.redisQueue = 6381;
}
```
"""

from collections.abc import Iterator

from port_registry.facts.identifiers import normalise, variable
from port_registry.matching.project import Project
from port_registry.model import Finding, Name, Related, Severity, format_name

NAME: str = "duplicate-name"
SEVERITY: Severity = Severity.ERROR
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each name defined twice, and for each that becomes another."""
    for twin in project.registry.duplicates:
        name = format_name(twin.name)
        yield Finding(
            rule=NAME,
            severity=SEVERITY,
            message=f"{name} is defined twice; remove or rename one of the definitions",
            span=twin.span,
            entries=(name,),
            related=(Related("first defined here", twin.first),),
        )
    yield from _alike(project)


def _alike(project: Project) -> Iterator[Finding]:
    """Yield a finding for each name that becomes one with an earlier name."""
    firsts: dict[tuple[str, ...], Name] = {}
    spans = {entry.name: entry.name_span for entry in project.registry.entries}
    for name, span in spans.items():
        forms = (tuple(normalise(part) for part in name), (variable(name),))
        first = next((firsts[form] for form in forms if form in firsts), None)
        for form in forms:
            firsts.setdefault(form, name)
        if first is None:
            continue
        shown = format_name(first), format_name(name)
        yield Finding(
            rule=NAME,
            severity=Severity.WARNING,
            message=f"{shown[1]} and {shown[0]} become one name as environment variables"
            f" ({variable(name)}); rename one of them",
            span=span,
            entries=shown,
            related=(Related(f"{shown[0]} is declared here", spans[first]),),
        )
