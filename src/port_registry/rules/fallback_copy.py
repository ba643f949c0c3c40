"""A reference to the registry has a copy of the port as a fallback for a missing entry."""

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
    """Yield a finding for each fallback of a reference to an entry."""
    for named in named_references(project):
        fallback = named.reference.fallback
        if fallback is None or named.entry is None or _is_needed(project, named):
            continue
        yield _copy(project, named, named.entry, fallback)
    for missing in absent_references(project):
        fallback = missing.reference.reference.fallback
        if fallback is not None and missing.reference.reference.certainty is Certainty.CERTAIN:
            yield _always_used(missing, fallback)


def _is_needed(project: Project, named: NamedReference) -> bool:
    """Return whether only some hosts have the entry, so that the others need the fallback."""
    path = named.reference.registry
    return not named.reference.direct and any(
        part.host and part.registry.path == path for part in project.registries
    )


def _copy(
    project: Project, named: NamedReference, entry: Entry, fallback: WrittenNumber
) -> Finding:
    """Return the finding for a fallback of an entry that exists."""
    name, ports = format_name(entry.name), entry.endpoint.ports
    is_equal = ports.is_single() and ports.first == fallback.value
    relation = "copies" if is_equal else f"contradicts ({ports})"
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"`or {fallback.value}` {relation} {name}, which the registry declares; drop it",
        span=fallback.span,
        entries=(name,),
        related=(Related("declared here", entry.value_span),),
        fix=_drop(project, named, fallback),
    )


def _drop(project: Project, named: NamedReference, fallback: WrittenNumber) -> Fix | None:
    """Return the fix that drops the fallback, where it is a plain number after `or`.

    It is unsafe in a registry that is a module, whose entries some hosts may not have.
    """
    span = named.reference.span
    between = Span(span.path, span.end, fallback.span.start)
    if project.reader.read(span.path).slice(between).strip() != "or":
        return None
    is_module = named.indexed.registry.prefix[:1] in (("config",), ("options",))
    certain = named.reference.certainty is Certainty.CERTAIN and not is_module
    safety = Safety.SAFE if certain else Safety.UNSAFE
    edit = Edit(Span(span.path, span.end, fallback.span.end), "")
    return Fix(f"drop `or {fallback.value}`", safety, (edit,))


def _always_used(missing: MissingReference, fallback: WrittenNumber) -> Finding:
    """Return the finding for a fallback of an entry that does not exist."""
    name = format_name(missing.name)
    path = missing.reference.indexed.registry.path
    hint = ""
    if missing.suggestion is not None:
        hint = f"; did you mean {format_name(missing.suggestion)}?"
    return Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{path} has no entry {name}, so {fallback.value} is always taken{hint}",
        span=fallback.span,
        entries=(name,),
    )
