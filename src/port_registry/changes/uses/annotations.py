"""Comments that name an entry, with the registry that they name it of."""

from collections.abc import Iterator

from port_registry.matching.annotated_machines import annotated_machines
from port_registry.matching.annotation_targets import AnnotationTarget
from port_registry.matching.file_annotations import file_annotations
from port_registry.matching.project import Project
from port_registry.model import Span


def marks_of(project: Project) -> Iterator[tuple[str, AnnotationTarget]]:
    """Yield every annotation that names an entry, with its registry's path, once each."""
    seen: set[Span] = set()
    found = [
        *(
            (project.registry.path, one)
            for ties in annotated_machines(project)
            for one in ties.targets
        ),
        *((one.project.registry.path, one.target) for one in file_annotations(project)),
    ]
    for path, one in found:
        if one.entry is not None and one.annotation.span not in seen:
            seen.add(one.annotation.span)
            yield path, one
