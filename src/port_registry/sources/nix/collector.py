"""Collector of facts: the nodes still to be visited, and the facts found so far."""

from typing import TypeGuard

from port_registry.facts.words import word_set
from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.model import NamedTuple, Span
from port_registry.sources.nix.module_facts import (
    AliasOrigin,
    AttrPath,
    Chain,
    ChainReference,
    IntValue,
    Link,
    Literal,
    Opaque,
    OptionDeclaration,
    OptionDefinition,
    PassedArgument,
    PathDefinition,
    PathKind,
    Value,
)
from port_registry.sources.nix.name_resolver import NameResolver, chain_names_ports
from port_registry.sources.nix.port_vocabulary import STANDARD, names_ports
from port_registry.sources.nix.scopes import Meaning, binding_scope, with_subjects
from port_registry.sources.nix.values import matters, value_of
from port_registry.sources.nix.visit_context import ParentKind, VisitContext

DEEPEST = 6
"""The largest number of names replaced by their values, one inside the other."""
_MOST_REPLACED = 20_000
"""The largest number of nodes visited again because a name stands for them."""
_CONTENTS = word_set("nixos", "content-attributes")
"""Attributes whose value is a file of which only the contents count."""

_MODULES = word_set("flakes", "module-lists")
"""Attributes that contain modules, in a list or by name."""

_HANDING = word_set("flakes", "given-arguments")
"""Attributes whose own attributes become arguments of modules."""

_OUTPUTS = word_set("flakes", "foreign-outputs")
"""Outputs that are taken from the flakes of others."""

_CARRIERS = word_set("flakes", "carrying-arguments")
"""Standard arguments to which projects add attributes of their own."""


class Binder(NamedTuple):
    """A name that a construct binds."""

    name: str
    chain: Chain | None
    """None where it cannot lead to a registry."""
    span: Span


class Collector:
    """The state of the visit of one file."""

    __slots__ = (
        "_left",
        "_paths",
        "_references",
        "binders",
        "definitions",
        "literals",
        "options",
        "passed_arguments",
        "pending",
        "resolver",
        "selected_from",
    )

    def __init__(self, resolver: NameResolver) -> None:
        self.resolver = resolver
        self.binders: list[Binder] = []
        self.definitions: list[OptionDefinition] = []
        self.passed_arguments: dict[PassedArgument, None] = {}
        self.literals: list[Literal] = []
        self.options: list[OptionDeclaration] = []
        self._references: dict[tuple[Span, Chain], ChainReference] = {}
        self._paths: dict[PathDefinition, None] = {}
        self.selected_from: set[Span] = set()
        """The visited subjects of selections: the names of one `inherit` share theirs."""
        self.pending: list[tuple[Node, VisitContext]] = []
        """The nodes still to be visited, the next one last."""
        self._left = _MOST_REPLACED

    def push(self, node: Node, context: VisitContext) -> None:
        """Visit `node` later, in `context`."""
        if not context.mode.takes_references:
            if not context.mode.takes_definitions or self._left <= 0:
                return
            self._left -= 1
        self.pending.append((node, context))

    def add_definition(self, value: Value, context: VisitContext) -> None:
        """Add the definition of the attribute of `context` by `value`, if it can matter."""
        setting, attribute = context.setting, context.attribute
        if attribute is None or not context.mode.takes_definitions:
            return
        if matters(setting, value) if setting else isinstance(value, Link):
            self.definitions.append(
                OptionDefinition(setting, value, context.guards, context.priority, attribute)
            )

    def add_value(self, node: Node, context: VisitContext) -> None:
        """Add the definition of the attribute of `context` by `node`."""
        if context.attribute is not None and context.mode.takes_definitions:
            self.add_definition(value_of(node, context.scope, self.resolver), context)

    def add_opaque(self, node: Node, context: VisitContext) -> None:
        """Add the definition of the attribute of `context` by a value that only Nix can tell."""
        self.add_definition(Opaque(node.span), context)

    def add_path(self, node: Node, context: VisitContext) -> bool:
        """Add the path that `node` is; return whether it is one of the project."""
        target = self.resolver.target(node, context.scope)
        if target is None:
            return False
        last = context.setting[-1] if context.setting else None
        contents = context.attribute is not None and last in _CONTENTS
        if not contents and context.parent is not ParentKind.STRING and _may_be_module(target):
            kind = PathKind.MODULE if _holds_modules(context.setting) else PathKind.OTHER
            self.add_target(target, kind, context, node.span)
        return True

    def add_target(self, target: str, kind: PathKind, context: VisitContext, span: Span) -> None:
        """Add the path `target`, which is named in `context`."""
        local = context.mode.let_binding
        path = PathDefinition(target, kind, context.setting, local, context.guards, span)
        self._paths[path] = None

    def paths(self) -> tuple[PathDefinition, ...]:
        """Return the paths; those in `let` bindings only where their effect is not known."""
        known = {path.span for path in self._paths if not path.local}
        found = (path for path in self._paths if not path.local or path.span not in known)
        return tuple(sorted(found, key=lambda path: (path.span.start, path.target)))

    def references(self) -> tuple[ChainReference, ...]:
        """Return the references in the order of the text, once for each place."""
        return tuple(sorted(self._references.values(), key=lambda one: one.span.start))

    def add_reference(
        self, chain: Chain, node: Node, fallback: IntValue | None, context: VisitContext
    ) -> None:
        """Add the reference `node`, which is `chain`: a name, a selection or a whole file."""
        if not _may_lead_to_registry(chain, context.parent):
            return
        span = last = node.span
        if isinstance(node, tree.Select):
            last = node.path[-1].span
            span = Span(span.path, span.start, last.end)
        base = node
        written = 0
        while isinstance(base, tree.Select):
            written += len(base.path)
            base = base.subject
        sure = True
        first = base.name if isinstance(base, tree.VarNode) else chain.root
        if first != chain.root and binding_scope(context.scope, first) is None:
            # It is an attribute that a `with` brings into scope.
            written += 1
            sure = len(with_subjects(context.scope)) < 2
        renames = _only_renames(chain, context)
        self._references[span, chain] = ChainReference(
            chain, span, last, context.setting, fallback, renames, written, sure
        )


