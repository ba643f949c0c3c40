"""Comments that name an entry, with the registry that they name it of."""

from collections.abc import Iterator

from port_registry.matching.annotation_links import annotated_stacks
from port_registry.matching.annotation_targets import AnnotationTarget
from port_registry.matching.nix_annotations import nix_marks
from port_registry.matching.project import Project
from port_registry.model import Span


def marks_of(project: Project) -> Iterator[tuple[str, AnnotationTarget]]:
    """Yield every annotation that names an entry, with its registry's path, once each."""
    seen: set[Span] = set()
    found = [
        *((project.registry.path, one) for ties in annotated_stacks(project) for one in ties.marks),
        *((nix.view.registry.path, nix.mark) for nix in nix_marks(project)),
    ]
    for path, one in found:
        if one.entry is not None and one.annotation.span not in seen:
            seen.add(one.annotation.span)
            yield path, one
