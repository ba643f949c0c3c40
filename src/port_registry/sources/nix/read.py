"""One Nix file in, what it says of ports out."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.parse import parse
from port_registry.model import Source
from port_registry.sources.nix.aliases import handles_of
from port_registry.sources.nix.annotations import annotations_of
from port_registry.sources.nix.collector import Collector
from port_registry.sources.nix.let_insertion import place_in
from port_registry.sources.nix.module_facts import Module, Priority
from port_registry.sources.nix.name_resolver import Follower
from port_registry.sources.nix.paths import folder_of
from port_registry.sources.nix.scopes import NameScope
from port_registry.sources.nix.visit_context import CollectMode, ParentKind, VisitContext
from port_registry.sources.nix.walk import walk


def read_module(source: Source) -> Module | None:
    """Return what the Nix file `source` says; None where that is nothing, or no Nix."""
    file = parse(source)
    if file.root is None or file.errors:
        return None
    desk = Collector(Follower(folder_of(source.path)))
    manner = CollectMode(says=True, notes=True, local="", declared=False, depth=0)
    spot = VisitContext(
        NameScope(None),
        (),
        (),
        Priority.NORMAL,
        None,
        file.root.span,
        ParentKind.NOTHING,
        fresh=True,
        manner=manner,
    )
    walk(desk, file.root, spot)
    taken = desk.taken
    module = Module(
        source.path,
        _parameters(file.root),
        tuple(sorted(taken.definitions, key=lambda one: one.span.start)),
        tuple(sorted(taken.options, key=lambda one: one.span.start)),
        taken.references(),
        tuple(sorted(taken.literals, key=lambda one: one.span.start)),
        handles_of(taken.binders),
        taken.paths(),
        tuple(taken.handed),
        annotations_of(file, source),
        place_in(file, source),
    )
    says = (
        module.definitions or module.options or module.references or module.literals
        or module.paths or module.handed or module.annotations
    )  # fmt: skip
    return module if says else None


def _parameters(root: tree.Node) -> tuple[str, ...]:
    """Return the names that the file's function takes out of its argument."""
    if not isinstance(root, tree.LambdaExpression) or root.formals is None:
        return ()
    return tuple(formal.name for formal in root.formals.formals)
