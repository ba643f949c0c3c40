"""A number that an annotation ties to an entry is not the entry's port."""

from collections.abc import Collection, Iterator

from port_registry import model
from port_registry.matching import service_affinity
from port_registry.matching.annotated_machines import AnnotatedMachine, annotated_machines
from port_registry.matching.annotation_links import AnnotationLink
from port_registry.matching.annotation_targets import AnnotationTarget
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

    target: AnnotationTarget
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
    stale_links: dict[int, list[AnnotationLink]] = {}
    for link in annotated.links.values():
        if link.stale:
            stale_links.setdefault(id(link.target), []).append(link)
    for target in annotated.targets:
        links = stale_links.get(id(target), [])
        if target.entry is None or _is_wrong_service(target.entry, links):
            continue
        own = [link for link in links if target.annotation.service in link.site.services()]
        noun = annotated.machine.kind.service_noun
        yield _EntryAnnotation(
            target=target,
            entry=target.entry,
            certain=all(link.certain for link in own),
            stale=tuple(_stale_number(link, noun) for link in links),
        )


def _stale_number(link: AnnotationLink, noun: str) -> _StaleNumber:
    use = link.site.uses[0]
    return _StaleNumber(use, f"{noun} {use.service}" if use.service else "", link.certain)


def _in_file(annotation: FileAnnotation) -> Iterator[_EntryAnnotation]:
    target = annotation.target
    if target.entry is not None:
        stale = (
            _StaleNumber(use, "", target.repeats(use.number)) for use in annotation.stale_uses()
        )
        yield _EntryAnnotation(target, target.entry, certain=True, stale=tuple(stale))


def _is_wrong_service(entry: model.Entry, links: list[AnnotationLink]) -> bool:
    """Return whether the comment gives a service the entry of another one."""
    return any(
        use.role in model.TAKES and service_affinity.conflicts(entry, use.program)
        for link in links
        for use in link.site.uses
    )


def _findings(annotation: _EntryAnnotation) -> Iterator[model.Finding]:
    digits = annotation.target.annotation.digits
    if annotation.target.has_stale_number() and digits is not None:
        yield _comment_finding(annotation, digits)
    for number in annotation.stale:
        yield _number_finding(annotation, number)


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
    yield model.Finding(
        rule=NAME,
        severity=SEVERITY,
        message=message,
        span=misread.span,
        entries=(name,),
        related=(model.Related("declared here", entry.value_span),),
        fix=fix,
    )


def _comment_finding(annotation: _EntryAnnotation, digits: model.Span) -> model.Finding:
    """Return the finding for the stale number that a comment repeats."""
    entry = annotation.entry
    name = model.format_name(entry.name)
    return model.Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"the comment says {name} = {annotation.target.annotation.number},"
        f" the registry says {entry.endpoint.ports}",
        span=digits,
        entries=(name,),
        related=(model.Related("declared here", entry.value_span),),
        fix=_fix(entry, digits, certain=annotation.certain),
    )


def _number_finding(annotation: _EntryAnnotation, number: _StaleNumber) -> model.Finding:
    """Return the finding for a stale number that an annotation ties to an entry."""
    entry, use = annotation.entry, number.use
    name = model.format_name(entry.name)
    place = f"{number.owner} has" if number.owner else "here is"
    return model.Finding(
        rule=NAME,
        severity=SEVERITY,
        message=f"{place} {use.numbers} for {name},"
        f" which is {entry.endpoint.ports} in the registry",
        span=use.shown,
        entries=(name,),
        related=(
            model.Related("tied to the entry here", annotation.target.annotation.span),
            model.Related("declared here", entry.value_span),
        ),
        fix=_fix(entry, use.digits, certain=number.certain),
    )


def _fix(entry: model.Entry, digits: model.Span | None, *, certain: bool) -> model.Fix | None:
    """Return the fix that writes the entry's port, where it is one number."""
    ports = entry.endpoint.ports
    if digits is None or not ports.is_single():
        return None
    safety = model.Safety.SAFE if certain else model.Safety.UNSAFE
    return model.Fix(f"write {ports}", safety, (model.Edit(digits, str(ports)),))
