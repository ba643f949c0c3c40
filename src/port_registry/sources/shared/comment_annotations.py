"""Annotations in the comments of environment files, and others whose statements do not nest."""

from collections.abc import Iterable, Iterator

from port_registry.languages.dotenv import EnvDocument, parse_leniently
from port_registry.model import Annotation, Reader, Source, SourceError, Span, Use
from port_registry.sources.shared import annotations


def comment_annotations(
    source: Source, comments: Iterable[Span], statements: Iterable[Span]
) -> Iterator[Annotation]:
    """Yield the annotations among `comments`, the spans of which begin with their sign.

    A comment at the end of a line covers the statement there; one alone on its line covers
    the next statement.
    """
    parsed = [
        (comment, annotation)
        for comment in comments
        if (annotation := annotations.parse_annotation(source.slice(comment))) is not None
    ]
    if not parsed:
        return
    nodes = annotations.AnnotatableNodes(
        source.text, (annotations.AnnotatableNode(span, "", 0, None) for span in statements)
    )
    for comment, annotation in parsed:
        line_start = source.text.rfind("\n", 0, comment.start) + 1
        is_alone = not source.text[line_start : comment.start].strip(" \t\ufeff")
        covered = nodes.below(comment.start, 0) if is_alone else nodes.on_line(comment.start)
        yield annotations.annotation_in(comment, annotation, covered)


def annotations_in(source: Source, document: EnvDocument) -> Iterator[Annotation]:
    """Return the annotations among the comments of an environment file."""
    statements = (assignment.span for assignment in document.assignments)
    return comment_annotations(source, document.comments, statements)


def annotations_over(
    reader: Reader, uses: Iterable[Use], files: Iterable[str]
) -> Iterator[Annotation]:
    """Yield the annotations of numbers that are in environment files.

    A machine made of `files` takes numbers out of other files by their variables, and the
    annotations there count for it as well.
    """
    own = set(files)
    spans_by_path: dict[str, list[Span]] = {}
    for use in uses:
        span = use.shown
        if span.path and span.path not in own:
            spans_by_path.setdefault(span.path, []).append(span)
    for path, spans in spans_by_path.items():
        try:
            source = reader.read(path)
        except SourceError:
            continue
        if "#" in source.text:
            for annotation in annotations_in(source, parse_leniently(source)):
                if any(covers(annotation, span) for span in spans):
                    yield annotation


def covers(annotation: Annotation, span: Span) -> bool:
    """Return whether `annotation` covers the number at `span`."""
    covered = annotation.covers
    return covered.path == span.path and covered.start <= span.start < covered.end
