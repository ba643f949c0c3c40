"""Collector of facts: the nodes still to be visited, and the facts found so far."""

from port_registry.facts.words import word_set
from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.model import Span
from port_registry.sources.nix.collected_facts import (
    CollectedFacts,
    may_lead_to_registry,
    only_renames,
)
from port_registry.sources.nix.module_facts import Chain, ChainReference, IntValue, Opaque, PathKind
from port_registry.sources.nix.name_resolver import NameResolver
from port_registry.sources.nix.scopes import Meaning, binding_scope, with_subjects
from port_registry.sources.nix.values import value_of, value_of_name
from port_registry.sources.nix.visit_context import ParentKind, VisitContext

DEEPEST = 6
"""The largest number of names replaced by their values, one inside the other."""
_MOST_REPLACED = 20_000
"""The largest number of nodes visited again because a name stands for them."""
_CONTENTS = word_set("nixos", "content-attributes")
"""Attributes whose value is a file of which only the contents count."""


class Collector:
    """The state of the visit of one file."""

    __slots__ = ("_left", "facts", "pending", "resolver", "selected_from")

    def __init__(self, resolver: NameResolver) -> None:
        self.resolver = resolver
        self.facts = CollectedFacts()
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

    def add_value(self, node: Node, context: VisitContext) -> None:
        """Add the definition of the attribute of `context` by `node`."""
        if context.attribute is not None and context.mode.takes_definitions:
            self.facts.add_definition(value_of(node, context.scope, self.resolver), context)

    def add_named_value(self, node: Node, found: Meaning, context: VisitContext) -> None:
        """Add the definition of the attribute of `context` by `node`, which means `found`."""
        if context.attribute is not None:
            self.facts.add_definition(value_of_name(node, found, self.resolver), context)

    def add_opaque(self, node: Node, context: VisitContext) -> None:
        """Add the definition of the attribute of `context` by a value that only Nix can tell."""
        if context.attribute is not None and context.mode.takes_definitions:
            self.facts.add_definition(Opaque(node.span), context)

    def add_path(self, node: Node, context: VisitContext) -> bool:
        """Add the path that `node` is; return whether it is one of the project."""
        target = self.resolver.target(node, context.scope)
        if target is None:
            return False
        last = context.setting[-1] if context.setting else None
        contents = context.attribute is not None and last in _CONTENTS
        if not contents and context.parent is not ParentKind.STRING:
            self.facts.add_path(target, PathKind.OTHER, context, node.span)
        return True

    def add_reference(
        self,
        chain: Chain,
        node: tree.VarNode | tree.Select,
        fallback: IntValue | None,
        context: VisitContext,
    ) -> None:
        """Add the reference `node`, which is `chain`."""
        if not may_lead_to_registry(chain, context.parent):
            return
        span = last = node.span
        if isinstance(node, tree.Select):
            last = node.path[-1].span
            span = Span(span.path, span.start, last.end)
        base: Node = node
        written = 0
        while isinstance(base, tree.Select):
            written += len(base.path)
            base = base.subject
        sure = True
        if isinstance(base, tree.VarNode) and _is_opened(base.name, chain, context):
            written += 1
            sure = len(with_subjects(context.scope)) < 2
        renames = only_renames(chain, context)
        self.facts.add_reference(
            ChainReference(chain, span, last, context.setting, fallback, renames, written, sure)
        )

    def add_file_reference(self, chain: Chain, node: Node, context: VisitContext) -> None:
        """Add the reference `node` to the whole value of a file."""
        self.facts.add_reference(
            ChainReference(
                chain, node.span, node.span, context.setting, None, only_renames(chain, context)
            )
        )


def _is_opened(name: str, chain: Chain, context: VisitContext) -> bool:
    """Return whether `name` is an attribute that a `with` brings into scope."""
    return chain.root != name and binding_scope(context.scope, name) is None


def chain_of(meaning: Meaning) -> Chain | None:
    """Return `meaning` where it is a chain."""
    return meaning if isinstance(meaning, Chain) else None
