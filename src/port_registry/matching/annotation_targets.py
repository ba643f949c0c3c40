"""Targets of annotations: the entries that they name."""

import posixpath
from enum import Enum

from port_registry.matching.project import Project
from port_registry.model import Annotation, Entry, Name, NamedTuple, Use
from port_registry.registry.lookup import EntryIndex


class AnnotationStatus(Enum):
    """Whether an annotation's name leads to an entry."""

    KNOWN = "known"
    """It names an entry."""
    UNSURE = "unsure"
    """It names a place in the registry whose value is not known, or is not a valid port."""
    MISSING = "missing"
    """The registry has no such entry."""
    FOREIGN = "foreign"
    """It names another registry, a file of the project that is not the one being checked."""


class AnnotationTarget(NamedTuple):
    """An annotation and the entry that it names."""

    annotation: Annotation
    status: AnnotationStatus
    entry: Entry | None
    """None unless `status` is KNOWN."""

    def repeats(self, number: int) -> bool:
        """Return whether the comment repeats `number`."""
        return self.annotation.number == number

    def holds(self, number: int) -> bool:
        """Return whether `number` is a port of the entry."""
        return self.entry is not None and self.entry.ports.holds(number)

    def fits(self, use: Use) -> bool:
        """Return whether `use` is the entry's: one of its ports, or exactly its range."""
        if use.last == use.number:
            return self.holds(use.number)
        return self.entry is not None and use.ports == self.entry.endpoint.ports

    def has_stale_number(self) -> bool:
        """Return whether the comment repeats a number that is not the entry's."""
        number = self.annotation.number
        return self.entry is not None and number is not None and not self.holds(number)


def resolve_annotation(
    project: Project, index: EntryIndex, annotation: Annotation
) -> AnnotationTarget:
    """Return `annotation` with the entry that it names."""
    if not names_registry(project, annotation) and any(
        project.reader.exists(path) for path in _possible_paths(annotation)
    ):
        return AnnotationTarget(annotation, AnnotationStatus.FOREIGN, None)
    entry = index.named(annotation.name)
    if entry is not None:
        return AnnotationTarget(annotation, AnnotationStatus.KNOWN, entry)
    is_unsure = _is_unsure(project, annotation.name)
    status = AnnotationStatus.UNSURE if is_unsure else AnnotationStatus.MISSING
    return AnnotationTarget(annotation, status, None)


def names_registry(project: Project, annotation: Annotation) -> bool:
    """Return whether the path in `annotation` can be read as the registry's.

    It may start at the project's root, at the annotated file, or at some folder between.
    """
    registry = project.registry.path
    return any(
        path == registry or registry.endswith(f"/{path}") for path in _possible_paths(annotation)
    )


def _possible_paths(annotation: Annotation) -> tuple[str, str]:
    """Return the path in `annotation` as seen from the root and from its file."""
    folder = posixpath.dirname(annotation.span.path)
    return (
        posixpath.normpath(annotation.registry),
        posixpath.normpath(posixpath.join(folder, annotation.registry)),
    )


def _is_unsure(project: Project, name: Name) -> bool:
    """Return whether the registry has something else than an entry at `name`, or above it."""
    return any(leaf.name == name for leaf in project.registry.invalid_leaves) or any(
        name[: len(unknown.name)] == unknown.name for unknown in project.registry.unknown
    )
