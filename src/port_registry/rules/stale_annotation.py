"""A number that an annotation ties to an entry is not the entry's port."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from port_registry import model
from port_registry.matching import annotation_links, annotation_targets, service_affinity
from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.matching.file_annotations import FileAnnotation, file_annotations
from port_registry.matching.project import Project

NAME: str = "stale-annotation"
SEVERITY: model.Severity = model.Severity.ERROR
ON_BY_DEFAULT: bool = True


class _StaleNumber(model.NamedTuple):
    """A number that an annotation ties to an entry with another port."""

    use: model.Use
    owner: str
    """The service that has it, `process api`; empty where none has."""
    certain: bool


class _EntryAnnotation(model.NamedTuple):
    """An annotation of an entry, and the stale numbers that it ties to it."""

    target: annotation_targets.AnnotationTarget
    entry: model.Entry
    certain: bool
    """Whether the number that the comment repeats can be replaced."""
    stale: tuple[_StaleNumber, ...]


def check(project: Project) -> Iterator[model.Finding]:
    """Yield a finding for each stale number."""
    seen = set[model.Span]()
    categories = frozenset(entry.name[0] for entry in project.registry.entries)
    for annotation in _entry_annotations(project):
        for finding in (*_findings(annotation), *_misread_findings(annotation, categories)):
            if finding.span not in seen:
                seen.add(finding.span)
                yield finding


def _entry_annotations(project: Project) -> Iterator[_EntryAnnotation]:
    """Yield the annotations of all machines and files that name an entry."""
    for annotated in annotated_machines(project):
        yield from _on_machine(annotated)
    for annotation in file_annotations(project):
        yield from _in_file(annotation)


def _on_machine(annotated: AnnotatedMachine) -> Iterator[_EntryAnnotation]:
    stale_links: dict[int, list[annotation_links.AnnotationLink]] = defaultdict(list)
    for link in annotated.links.values():
        if link.stale:
            stale_links[id(link.target)].append(link)
    noun = annotated.machine.kind.service_noun
    for target in annotated.targets:
        links = stale_links[id(target)]
        if target.entry is None or any(
            service_affinity.is_taken_by_another(target.entry, link.site.uses) for link in links
        ):
            continue
        own = [link for link in links if target.annotation.service in link.site.services()]
        yield _EntryAnnotation(
            target=target,
            entry=target.entry,
            certain=all(link.certain for link in own),
            stale=tuple(_stale_number(link, noun) for link in links),
        )


def _stale_number(link: annotation_links.AnnotationLink, noun: str) -> _StaleNumber:
    use = link.site.uses[0]
    return _StaleNumber(use, f"{noun} {use.service}" if use.service else "", link.certain)


def _in_file(annotation: FileAnnotation) -> Iterator[_EntryAnnotation]:
    target = annotation.target
    if target.entry is not None:
        stale = (
            _StaleNumber(use, "", target.repeats(use.number)) for use in annotation.stale_uses()
        )
        yield _EntryAnnotation(target, target.entry, certain=True, stale=tuple(stale))


def _findings(annotation: _EntryAnnotation) -> Iterator[model.Finding]:
    """Yield a finding for the comment's own number, and for each that it ties to the entry."""
    comment, entry = annotation.target.annotation, annotation.entry
    name, ports = model.format_name(entry.name), entry.ports
    if annotation.target.has_stale_number() and comment.digits is not None:
        message = f"the comment says {name} = {comment.number}, the registry says {ports}"
        fix = _fix(entry, comment.digits, certain=annotation.certain)
        yield _finding(entry, message, comment.digits, fix)
    for use, owner, certain in annotation.stale:
        place = f"{owner} has" if owner else "here is"
        message = f"{place} {use.numbers} for {name}, which is {ports} in the registry"
        fix = _fix(entry, use.digits, certain=certain)
        tie = model.Related("tied to the entry here", comment.span)
        yield _finding(entry, message, use.shown, fix, tie)


def _misread_findings(
    annotation: _EntryAnnotation, categories: Collection[str]
) -> Iterator[model.Finding]:
    """Yield a finding if the comment has something else than the number, or a second entry."""
    misread, entry = annotation.target.annotation.misread, annotation.entry
    if misread is None:
        return
    name, ports = model.format_name(entry.name), entry.endpoint.ports
    fix = None
    if misread.name:
        if misread.name[0] not in categories:
            return
        second = model.format_name(misread.name)
        message = f"the comment names {second} as well, which is ignored; give it its own comment"
    elif misread.number is not None and annotation.target.holds(misread.number):
        return
    else:
        number = f" = {ports}" if ports.is_single() else ""
        message = f"the comment gives {name} no number that can be read; write {name}{number}"
        name_span = annotation.target.annotation.name_span
        replaced = model.Span(name_span.path, name_span.end, misread.span.end)
        fix = model.Fix(
            f"write {name}{number}", model.Safety.UNSAFE, (model.Edit(replaced, number),)
        )
    yield _finding(entry, message, misread.span, fix)


def _finding(
    entry: model.Entry,
    message: str,
    span: model.Span,
    fix: model.Fix | None,
    *related: model.Related,
) -> model.Finding:
    return model.Finding(
        rule=NAME,
        severity=SEVERITY,
        message=message,
        span=span,
        entries=(model.format_name(entry.name),),
        related=(*related, model.Related("declared here", entry.value_span)),
        fix=fix,
    )


def _fix(entry: model.Entry, digits: model.Span | None, *, certain: bool) -> model.Fix | None:
    """Return the fix that writes the entry's port, where it is one number."""
    if digits is None or not entry.ports.is_single():
        return None
    safety = model.Safety.SAFE if certain else model.Safety.UNSAFE
    return model.Fix(f"write {entry.ports}", safety, (model.Edit(digits, str(entry.ports)),))
