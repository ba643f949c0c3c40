"""A reference or an annotation names an entry, or a registry, that does not exist."""

from collections.abc import Iterator

from port_registry import model
from port_registry.matching import annotation_targets, duplicate_ports, service_affinity
from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.broken_references import MissingReference, missing_references
from port_registry.matching.file_annotations import file_annotations
from port_registry.matching.machine_files import is_imported
from port_registry.matching.name_suggestions import nearest_name
from port_registry.matching.project import Project
from port_registry.registry.lookup import EntryIndex

NAME: str = "unknown-reference"
SEVERITY: model.Severity = model.Severity.ERROR
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each annotation and reference of an entry that does not exist."""
    for annotated in annotated_machines(project):
        for target in annotated.targets:
            service = annotated.services.get(target.annotation.service)
            yield from _check_annotation(project, annotated.entries, target, service)
    for annotation in file_annotations(project):
        yield from _check_annotation(
            annotation.project, annotation.entries, annotation.target, None
        )
    for missing in missing_references(project):
        is_used = is_imported(project, missing.reference.reference.span.path)
        yield _missing_attribute(missing, SEVERITY if is_used else model.Severity.NOTE)


def _check_annotation(
    project: Project,
    index: EntryIndex,
    target: annotation_targets.AnnotationTarget,
    service: model.Service | None,
) -> Iterator[model.Finding]:
    """Yield a finding if the annotation names an entry or a registry that does not exist."""
    if target.status is annotation_targets.AnnotationStatus.MISSING:
        yield _missing_entry(project, index, target.annotation, service)
    is_known = target.status is annotation_targets.AnnotationStatus.KNOWN
    if is_known and not annotation_targets.names_registry(project, target.annotation):
        yield _missing_registry(project, target.annotation)


def _missing_entry(
    project: Project, index: EntryIndex, annotation: model.Annotation, service: model.Service | None
) -> model.Finding:
    """Return the finding for an annotation of an entry that does not exist."""
    registry, span = project.registry, annotation.name_span
    same_number = _entry_with_number(index, annotation, service)
    hint, fix = "", None
    if same_number is not None:
        other = model.format_name(same_number.name)
        hint = f"; {other} is {same_number.ports}"
        fix = _rewrite(span, other, model.Safety.SAFE)
    elif near := nearest_name(registry, index, annotation.name, annotation.number):
        other = model.format_name(near)
        hint = f"; did you mean {other}?"
        fix = _rewrite(span, other, model.Safety.UNSAFE)
    name = model.format_name(annotation.name)
    return _finding(f"{registry.path} has no entry {name}{hint}", span, name, fix)


def _rewrite(span: model.Span, text: str, safety: model.Safety) -> model.Fix:
    return model.Fix(f"write {text}", safety, (model.Edit(span, text),))


def _finding(
    message: str,
    span: model.Span,
    name: str,
    fix: model.Fix | None,
    severity: model.Severity = SEVERITY,
) -> model.Finding:
    return model.Finding(
        rule=NAME, severity=severity, message=message, span=span, entries=(name,), fix=fix
    )


def _entry_with_number(
    index: EntryIndex, annotation: model.Annotation, service: model.Service | None
) -> model.Entry | None:
    """Return the only entry with the number in the comment, if it may be the service's."""
    if annotation.number is None:
        return None
    entries = index.holding(annotation.number)
    if len({duplicate_ports.origin(entry) for entry in entries}) != 1:
        return None
    uses = () if service is None else service.uses
    return None if service_affinity.is_taken_by_another(entries[0], uses) else entries[0]


def _missing_registry(project: Project, annotation: model.Annotation) -> model.Finding:
    """Return the finding for an annotation of a known entry whose path is not a file."""
    path, span = project.registry.path, annotation.span
    source = project.reader.read(span.path)
    offset = source.text.find(annotation.registry, span.start, annotation.name_span.start)
    fix = None
    if offset >= 0:
        span = model.Span(span.path, offset, offset + len(annotation.registry))
        fix = _rewrite(span, path, model.Safety.SAFE)
    name = model.format_name(annotation.name)
    message = f"there is no {annotation.registry}; {name} is in {path}"
    return _finding(message, span, name, fix)


def _missing_attribute(missing: MissingReference, severity: model.Severity) -> model.Finding:
    """Return the finding for a reference to an attribute that the registry does not have."""
    reference, path = missing.reference.reference, missing.reference.registry.path
    name = model.format_name(missing.name)
    if missing.below_port:
        leaf = model.format_name(missing.name[: missing.depth])
        message = f"{leaf} in {path} is a port and has nothing below it, so {name} does not exist"
    else:
        message = f"{path} has no entry {name}"
    fix = None
    if missing.suggestion is not None:
        near = model.format_name(missing.suggestion)
        message += f"; did you mean {near}?"
        if missing.is_last_part:
            edit = model.Edit(reference.last, model.format_name(missing.suggestion[-1:]))
            fix = model.Fix(f"write {near}", model.Safety.UNSAFE, (edit,))
    return _finding(message, reference.span, name, fix, severity)
