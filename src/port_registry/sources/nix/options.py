"""Options that a module declares."""

from collections.abc import Iterator

from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.sources.nix.calls import FunctionCall, call_of
from port_registry.sources.nix.module_facts import BoolValue, OptionDeclaration
from port_registry.sources.nix.name_resolver import Follower, path_speaks
from port_registry.sources.nix.scopes import Local, NameScope
from port_registry.sources.nix.values import matters, value_of
from port_registry.sources.nix.visit_context import VisitContext

DECLARING = ("mkOption", "mkPackageOption", "mkPackageOptionMD")
ENABLING = ("mkEnableOption", "mkEnableOptionMD")

_PORT_TYPES = ("port", "u16")
_MOST_NODES = 50
"""How much of a type is looked at."""


def option_of(
    call: FunctionCall, spot: VisitContext, follower: Follower
) -> OptionDeclaration | None:
    """Return the option that `call` declares; None where it cannot matter."""
    if spot.attribute is None or not spot.setting:
        return None
    if call.name in ENABLING:
        flag = BoolValue(value=False, span=spot.attribute)
        return OptionDeclaration(spot.setting, flag, is_port=False, span=spot.attribute)
    declared = _declared(call, spot, follower)
    if declared is None:
        return None
    node, scope = declared
    default = node.definitions.get("default")
    value = None if default is None else value_of(default.node, scope, follower)
    kind = node.definitions.get("type")
    is_port = kind is not None and _is_port(kind.node)
    says_port = path_speaks(spot.setting)
    if not is_port and not says_port and (value is None or not matters(spot.setting, value)):
        return None
    return OptionDeclaration(spot.setting, value, is_port, spot.attribute)


def options_below(
    call: FunctionCall, spot: VisitContext, follower: Follower
) -> Iterator[tuple[Node, VisitContext]]:
    """Yield what is to be looked at in a declaration: its default, and options of its type."""
    declared = _declared(call, spot, follower)
    if declared is None:
        for argument in call.arguments:
            if call.name == "mkOption":
                yield argument, spot.aside()
        return
    node, scope = declared
    for name, definition in node.definitions.items():
        if name == "default":
            inside = spot.aside().within(scope)
            yield definition.node, inside._replace(manner=inside.manner._replace(declared=True))
        elif name == "type":
            at = spot.beginning(scope, None)
            if _is_collection(definition.node):
                at = at._replace(setting=(*spot.setting, None))
            yield definition.node, at
        elif name == "apply":
            yield definition.node, spot.aside().within(scope)


def _declared(
    call: FunctionCall, spot: VisitContext, follower: Follower
) -> tuple[tree.Set, NameScope] | None:
    if call.name != "mkOption":
        return None
    found = follower.meaning(call.arguments[0], spot.scope)
    if not isinstance(found, Local) or not isinstance(found.node, tree.Set):
        return None
    scope = found.scope
    if found.node.recursive:
        scope = NameScope(scope, found.node.definitions)
    return found.node, scope


def _is_port(kind: Node) -> bool:
    pending = [kind]
    for _ in range(_MOST_NODES):
        if not pending:
            break
        node = pending.pop()
        if isinstance(node, tree.Select) and node.path[-1].name in _PORT_TYPES:
            return True
        if isinstance(node, tree.VarNode) and node.name in _PORT_TYPES:
            return True
        if isinstance(node, tree.Apply):
            pending.extend((node.function, node.argument))
        elif isinstance(node, tree.ListLiteral):
            pending.extend(node.items)
        elif isinstance(node, tree.With):
            pending.append(node.body)
    return False


def _is_collection(kind: Node) -> bool:
    while isinstance(kind, tree.With):
        kind = kind.body
    if not isinstance(kind, tree.Apply):
        return False
    return call_of(kind).name in ("attrsOf", "listOf", "lazyAttrsOf", "nonEmptyListOf")
