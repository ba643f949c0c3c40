"""A number is an entry's port, and nothing ties it to the entry."""

from collections.abc import Iterator, Sequence

from port_registry import model
from port_registry.matching.entry_matches import MatchedEntry
from port_registry.matching.project import Project
from port_registry.matching.untied_uses import UntiedUses, untied_uses

NAME: str = "hardcoded-port"
SEVERITY: model.Severity = model.Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each number that should be tied to its entry."""
    for untied in untied_uses(project):
        if untied.entries:
            yield _finding(project, untied)


def _finding(project: Project, untied: UntiedUses) -> model.Finding:
    first, match = untied.first, untied.best_match
    matches = untied.entries if match is None else (match,)
    names = tuple(model.format_name(match.entry.name) for match in matches)
    if project.tie_writer.takes_references(first.span.path):
        tie = None
        if match is not None:
            tie = project.tie_writer.reference(first, match.entry, match.registry_index)
        registry = project.registries[untied.entries[0].registry_index].registry.path
        advice = "refer to it" if tie is None else f"write {tie.reference}"
        message = f"{first.number} is {' or '.join(names)} of {registry}; {advice}"
        safety = model.Safety.UNSAFE
        if untied.certain and tie is not None and tie.certain:
            safety = model.Safety.SAFE
        fix = None if tie is None else model.Fix(advice, safety, tie.edits)
    else:
        message, fix = _without_annotation(project, untied, matches)
    return model.Finding(
        rule=NAME,
        severity=SEVERITY if untied.is_port else model.Severity.NOTE,
        message=message,
        span=first.shown,
        entries=names,
        related=tuple(model.Related("and here", use.shown) for use in untied.uses[1:]),
        fix=fix,
    )


def _without_annotation(
    project: Project, untied: UntiedUses, matches: Sequence[MatchedEntry]
) -> tuple[str, model.Fix | None]:
    """Return the message and the fix for a number that an annotation should tie."""
    first, match, path = untied.first, untied.best_match, project.registry.path
    names = " or ".join(model.format_name(one.entry.name) for one in matches)
    ports = matches[0].entry.endpoint.ports
    if first.last != first.number and first.ports != ports:
        relation = "is wider than" if ports.is_single() else "is not the range of"
        return f"{first.numbers} {relation} {names} of {path}, which is {ports}", None
    scope = "this file" if untied.service is None else untied.service.name
    message = f"no annotation in {scope} ties {first.numbers} to {names} of {path}"
    return message, None if match is None else _annotate(project, untied, match.entry)


def _annotate(project: Project, untied: UntiedUses, entry: model.Entry) -> model.Fix | None:
    """Return the fix that puts an annotation above the first site, where one can be."""
    span, service = untied.first.shown, untied.service
    place = project.tie_writer.comment_place(span.path, span.start)
    if place is None:
        return None
    if service is not None and service.span.path == span.path and service.span.start > place.start:
        return None
    annotation = f"Port from {project.registry.path}: {model.format_name(entry.name)}"
    if entry.endpoint.ports.is_single():
        annotation += f" = {entry.endpoint.ports}"
    line = f"{place.indent}{place.sign} {annotation}{place.newline}"
    edit = model.Edit(model.Span(span.path, place.start, place.start), line)
    safety = model.Safety.SAFE if untied.certain else model.Safety.UNSAFE
    return model.Fix(f"annotate it: {place.sign} {annotation}", safety, (edit,))
