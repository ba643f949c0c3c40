"""Comments in environment files that tie numbers to entries."""

from collections.abc import Iterable, Iterator

from port_registry.languages import dotenv
from port_registry.languages.dotenv import EnvDocument
from port_registry.model import Annotation, Reader, Source, SourceError, Span, Use
from port_registry.sources.shared.annotations import AnnotationText, Thing, Things, said_in


def annotations_in(source: Source, document: EnvDocument) -> Iterator[Annotation]:
    """Yield the annotations among the comments of an environment file.

    One at the end of a line covers its variable, one above lines the next variable.
    """
    found = [
        (comment, said)
        for comment in document.comments
        if (said := said_in(source.slice(comment))) is not None
    ]
    if not found:
        return
    things = Things(source.text, (Thing(item.span, "", 0, None) for item in document.assignments))
    for comment, said in found:
        line = source.text.rfind("\n", 0, comment.start) + 1
        alone = not source.text[line : comment.start].strip(" \t\ufeff")
        covered = things.below(comment.start, 0) if alone else things.beside(comment.start)
        yield _annotation(comment, said, covered)


def annotations_over(
    reader: Reader, uses: Iterable[Use], files: Iterable[str]
) -> Iterator[Annotation]:
    """Yield the annotations over numbers that are in environment files.

    A machine made of `files` takes numbers out of other files by their variables, and what
    ties them there counts for it too.
    """
    own = set(files)
    places: dict[str, list[Span]] = {}
    for use in uses:
        place = use.shown
        if place.path and place.path not in own:
            places.setdefault(place.path, []).append(place)
    for path, spans in places.items():
        try:
            source = reader.read(path)
        except SourceError:
            continue
        if "#" in source.text:
            for annotation in annotations_in(source, dotenv.read_leniently(source)):
                if any(covers(annotation, span) for span in spans):
                    yield annotation


def covers(annotation: Annotation, place: Span) -> bool:
    """Return whether the number at `place` is under `annotation`."""
    covered = annotation.covers
    return covered.path == place.path and covered.start <= place.start < covered.end


def _annotation(comment: Span, said: AnnotationText, covered: Thing | None) -> Annotation:
    def place(at: tuple[int, int]) -> Span:
        return Span(comment.path, comment.start + at[0], comment.start + at[1])

    return Annotation(
        name=said.name,
        registry=said.registry,
        number=said.number,
        service="",
        name_span=place(said.name_at),
        digits=None if said.digits_at is None else place(said.digits_at),
        span=comment,
        covers=comment if covered is None else covered.span,
    )
