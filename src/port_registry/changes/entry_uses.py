"""Uses of an entry: all places that refer to it, name it or have its number."""

from collections.abc import Iterable, Iterator

from port_registry import model
from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.annotation_targets import AnnotationTarget
from port_registry.matching.entry_matches import MatchedUse, matched_uses
from port_registry.matching.file_annotations import file_annotations
from port_registry.matching.named_references import named_references
from port_registry.matching.project import Project
from port_registry.matching.unannotated_uses import unannotated_uses
from port_registry.project.gather import Gathered


def uses_of_entry(gathered: Gathered, name: model.Name) -> tuple[model.EntryUse, ...]:
    """Return the places that use the entry `name`, by path and place, each once.

    An entry that hosts put their own over is one entry.
    """
    by_span: dict[model.Span, model.EntryUse] = {}
    for use in (*_references(gathered, name), *_numbers(gathered.project, name)):
        by_span.setdefault(use.span, use)
    return tuple(sorted(by_span.values(), key=lambda use: use.span))


def _references(gathered: Gathered, name: model.Name) -> Iterator[model.EntryUse]:
    for reading in gathered.readings:
        if reading.references_to is not None:
            yield from reading.references_to.uses_of(name)
    for use in uses_outside_hosts(gathered.project.machines):
        if use.entry == name:
            yield model.EntryUse(use.span, model.UseForm.REFERENCE)


def _numbers(project: Project, name: model.Name) -> Iterator[model.EntryUse]:
    for _, target in entry_annotations(project):
        if target.entry is not None and target.entry.name == name:
            yield model.EntryUse(target.annotation.name_span, model.UseForm.ANNOTATION)
    for part in project.registries:
        for tied in tied_numbers(project, part.registry.path, name):
            yield model.EntryUse(tied.span, model.UseForm.NUMBER)
        for span in loose_numbers(project, part.registry.path, name):
            yield model.EntryUse(span, model.UseForm.LOOSE)


def uses_outside_hosts(machines: Iterable[model.Machine]) -> Iterator[model.Use]:
    """Yield the uses on machines that are not hosts."""
    for machine in machines:
        if machine.kind is not model.MachineKind.HOST:
            yield from machine.uses()


def entry_annotations(project: Project) -> Iterator[tuple[str, AnnotationTarget]]:
    """Yield every annotation that names an entry, with its registry's path, once each."""
    seen: set[model.Span] = set()
    targets = [
        *(
            (project.registry.path, target)
            for annotated in annotated_machines(project)
            for target in annotated.targets
        ),
        *(
            (annotation.project.registry.path, annotation.target)
            for annotation in file_annotations(project)
        ),
    ]
    for path, target in targets:
        if target.entry is not None and target.annotation.span not in seen:
            seen.add(target.annotation.span)
            yield path, target


class TiedNumber(model.NamedTuple):
    """A number that is tied to the entry."""

    number: int
    span: model.Span
    digits: model.Span | None


def tied_numbers(project: Project, registry: str, name: model.Name) -> Iterator[TiedNumber]:
    """Yield the numbers, except those in comments, that surely are the port of the entry `name`.

    A number that is stale already is not.
    """
    if registry == project.registry.path:
        for annotated in annotated_machines(project):
            for link in annotated.links.values():
                if _is_entry(link.target.entry, name) and not link.stale:
                    yield TiedNumber(link.site.number, link.site.span, link.site.digits)
    yield from _annotated_in_files(project, registry, name)
    for match in _matches(project, registry, name):
        if match.is_certain() and match.use.number == match.use.last:
            yield TiedNumber(match.use.number, match.use.span, match.use.digits)
    yield from _fallbacks(project, registry, name)


def repeated_numbers(project: Project, registry: str, name: model.Name) -> Iterator[TiedNumber]:
    """Yield the numbers that comments repeat, except those that are stale."""
    for path, target in entry_annotations(project):
        number, digits = target.annotation.number, target.annotation.digits
        if number is None or digits is None or target.has_stale_number():
            continue
        if path == registry and _is_entry(target.entry, name):
            yield TiedNumber(number, digits, digits)


def loose_numbers(project: Project, registry: str, name: model.Name) -> Iterator[model.Span]:
    """Yield the numbers that may be the port of the entry `name`, and that nothing ties to it."""
    if registry == project.registry.path:
        for annotated in annotated_machines(project):
            for unannotated in unannotated_uses(project, annotated):
                if any(entry.name == name for entry in unannotated.entries):
                    yield from (site.span for site in unannotated.sites)
    for match in _matches(project, registry, name):
        if not match.is_certain() or match.use.number != match.use.last:
            yield match.use.shown


def _annotated_in_files(project: Project, registry: str, name: model.Name) -> Iterator[TiedNumber]:
    for annotation in file_annotations(project):
        target = annotation.target
        if not _is_entry(target.entry, name) or annotation.project.registry.path != registry:
            continue
        for use in annotation.uses:
            if target.holds(use.number) and use.number == use.last:
                yield TiedNumber(use.number, use.span, use.digits)


def _fallbacks(project: Project, registry: str, name: model.Name) -> Iterator[TiedNumber]:
    """Yield the fallbacks of references to the entry that have its number."""
    for named in named_references(project):
        fallback, entry = named.reference.fallback, named.entry
        if fallback is None or entry is None or entry.name != name:
            continue
        ports = entry.endpoint.ports
        is_equal = ports.first == ports.last == fallback.value
        if is_equal and named.registry.path == registry:
            yield TiedNumber(fallback.value, fallback.span, fallback.span)


def _matches(project: Project, registry: str, name: model.Name) -> Iterator[MatchedUse]:
    """Yield the numbers in files that mean the entry and no other."""
    for match in matched_uses(project):
        best = match.best_match()
        if best is None or best.entry.name != name:
            continue
        if project.registries[best.registry_index].registry.path == registry:
            yield match


def _is_entry(entry: model.Entry | None, name: model.Name) -> bool:
    return entry is not None and entry.name == name
