"""Annotations in files of several machines, and the numbers that they tie to entries."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from port_registry.matching.annotation_targets import AnnotationTarget, mark, names_registry
from port_registry.matching.memoize import cached_per_project
from port_registry.matching.project import Project
from port_registry.model import Annotation, Use
from port_registry.registry.lookup import EntryIndex


class FileAnnotation(NamedTuple):
    """An annotation in a file."""

    view: Project
    """The project with the registry that the comment names."""
    entries: EntryIndex
    """Those of that registry."""
    mark: AnnotationTarget
    uses: tuple[Use, ...]
    """The ports written by number under it."""

    def drifted(self) -> tuple[Use, ...]:
        """Return the numbers that are meant to be the entry's and are not.

        That is the number that the comment repeats, or the only one that it can mean.
        """
        stale = [one for one in self.uses if self.mark.claims(one.number)]
        if self.mark.stale():
            return tuple(stale)
        alone = len(self.uses) == 1 and not self.mark.holds(self.uses[0].number)
        return self.uses if alone and self.mark.entry is not None else ()


@cached_per_project
def file_annotations(project: Project) -> tuple[FileAnnotation, ...]:
    """Return the annotations of all files but the registries' own.

    One that names a host's registry is looked up there.
    """
    return tuple(_file_annotations(project))


def _file_annotations(project: Project) -> Iterator[FileAnnotation]:
    paths = {part.registry.path for part in project.registries}
    views = [
        project,
        *(project._replace(registry=part.registry) for part in project.registries[1:]),
    ]
    known = [(view, EntryIndex(view.registry)) for view in views]
    for file in project.files:
        if file.path in paths or not file.annotations:
            continue
        starts = [literal.span.start for literal in file.uses]
        for annotation in file.annotations:
            named = (pair for pair in known if names_registry(pair[0], annotation))
            view, index = next(named, known[0])
            first = bisect_left(starts, annotation.covers.start)
            last = bisect_right(starts, annotation.covers.end)
            under = (one for one in file.uses[first:last] if _is_under(one, annotation))
            yield FileAnnotation(view, index, mark(view, index, annotation), tuple(under))


def _is_under(use: Use, annotation: Annotation) -> bool:
    return use.span.end <= annotation.covers.end