def _may_lead_to_registry(chain: Chain, held: ParentKind) -> bool:
    """Return whether `chain`, a value in `held`, may lead to a registry or an entry."""
    path = chain.path
    if chain.origin is AliasOrigin.FILE:
        return True
    if chain.origin is AliasOrigin.ARGUMENT:
        if chain_names_ports(chain):
            return "types" not in path[-3:-1]
        if chain.root in STANDARD or not _OUTPUTS.isdisjoint(path):
            return False
        return bool(path) or held is ParentKind.ARGUMENT
    if path[:1] == ("types",) or path[-1:] == ("port",):
        return False
    return any(step is not None and names_ports(step) for step in (chain.root, *path))


def reaches_registry(meaning: Meaning) -> TypeGuard[Chain]:
    """Return whether `meaning` is a chain, by a name for which a registry may be reached."""
    if not isinstance(meaning, Chain):
        return False
    chain = meaning
    if chain.origin is AliasOrigin.LOCAL or chain.root == "pkgs":
        return False
    if chain.origin is AliasOrigin.FILE or chain_names_ports(chain):
        return True
    if chain.origin is not AliasOrigin.ARGUMENT:
        return False
    return not chain.path or chain.root in _CARRIERS or chain.root not in STANDARD


def _only_renames(chain: Chain, context: VisitContext) -> bool:
    """Return whether the use of `chain` in `context` only gives it another name."""
    if context.parent in (ParentKind.NAME, ParentKind.ARGUMENT):
        return True
    if context.parent is not ParentKind.ATTRIBUTE or not context.setting:
        return False
    *above, last = context.setting
    if not _HANDING.isdisjoint(above[-1:]) or above[-2:] == ["_module", "args"]:
        return True
    if last is None or chain.path:
        return False
    return chain.origin is AliasOrigin.FILE or last == chain.root or names_ports(last)


def _holds_modules(setting: AttrPath) -> bool:
    if not _MODULES.isdisjoint(setting[-2:]):
        return True
    return setting[-2:-1] == ("users",) and "home-manager" in setting


def _may_be_module(path: str) -> bool:
    """Return whether `path` may be a file that Nix reads, or a folder of some."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return dot <= 0 or name[dot:] in (".nix", ".json", ".toml") or "*" in name[dot:]
