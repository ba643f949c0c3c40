"""A reference to the registry has a copy of the port as a fallback for a missing entry."""

from collections.abc import Iterator

from port_registry import model
from port_registry.matching.broken_references import MissingReference, absent_references
from port_registry.matching.named_references import NamedReference, named_references
from port_registry.matching.project import Project

NAME: str = "fallback-copy"
SEVERITY: model.Severity = model.Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each fallback of a reference to an entry."""
    for named in named_references(project):
        fallback = named.reference.fallback
        if fallback and named.entry and not _is_needed(project, named):
            yield _copy(project, named, named.entry, fallback)
    for missing in absent_references(project):
        reference = missing.reference.reference
        if reference.fallback and reference.certainty is model.Certainty.CERTAIN:
            yield _always_used(missing, reference.fallback)


def _is_needed(project: Project, named: NamedReference) -> bool:
    """Return whether only some hosts have the entry, so that the others need the fallback."""
    path = named.reference.registry
    return not named.reference.direct and any(
        part.host and part.registry.path == path for part in project.registries
    )


def _copy(
    project: Project, named: NamedReference, entry: model.Entry, fallback: model.WrittenNumber
) -> model.Finding:
    """Return the finding for a fallback of an entry that exists."""
    name, ports = model.format_name(entry.name), entry.endpoint.ports
    is_equal = ports.is_single() and ports.first == fallback.value
    relation = "copies" if is_equal else f"contradicts ({ports})"
    return model.Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"`or {fallback.value}` {relation} {name}, which the registry declares; drop it",
        span=fallback.span,
        entries=(name,),
        related=(model.Related("declared here", entry.value_span),),
        fix=_drop(project, named, fallback),
    )


def _drop(
    project: Project, named: NamedReference, fallback: model.WrittenNumber
) -> model.Fix | None:
    """Return the fix that drops the fallback, where it is a plain number after `or`.

    It is unsafe in a registry that is a module, whose entries some hosts may not have.
    """
    span = named.reference.span
    between = model.Span(span.path, span.end, fallback.span.start)
    if project.reader.read(span.path).slice(between).strip() != "or":
        return None
    is_module = named.registry.prefix[:1] in (("config",), ("options",))
    certain = named.reference.certainty is model.Certainty.CERTAIN and not is_module
    safety = model.Safety.SAFE if certain else model.Safety.UNSAFE
    edit = model.Edit(model.Span(span.path, span.end, fallback.span.end), "")
    return model.Fix(f"drop `or {fallback.value}`", safety, (edit,))


def _always_used(missing: MissingReference, fallback: model.WrittenNumber) -> model.Finding:
    """Return the finding for a fallback of an entry that does not exist."""
    name = model.format_name(missing.name)
    path = missing.reference.registry.path
    hint = ""
    if missing.suggestion is not None:
        hint = f"; did you mean {model.format_name(missing.suggestion)}?"
    return model.Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{path} has no entry {name}, so {fallback.value} is always taken{hint}",
        span=fallback.span,
        entries=(name,),
    )
