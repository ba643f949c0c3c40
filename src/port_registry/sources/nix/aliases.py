"""Names for chains, and the parts of a file in which they have that meaning."""

from collections.abc import Iterator, Sequence

from port_registry.model import Span
from port_registry.sources.nix.collected_facts import Binder
from port_registry.sources.nix.module_facts import ScopedAlias


def aliases_of(binders: Sequence[Binder]) -> tuple[ScopedAlias, ...]:
    """Return the names of chains, once for each part of the file where nothing rebinds them."""
    by_name: dict[str, list[Binder]] = {}
    for binder in binders:
        by_name.setdefault(binder.name, []).append(binder)
    found: list[ScopedAlias] = []
    for same in by_name.values():
        if any(binder.chain is not None for binder in same):
            same.sort(key=lambda binder: (binder.span.start, -binder.span.end))
            found.extend(_handles(same))
    return tuple(sorted(found, key=lambda handle: (handle.scope.start, handle.name)))


def _handles(binders: Sequence[Binder]) -> Iterator[ScopedAlias]:
    """Yield the parts of nested scopes that bind one name, in the order of their starts."""
    above: list[Binder] = []
    at = 0
    for binder in (*binders, None):
        start = None if binder is None else binder.span.start
        while above and (start is None or above[-1].span.end <= start):
            inner = above.pop()
            yield from _stretch(inner, at, inner.span.end)
            at = inner.span.end
        if binder is not None:
            if above:
                yield from _stretch(above[-1], at, binder.span.start)
            above.append(binder)
            at = binder.span.start


def _stretch(binder: Binder, start: int, end: int) -> Iterator[ScopedAlias]:
    if binder.chain is not None and start < end:
        yield ScopedAlias(binder.name, binder.chain, Span(binder.span.path, start, end))
