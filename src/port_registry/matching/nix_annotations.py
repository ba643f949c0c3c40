"""Annotations in Nix files, and the numbers that they tie to entries."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from port_registry.matching.annotation_targets import AnnotationTarget, mark, names_registry
from port_registry.matching.memoize import cached_per_project
from port_registry.matching.project import Project
from port_registry.model import Annotation
from port_registry.registry.lookup import EntryIndex
from port_registry.sources.nix.module_facts import Literal


class NixMark(NamedTuple):
    """An annotation in a Nix file."""

    view: Project
    """The project with the registry that the comment names."""
    entries: EntryIndex
    """Those of that registry."""
    mark: AnnotationTarget
    literals: tuple[Literal, ...]
    """The ports written by number under it."""

    def drifted(self) -> tuple[Literal, ...]:
        """Return the numbers that are meant to be the entry's and are not.

        That is the number that the comment repeats, or the only one that it can mean.
        """
        stale = [one for one in self.literals if self.mark.claims(one.number)]
        if self.mark.stale():
            return tuple(stale)
        alone = len(self.literals) == 1 and not self.mark.holds(self.literals[0].number)
        return self.literals if alone and self.mark.entry is not None else ()


@cached_per_project
def nix_marks(project: Project) -> tuple[NixMark, ...]:
    """Return the annotations of all Nix files but the registries' own.

    One that names a host's registry is looked up there.
    """
    return tuple(_nix_marks(project))


def _nix_marks(project: Project) -> Iterator[NixMark]:
    paths = {part.registry.path for part in project.fleet.parts}
    views = [
        project,
        *(project._replace(registry=part.registry) for part in project.fleet.parts[1:]),
    ]
    known = [(view, EntryIndex(view.registry)) for view in views]
    for module in project.fleet.modules:
        if module.path in paths or not module.annotations:
            continue
        starts = [literal.span.start for literal in module.literals]
        for annotation in module.annotations:
            named = (pair for pair in known if names_registry(pair[0], annotation))
            view, index = next(named, known[0])
            first = bisect_left(starts, annotation.covers.start)
            last = bisect_right(starts, annotation.covers.end)
            under = (one for one in module.literals[first:last] if _is_under(one, annotation))
            yield NixMark(view, index, mark(view, index, annotation), tuple(under))


def _is_under(literal: Literal, annotation: Annotation) -> bool:
    return literal.span.end <= annotation.covers.end
