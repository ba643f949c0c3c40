"""Reader of the facts of one Nix file."""

from collections.abc import Iterator, Sequence

from port_registry.languages.nix import tree
from port_registry.languages.nix.parse import parse
from port_registry.model import Source, Span
from port_registry.sources.nix.annotations import annotations_of
from port_registry.sources.nix.collector import Binder, Collector
from port_registry.sources.nix.let_insertion import insertion_point_in
from port_registry.sources.nix.module_facts import Module, Priority, ScopedAlias
from port_registry.sources.nix.name_resolver import NameResolver
from port_registry.sources.nix.scopes import NameScope
from port_registry.sources.nix.visit_context import CollectMode, ParentKind, VisitContext
from port_registry.sources.nix.walk import walk


def read_module(source: Source) -> Module | None:
    """Return the facts of the Nix file `source`; None where it has none, or is not valid."""
    file = parse(source)
    if file.root is None or file.errors:
        return None
    collector = Collector(NameResolver(source.path.rpartition("/")[0]))
    mode = CollectMode(
        takes_definitions=True,
        takes_references=True,
        let_binding="",
        in_default=False,
        replacements=0,
    )
    context = VisitContext(
        NameScope(None),
        (),
        (),
        Priority.NORMAL,
        None,
        file.root.span,
        ParentKind.NOTHING,
        may_be_module=True,
        mode=mode,
    )
    walk(collector, file.root, context)
    module = Module(
        source.path,
        _parameters(file.root),
        tuple(sorted(collector.definitions, key=lambda one: one.span.start)),
        tuple(sorted(collector.options, key=lambda one: one.span.start)),
        collector.references(),
        tuple(sorted(collector.literals, key=lambda one: one.span.start)),
        aliases_of(collector.binders),
        collector.paths(),
        tuple(collector.passed_arguments),
        annotations_of(file, source),
        insertion_point_in(file, source),
    )
    says = (
        module.definitions or module.options or module.references or module.literals
        or module.paths or module.passed_arguments or module.annotations
    )  # fmt: skip
    return module if says else None


def _parameters(root: tree.Node) -> tuple[str, ...]:
    """Return the names that the file's function takes from its argument."""
    if not isinstance(root, tree.LambdaExpression) or root.formals is None:
        return ()
    return tuple(formal.name for formal in root.formals.formals)


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
