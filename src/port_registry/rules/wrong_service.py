"""A known service listens on a port that the registry gives to another one."""

from collections.abc import Iterator

from port_registry import model
from port_registry.matching import clashes, service_affinity
from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.matching.project import Project

NAME: str = "wrong-service"
SEVERITY: model.Severity = model.Severity.WARNING
ON_BY_DEFAULT: bool = True


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each service that listens on the port of another's entry."""
    for annotated in annotated_machines(project):
        clashing = {
            (listener.service.name, listener.use.number)
            for clash in clashes.clashes_on(annotated)
            for listener in (clash.blamed, clash.other)
        }
        seen = set[tuple[str, model.Name]]()
        for service in annotated.machine.services:
            for use in service.uses:
                entry = _conflicting_entry(annotated, use)
                if entry is None or (service.name, use.number) in clashing:
                    continue
                if (service.name, entry.name) not in seen:
                    seen.add((service.name, entry.name))
                    yield _finding(annotated, use, entry)


def _conflicting_entry(annotated: AnnotatedMachine, use: model.Use) -> model.Entry | None:
    """Return the entry of another service on whose port `use` is, if it surely is."""
    if use.role not in model.TAKES:
        return None
    entries = annotated.entries.holding(use.number)
    if use.entry or annotated.link(use) is not None:
        entry = annotated.entry(use)
        entries = () if entry is None else (entry,)
    is_conflict = all(service_affinity.conflicts(entry, use.program) for entry in entries)
    return entries[0] if entries and is_conflict else None


def _finding(annotated: AnnotatedMachine, use: model.Use, entry: model.Entry) -> model.Finding:
    name = model.format_name(entry.name)
    link = annotated.link(use)
    if link is None or not link.stale:
        message = f"{use.service} runs {use.program} on {use.number}, the port of {name}"
        span, fix = use.shown, None
    else:
        annotation = link.target.annotation
        message = f"the comment gives {use.service}, which runs {use.program}, the port of {name}"
        span, fix = annotation.name_span, _fix(annotated, use, annotation)
    return model.Finding(
        rule=NAME,
        severity=SEVERITY,
        message=message,
        span=span,
        entries=(name,),
        related=(model.Related("declared here", entry.value_span),),
        fix=fix,
    )


def _fix(
    annotated: AnnotatedMachine, use: model.Use, annotation: model.Annotation
) -> model.Fix | None:
    """Return the fix that names the entry of the program itself, where it has the number."""
    program = service_affinity.service_of_program(use.program)
    for entry in annotated.entries.holding(use.number):
        service = service_affinity.service_of_entry(entry)
        if program is None or service is None:
            continue
        if service_affinity.are_different_services(program, service):
            continue
        name = model.format_name(entry.name)
        edits = [model.Edit(annotation.name_span, name)]
        if annotation.digits is not None and annotation.number != use.number:
            edits.append(model.Edit(annotation.digits, str(use.number)))
        return model.Fix(f"write {name}", model.Safety.SAFE, tuple(edits))
    return None
