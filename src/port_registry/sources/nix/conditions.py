"""Conditions, taken apart into guards."""

from port_registry.languages.nix.tree import Binary, Node, Select, Unary, VarNode
from port_registry.sources.nix.module_facts import AliasOrigin, Chain, Guard
from port_registry.sources.nix.name_resolver import NameResolver
from port_registry.sources.nix.scopes import LocalExpression, NameScope

_MOST = 16
"""The largest number of parts of one condition."""


def guards_of(
    condition: Node, scope: NameScope, resolver: NameResolver, *, wanted: bool
) -> tuple[Guard, ...]:
    """Return the guards that make `condition` equal to `wanted`."""
    found: list[Guard] = []
    pending = [(condition, scope, wanted)]
    steps = 0
    while pending:
        node, inside, sought = pending.pop()
        steps += 1
        if steps > _MOST:
            return (Guard(None, wanted),)
        if isinstance(node, Unary) and node.operator == "!":
            pending.append((node.operand, inside, not sought))
        elif isinstance(node, Binary) and node.operator == ("&&" if sought else "||"):
            pending.append((node.right, inside, sought))
            pending.append((node.left, inside, sought))
        elif isinstance(node, (VarNode, Select)):
            meaning = resolver.meaning(node, inside)
            if isinstance(meaning, LocalExpression) and meaning.node.span != node.span:
                pending.append((meaning.node, meaning.scope, sought))
                continue
            chain = meaning if isinstance(meaning, Chain) else None
            if chain is None or chain != _CONSTANTS[sought]:
                found.append(Guard(_known(chain), sought))
        else:
            found.append(Guard(None, sought))
    return tuple(found)


_CONSTANTS = {
    True: Chain(AliasOrigin.NOWHERE, "true", ()),
    False: Chain(AliasOrigin.NOWHERE, "false", ()),
}


def _known(chain: Chain | None) -> Chain | None:
    return None if chain is None or chain.origin is AliasOrigin.NOWHERE else chain
