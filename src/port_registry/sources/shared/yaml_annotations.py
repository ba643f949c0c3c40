"""Comments in YAML that tie numbers to entries."""

from collections.abc import Callable, Iterator

from port_registry.languages.provenance import SourceMap
from port_registry.languages.yaml import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    YamlComment,
    YamlDocument,
    resolve_alias,
)
from port_registry.model import Annotation, Span
from port_registry.sources.shared.annotations import AnnotationText, Thing, Things, said_in


def annotations_in(
    document: YamlDocument, text: str, top: str, origin: SourceMap | None = None
) -> Iterator[Annotation]:
    """Yield the annotations among the comments of `document`, which `text` was parsed into.

    The services are what the key `top` at the outermost level holds. `origin` says where the
    text comes from, if that is elsewhere.
    """
    found = [
        (comment, said)
        for comment in document.comments
        if (said := said_in(comment.text)) is not None
    ]
    if not found:
        return

    def column(at: int) -> int:
        return at - text.rfind("\n", 0, at) - 1

    things = Things(text, _things(document.root, top, column))
    for comment, said in found:
        start = comment.span.start
        alone = comment.own_line
        covered = things.below(start, comment.column) if alone else things.beside(start)
        yield _annotation(comment, said, covered, origin)


def _annotation(
    comment: YamlComment, said: AnnotationText, covered: Thing | None, origin: SourceMap | None
) -> Annotation:
    def real(span: Span) -> Span:
        return span if origin is None else origin.span(span)

    def place(at: tuple[int, int]) -> Span:
        start = comment.span.start
        return real(Span(comment.span.path, start + at[0], start + at[1]))

    return Annotation(
        said.name,
        said.registry,
        said.number,
        "" if covered is None else covered.process,
        place(said.name_at),
        None if said.digits_at is None else place(said.digits_at),
        real(comment.span),
        real(comment.span if covered is None else covered.span),
    )


def _things(root: Node | None, top: str, column: Callable[[int], int]) -> Iterator[Thing]:
    """Yield every pair and item that is written in the document, once."""
    open_nodes: list[tuple[Node, str, int, Thing | None]] = []
    if root is not None:
        open_nodes.append((root, "", 0, None))
    while open_nodes:
        node, process, depth, parent = open_nodes.pop()
        if isinstance(node, Mapping):
            for pair in node.pairs:
                key = resolve_alias(pair.key)
                name = key.value if isinstance(key, Scalar) else ""
                owner = process
                inside = depth
                if depth == 0:
                    inside = 1 if name == top else 2
                elif depth == 1:
                    owner, inside = name, 2
                thing = Thing(pair.span, owner, column(pair.span.start), parent)
                yield thing
                open_nodes.append((pair.value, owner, inside, thing))
        elif isinstance(node, Sequence):
            for item in node.items:
                thing = Thing(item.span, process, column(item.span.start), parent)
                yield thing
                open_nodes.append((item, process, 2, thing))
