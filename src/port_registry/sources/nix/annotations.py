"""Annotations in Nix files: comments that tie numbers to entries."""

from collections.abc import Iterator
from functools import partial

from port_registry.languages.nix.tree import File, Let, ListLiteral, Node, Set, child_nodes
from port_registry.model import Annotation, Source, Span
from port_registry.sources.shared import annotations


def annotations_of(file: File, source: Source) -> tuple[Annotation, ...]:
    """Return the annotations among the comments of `file`."""
    found = [
        (comment, said)
        for comment in file.comments
        if (said := annotations.parse_annotation(comment.text)) is not None
    ]
    if not found or file.root is None:
        return ()
    things = annotations.AnnotatableNodes(source.text, _things(file.root, source))
    made: list[Annotation] = []
    for comment, said in found:
        start = comment.span.start
        line = source.text.rfind("\n", 0, start) + 1
        if source.text[line:start].strip():
            covered = things.on_line(start)
        else:
            covered = things.below(start, start - line)
        made.append(
            Annotation(
                said.name,
                said.registry,
                said.number,
                "",
                _inside(comment.span, said.name_range),
                None if said.digits_range is None else _inside(comment.span, said.digits_range),
                comment.span,
                comment.span if covered is None else covered.span,
                said.misread_part(partial(_inside, comment.span)),
            )
        )
    return tuple(made)


def _inside(span: Span, at: tuple[int, int]) -> Span:
    return Span(span.path, span.start + at[0], span.start + at[1])


def _things(root: Node, source: Source) -> Iterator[annotations.AnnotatableNode]:
    """Yield every binding and list item, each with the one around it."""
    pending: list[tuple[Node, annotations.AnnotatableNode | None]] = [(root, None)]
    while pending:
        node, parent = pending.pop()
        if isinstance(node, Let):
            pending.append((node.bindings, parent))
            pending.append((node.body, parent))
        elif isinstance(node, Set):
            written = [(one.span, one.node) for one in node.definitions.values()]
            written.extend((one.span, one.node) for one in node.dynamic)
            for span, value in written:
                thing = _thing(span, parent, source)
                yield thing
                pending.append((value, thing))
        elif isinstance(node, ListLiteral):
            for item in node.items:
                thing = _thing(item.span, parent, source)
                yield thing
                pending.append((item, thing))
        else:
            pending.extend((inner, parent) for inner in child_nodes(node))


def _thing(
    span: Span, parent: annotations.AnnotatableNode | None, source: Source
) -> annotations.AnnotatableNode:
    column = span.start - source.text.rfind("\n", 0, span.start) - 1
    return annotations.AnnotatableNode(span, "", column, parent)
