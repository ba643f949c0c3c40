"""Declarations of options in modules."""

from collections.abc import Iterator

from port_registry.languages.nix.tree import Apply, ListLiteral, Node, Select, Set, VarNode, With
from port_registry.sources.nix.calls import FunctionCall, call_of
from port_registry.sources.nix.module_facts import BoolValue, OptionDeclaration
from port_registry.sources.nix.name_resolver import NameResolver, path_names_ports
from port_registry.sources.nix.scopes import LocalExpression, NameScope
from port_registry.sources.nix.values import matters, value_of
from port_registry.sources.nix.visit_context import VisitContext

DECLARING = ("mkOption", "mkPackageOption", "mkPackageOptionMD")
ENABLING = ("mkEnableOption", "mkEnableOptionMD")

_PORT_TYPES = ("port", "u16")
_MOST_NODES = 50
"""The largest number of nodes of a type that are searched."""


def option_of(
    call: FunctionCall, context: VisitContext, resolver: NameResolver
) -> OptionDeclaration | None:
    """Return the option that `call` declares; None where it cannot matter."""
    if context.attribute is None or not context.setting:
        return None
    if call.name in ENABLING:
        flag = BoolValue(value=False, span=context.attribute)
        return OptionDeclaration(context.setting, flag, is_port=False, span=context.attribute)
    declared = _declared(call, context, resolver)
    if declared is None:
        return None
    node, scope = declared
    default = node.definitions.get("default")
    value = None if default is None else value_of(default.node, scope, resolver)
    kind = node.definitions.get("type")
    is_port = kind is not None and _is_port(kind.node)
    says_port = path_names_ports(context.setting)
    if not is_port and not says_port and (value is None or not matters(context.setting, value)):
        return None
    return OptionDeclaration(context.setting, value, is_port, context.attribute)


def options_below(
    call: FunctionCall, context: VisitContext, resolver: NameResolver
) -> Iterator[tuple[Node, VisitContext]]:
    """Yield the parts of a declaration to visit: its default, and options of its type."""
    declared = _declared(call, context, resolver)
    if declared is None:
        for argument in call.arguments:
            if call.name == "mkOption":
                yield argument, context.without_value()
        return
    node, scope = declared
    for name, definition in node.definitions.items():
        if name == "default":
            inside = context.without_value().in_scope(scope)
            yield definition.node, inside._replace(mode=inside.mode._replace(in_default=True))
        elif name == "type":
            at = context.at_module_start(scope, None)
            if _is_collection(definition.node):
                at = at._replace(setting=(*context.setting, None))
            yield definition.node, at
        elif name == "apply":
            yield definition.node, context.without_value().in_scope(scope)


def _declared(
    call: FunctionCall, context: VisitContext, resolver: NameResolver
) -> tuple[Set, NameScope] | None:
    if call.name != "mkOption":
        return None
    found = resolver.meaning(call.arguments[0], context.scope)
    if not isinstance(found, LocalExpression) or not isinstance(found.node, Set):
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
        if isinstance(node, Select) and node.path[-1].name in _PORT_TYPES:
            return True
        if isinstance(node, VarNode) and node.name in _PORT_TYPES:
            return True
        if isinstance(node, Apply):
            pending.extend((node.function, node.argument))
        elif isinstance(node, ListLiteral):
            pending.extend(node.items)
        elif isinstance(node, With):
            pending.append(node.body)
    return False


def _is_collection(kind: Node) -> bool:
    while isinstance(kind, With):
        kind = kind.body
    if not isinstance(kind, Apply):
        return False
    return call_of(kind).name in ("attrsOf", "listOf", "lazyAttrsOf", "nonEmptyListOf")
