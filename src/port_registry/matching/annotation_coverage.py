"""Coverage of annotations: which of them are above a number, and how closely."""

from collections.abc import Iterable, Iterator, Sequence

from port_registry.matching.annotation_targets import AnnotationTarget
from port_registry.matching.use_sites import SiteKey, UseSite


def covering_targets(
    targets: Iterable[AnnotationTarget], sites: Iterable[UseSite]
) -> dict[SiteKey, list[AnnotationTarget]]:
    """Return the targets above each site, the narrowest first.

    What targets cover are nodes of a tree, so one walk from front to back finds them.
    """
    starts = sorted(targets, key=lambda target: (target.annotation.covers[:2], -_width(target)))
    ordered = sorted(sites, key=lambda site: site.span)
    covering: dict[SiteKey, list[AnnotationTarget]] = {}
    above: list[AnnotationTarget] = []
    position = 0
    for site in ordered:
        path, start, end = site.span
        while position < len(starts) and starts[position].annotation.covers[:2] <= (path, start):
            above.append(starts[position])
            position += 1
        above = [
            target
            for target in above
            if target.annotation.covers.path == path and target.annotation.covers.end >= end
        ]
        if above:
            covering[site.key] = sorted(above, key=_width)
    return covering


def tiers(covering: Sequence[AnnotationTarget]) -> Iterator[Sequence[AnnotationTarget]]:
    """Yield the targets above a site, grouped by the width of what they cover.

    The nearest come first; `covering` has them in that order.
    """
    start = 0
    while start < len(covering):
        end = start
        while end < len(covering) and _width(covering[end]) == _width(covering[start]):
            end += 1
        yield covering[start:end]
        start = end


def _width(target: AnnotationTarget) -> int:
    return target.annotation.covers.end - target.annotation.covers.start
