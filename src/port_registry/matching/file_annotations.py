"""Annotations in files that several machines share, and the numbers that they cover."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from port_registry.matching import annotation_targets
from port_registry.matching.project import Project, cached_per_project
from port_registry.model import NamedTuple, Use
from port_registry.registry.lookup import EntryIndex


class FileAnnotation(NamedTuple):
    """An annotation in a file."""

    project: Project
    """The project with the registry that the comment names."""
    entries: EntryIndex
    """Those of that registry."""
    target: annotation_targets.AnnotationTarget
    uses: tuple[Use, ...]
    """The ports written by number that it covers."""

    def stale_uses(self) -> tuple[Use, ...]:
        """Return the uses whose number is meant to be the entry's and is not.

        That is the number that the comment repeats, or the only one that it can mean.
        """
        if self.target.has_stale_number():
            return tuple(use for use in self.uses if self.target.repeats(use.number))
        is_only = len(self.uses) == 1 and self.target.entry is not None
        return self.uses if is_only and not self.target.fits(self.uses[0]) else ()


@cached_per_project
def file_annotations(project: Project) -> tuple[FileAnnotation, ...]:
    """Return the annotations of all files except the registries' own.

    One that names a host's registry is looked up there.
    """
    return tuple(_file_annotations(project))


def _file_annotations(project: Project) -> Iterator[FileAnnotation]:
    paths = {part.registry.path for part in project.registries}
    of_hosts = (project._replace(registry=part.registry) for part in project.registries[1:])
    indexed = [(candidate, EntryIndex(candidate.registry)) for candidate in (project, *of_hosts)]
    for file in project.files:
        if file.path in paths or not file.annotations:
            continue
        starts = [use.span.start for use in file.uses]
        for annotation in file.annotations:
            matching = (
                pair for pair in indexed if annotation_targets.names_registry(pair[0], annotation)
            )
            named_project, index = next(matching, indexed[0])
            _, start, end = annotation.covers
            covered = file.uses[bisect_left(starts, start) : bisect_right(starts, end)]
            yield FileAnnotation(
                project=named_project,
                entries=index,
                target=annotation_targets.resolve_annotation(named_project, index, annotation),
                uses=tuple(use for use in covered if use.span.end <= end),
            )
