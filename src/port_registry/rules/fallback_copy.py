"""A reference to the registry carries a copy of the port, for when the entry is missing.

## Why
`ports.development.api or 3000` is two truths in one place. Where the registry has the entry
the number is never taken, and says something else as soon as the entry moves; where it has
not, a wrong name goes unseen and the number is always taken. Nix itself says where an entry
is missing. The fix drops the fallback where the registry has the entry.

## Bad
```nix lib/ports.nix
{
  development.api = 3000;
}
```
```nix modules/api.nix
{ ... }:
let
  ports = import ../lib/ports.nix;
in
{
  services.api.port = ports.development.api or 3000;
}
```

## Good
```nix lib/ports.nix
{
  development.api = 3000;
}
```
```nix modules/api.nix
{ ... }:
let
  ports = import ../lib/ports.nix;
in
{
  services.api.port = ports.development.api;
}
```

## Fixed
```nix modules/api.nix
{ ... }:
let
  ports = import ../lib/ports.nix;
in
{
  services.api.port = ports.development.api;
}
```
"""

from collections.abc import Iterator

from port_registry.matching.broken_references import MissingReference, absent_references
from port_registry.matching.named_references import NamedReference, named_references
from port_registry.matching.project import Project
from port_registry.model import (
    Certainty,
    Edit,
    Entry,
    Finding,
    Fix,
    Related,
    Safety,
    Severity,
    Span,
    WrittenNumber,
    format_name,
)

NAME: str = "fallback-copy"
SEVERITY: Severity = Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[Finding]:
    """Yield a finding for each number that stands in for an entry."""
    for one in named_references(project):
        fallback = one.reference.fallback
        if fallback is not None and one.entry is not None and not _is_anothers(project, one):
            yield _copied(project, one, one.entry, fallback)
    for missing in absent_references(project):
        fallback = missing.reference.reference.fallback
        if fallback is not None and missing.reference.reference.certainty is Certainty.CERTAIN:
            yield _always_taken(missing, fallback)


def _is_anothers(project: Project, one: NamedReference) -> bool:
    """Return whether only some hosts have the entry, so that the others need a fallback."""
    path = one.reference.registry
    is_own = one.reference.direct
    return not is_own and any(
        part.host and part.registry.path == path for part in project.registries
    )


def _copied(
    project: Project, one: NamedReference, entry: Entry, fallback: WrittenNumber
) -> Finding:
    """Report a fallback beside an entry that exists."""
    name, ports = format_name(entry.name), entry.endpoint.ports
    same = ports.is_single() and ports.first == fallback.value
    says = "copies" if same else f"contradicts ({ports})"
    message = f"`or {fallback.value}` {says} {name}, which the registry declares; drop it"
    related = (Related("declared here", entry.value_span),)
    fix = _drop(project, one, fallback)
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=message,
        span=fallback.span,
        entries=(name,),
        related=related,
        fix=fix,
    )


def _drop(project: Project, one: NamedReference, fallback: WrittenNumber) -> Fix | None:
    """Return the fix that takes the fallback away, where it stands bare behind `or`.

    What holds the entries of a registry that is a module may be missing on some hosts.
    """
    span = one.reference.span
    between = Span(span.path, span.end, fallback.span.start)
    if project.reader.read(span.path).slice(between).strip() != "or":
        return None
    is_module = one.indexed.registry.prefix[:1] in (("config",), ("options",))
    certain = one.reference.certainty is Certainty.CERTAIN and not is_module
    safety = Safety.SAFE if certain else Safety.UNSAFE
    edit = Edit(Span(span.path, span.end, fallback.span.end), "")
    return Fix(f"drop `or {fallback.value}`", safety, (edit,))


def _always_taken(missing: MissingReference, fallback: WrittenNumber) -> Finding:
    """Report a fallback of an entry that does not exist."""
    name = format_name(missing.name)
    path = missing.reference.indexed.registry.path
    hint = (
        "" if missing.suggestion is None else f"; did you mean {format_name(missing.suggestion)}?"
    )
    message = f"{path} has no entry {name}, so {fallback.value} is always taken{hint}"
    return Finding(
        rule=NAME, severity=SEVERITY, message=message, span=fallback.span, entries=(name,)
    )
