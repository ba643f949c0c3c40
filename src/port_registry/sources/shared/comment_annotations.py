"""Annotations in the comments of files whose statements do not nest."""

from collections.abc import Iterable, Iterator

from port_registry.model import Annotation, Source, Span
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
        yield _annotation(comment, annotation, covered)


def _annotation(
    comment: Span, text: annotations.AnnotationText, covered: annotations.AnnotatableNode | None
) -> Annotation:
    def span_of(interval: tuple[int, int]) -> Span:
        return Span(comment.path, comment.start + interval[0], comment.start + interval[1])

    return Annotation(
        name=text.name,
        registry=text.registry,
        number=text.number,
        service="",
        name_span=span_of(text.name_range),
        digits=None if text.digits_range is None else span_of(text.digits_range),
        span=comment,
        covers=comment if covered is None else covered.span,
        misread=text.misread_part(span_of),
    )
