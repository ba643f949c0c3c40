"""Annotations in the comments of YAML files."""

from collections.abc import Callable, Iterator

from port_registry.languages import provenance, yaml
from port_registry.model import Annotation
from port_registry.sources.shared import annotations


def annotations_in(
    document: yaml.YamlDocument, text: str, top: str, source_map: provenance.SourceMap | None = None
) -> Iterator[Annotation]:
    """Yield the annotations among the comments of `document`, which `text` was parsed into.

    The services are the keys below the outermost key `top`. `source_map` traces the text to
    its sources, if it is not the file's own.
    """
    parsed = [
        (comment, annotation)
        for comment in document.comments
        if (annotation := annotations.parse_annotation(comment.text)) is not None
    ]
    if not parsed:
        return

    def column(offset: int) -> int:
        return offset - text.rfind("\n", 0, offset) - 1

    nodes = annotations.AnnotatableNodes(text, _annotatable_nodes(document.root, top, column))
    for comment, annotation in parsed:
        start = comment.span.start
        is_alone = comment.own_line
        covered = nodes.below(start, comment.column) if is_alone else nodes.on_line(start)
        yield annotations.annotation_in(comment.span, annotation, covered, source_map)


def _annotatable_nodes(
    root: yaml.Node | None, top: str, column: Callable[[int], int]
) -> Iterator[annotations.AnnotatableNode]:
    """Yield every pair and item that is written in the document, once."""
    open_nodes: list[tuple[yaml.Node, str, int, annotations.AnnotatableNode | None]] = []
    if root is not None:
        open_nodes.append((root, "", 0, None))
    while open_nodes:
        node, service, depth, parent = open_nodes.pop()
        if isinstance(node, yaml.Mapping):
            for pair in node.pairs:
                key = yaml.resolve_alias(pair.key)
                name = key.value if isinstance(key, yaml.Scalar) else ""
                pair_service = name if depth == 1 else service
                inner_depth = 1 if depth == 0 and name == top else 2
                annotatable = annotations.AnnotatableNode(
                    pair.span, pair_service, column(pair.span.start), parent
                )
                yield annotatable
                open_nodes.append((pair.value, pair_service, inner_depth, annotatable))
        elif isinstance(node, yaml.Sequence):
            for item in node.items:
                annotatable = annotations.AnnotatableNode(
                    item.span, service, column(item.span.start), parent
                )
                yield annotatable
                open_nodes.append((item, service, 2, annotatable))
