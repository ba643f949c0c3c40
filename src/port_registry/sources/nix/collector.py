"""What a walk works on: what is still to be looked at, and what was taken down."""

from port_registry.facts.words import word_set
from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.model import Span
from port_registry.sources.nix.collected_facts import CollectedFacts, binds, may_lead
from port_registry.sources.nix.module_facts import Chain, ChainReference, IntValue, Opaque, PathKind
from port_registry.sources.nix.name_resolver import Follower
from port_registry.sources.nix.scopes import Meaning, holder, subjects
from port_registry.sources.nix.values import value_of, value_of_name
from port_registry.sources.nix.visit_context import ParentKind, VisitContext

DEEPEST = 6
"""How many names are replaced by what they stand for, one inside the other."""
_MOST_REPLACED = 20_000
"""How many nodes are looked at once more because a name stands for them."""
_CONTENTS = word_set("nixos", "content-attributes")
"""Attributes that are given a file for what it holds."""


class Collector:
    """What lies open of one file."""

    __slots__ = ("_left", "follower", "opened", "pending", "taken")

    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        self.taken = CollectedFacts()
        self.opened: set[Span] = set()
        """What was selected from and is looked at: the names of one `inherit` share it."""
        self.pending: list[tuple[Node, VisitContext]] = []
        """What is still to be looked at, the next last."""
        self._left = _MOST_REPLACED

    def push(self, node: Node, spot: VisitContext) -> None:
        """Look at `node`, which stands at `spot`, later on."""
        if not spot.manner.notes:
            if not spot.manner.says or self._left <= 0:
                return
            self._left -= 1
        self.pending.append((node, spot))

    def value(self, node: Node, spot: VisitContext) -> None:
        """Take down that the attribute at `spot` is given `node`."""
        if spot.attribute is not None and spot.manner.says:
            self.taken.definition(value_of(node, spot.scope, self.follower), spot)

    def named(self, node: Node, found: Meaning, spot: VisitContext) -> None:
        """Take down that the attribute at `spot` is given `node`, which comes down to `found`."""
        if spot.attribute is not None:
            self.taken.definition(value_of_name(node, found, self.follower), spot)

    def opaque(self, node: Node, spot: VisitContext) -> None:
        """Take down that the attribute at `spot` is given what only Nix can tell."""
        if spot.attribute is not None and spot.manner.says:
            self.taken.definition(Opaque(node.span), spot)

    def path(self, node: Node, spot: VisitContext) -> bool:
        """Take down the path that `node` is; tell whether it is one of the project."""
        target = self.follower.target(node, spot.scope)
        if target is None:
            return False
        last = spot.setting[-1] if spot.setting else None
        contents = spot.attribute is not None and last in _CONTENTS
        if not contents and spot.holder is not ParentKind.STRING:
            self.taken.path(target, PathKind.OTHER, spot, node.span)
        return True

    def refer(
        self,
        chain: Chain,
        node: tree.VarNode | tree.Select,
        fallback: IntValue | None,
        spot: VisitContext,
    ) -> None:
        """Take down the use of `chain`, which is written as `node`."""
        if not may_lead(chain, spot.holder):
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
        if isinstance(base, tree.VarNode) and _is_opened(base.name, chain, spot):
            written += 1
            sure = len(subjects(spot.scope)) < 2
        self.taken.reference(
            ChainReference(
                chain, span, last, spot.setting, fallback, binds(chain, spot), written, sure
            )
        )  # fmt: skip

    def refer_to_file(self, chain: Chain, node: Node, spot: VisitContext) -> None:
        """Take down the use of all that a file gives, which `node` reads."""
        self.taken.reference(
            ChainReference(chain, node.span, node.span, spot.setting, None, binds(chain, spot))
        )


def _is_opened(name: str, chain: Chain, spot: VisitContext) -> bool:
    """Return whether `name` leads to `chain` through a `with`."""
    return chain.root != name and holder(spot.scope, name) is None


def chain_of(meaning: Meaning) -> Chain | None:
    """Return `meaning` where it is a chain."""
    return meaning if isinstance(meaning, Chain) else None
