"""Visit of calls, such as `mkIf cfg.enable { … }`."""

from port_registry.facts.words import word_list
from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.model import NamedTuple, Segment, Span, join_segments
from port_registry.sources.nix import calls
from port_registry.sources.nix.collector import DEEPEST, Collector
from port_registry.sources.nix.conditions import guards_of
from port_registry.sources.nix.module_facts import (
    AliasOrigin,
    Chain,
    PassedArgument,
    PathKind,
    Step,
)
from port_registry.sources.nix.name_resolver import ResolvedChain
from port_registry.sources.nix.options import DECLARING, ENABLING, option_of, options_below
from port_registry.sources.nix.scopes import LocalExpression, NameScope
from port_registry.sources.nix.values import value_of
from port_registry.sources.nix.visit_context import ParentKind, VisitContext

_MOST_ITEMS = 64
"""The largest number of items that a function is applied to one by one."""

_MAPS = {"mapAttrs": 1, "mapAttrs'": 1, "mapAttrsToList": 1, "genAttrs": 0, "map": 1,
         "forEach": 0, "concatMap": 1}  # fmt: skip
"""Functions that apply another one to each item of a collection, with the position of that."""

_NAMED = ("mapAttrs", "genAttrs")
"""Those whose results have the names of the items."""

_FOLDERS = word_list("functions", "folder-arguments")
"""Attributes by which functions take a folder."""


def visit_call(collector: Collector, node: tree.Apply, context: VisitContext) -> None:
    """Visit a call of a function with at least one argument."""
    call = calls.call_of(node)
    name, arguments = call.name, call.arguments
    if name in calls.CONDITIONS and len(arguments) == 2:
        _look_at_condition(collector, call, context)
    elif name == "mkMerge" and isinstance(arguments[0], tree.ListLiteral):
        for item in arguments[0].items:
            collector.push(item, context)
    elif name == "nameValuePair" and len(arguments) == 2:
        way = (*context.setting, collector.resolver.step(arguments[0], context.scope))
        collector.push(arguments[0], context.without_value())
        collector.push(arguments[1], context._replace(setting=way))
    elif name in DECLARING or name in ENABLING:
        _look_at_option(collector, call, context)
    elif calls.LAST.get(name) == len(arguments):
        priority = calls.priority_of(call)
        collector.push(
            arguments[-1], context if priority is None else context._replace(priority=priority)
        )
        for argument in arguments[:-1]:
            collector.push(argument, context.without_value())
    elif (read := collector.resolver.reading(call, context.scope)) is not None:
        _look_at_file(collector, read, call, node, context)
    elif not (name in _MAPS and len(arguments) == 2 and _look_at_map(collector, call, context)):
        _look_at_other(collector, call, node, context)


def _look_at_condition(
    collector: Collector, call: calls.FunctionCall, context: VisitContext
) -> None:
    condition, body = call.arguments
    guards = guards_of(condition, context.scope, collector.resolver, wanted=True)
    if not calls.CONDITIONS[call.name]:
        body = tree.ListLiteral((body,), body.span)
    collector.push(body, context.with_guards(guards))
    collector.push(condition, context.without_value())


def _look_at_file(
    collector: Collector,
    read: ResolvedChain,
    call: calls.FunctionCall,
    node: Node,
    context: VisitContext,
) -> None:
    """Visit a call that returns the value of another file."""
    packaged = call.name.startswith("callPackage") and context.parent is not ParentKind.NAME
    if context.mode.takes_references and not packaged:
        collector.add_reference(read.chain, node, None, context)
    collector.add_value(node, context)
    visit_file_import(collector, read, call, context)


def visit_file_import(
    collector: Collector, read: ResolvedChain, call: calls.FunctionCall, context: VisitContext
) -> None:
    """Visit a call that reads a file, without its further arguments."""
    collector.add_target(read.target, PathKind.IMPORT, context, read.node.span)
    below = context.without_value()._replace(guards=())
    for argument in call.arguments:
        if argument.span.start <= read.node.span.start < argument.span.end:
            continue
        given = collector.resolver.meaning(argument, context.scope)
        if isinstance(given, LocalExpression) and isinstance(given.node, tree.Set):
            inner = NameScope(given.scope, given.node.definitions)
            for name, definition in given.node.definitions.items():
                is_outside = definition.inherited or not given.node.recursive
                scope = given.scope if is_outside else inner
                chain = collector.resolver.meaning(definition.node, scope)
                if isinstance(chain, Chain):
                    passed = PassedArgument(read.target, name, chain)
                    collector.passed_arguments[passed] = None
        held = ParentKind.ARGUMENT if isinstance(argument, tree.Set) else ParentKind.NOTHING
        collector.push(argument, below._replace(parent=held))


def _look_at_other(
    collector: Collector, call: calls.FunctionCall, node: tree.Apply, context: VisitContext
) -> None:
    """Visit a call of a function that is not known by its name."""
    function = collector.resolver.function(call.head, context.scope)
    result = None
    if function is not None or call.name == "removeAttrs":
        result = collector.resolver.meaning(node, context.scope)
    if isinstance(result, Chain) and result.origin is AliasOrigin.FILE:
        if context.mode.takes_references:
            collector.add_reference(result, node, None, context)
        collector.add_value(node, context)
        for argument in call.arguments:
            if collector.resolver.target(argument, context.scope) == result.root:
                collector.add_target(result.root, PathKind.IMPORT, context, argument.span)
            else:
                collector.push(argument, context.without_value())
        return
    below = context.for_part()
    if call.name == "submodule":
        below = below._replace(may_be_module=True)
    mode = context.mode
    if function is None or not mode.takes_definitions or mode.replacements >= DEEPEST:
        collector.add_opaque(node, context)
    else:
        body = collector.resolver.applied(function, call.arguments, context.scope)
        collector.push(body.node, context.for_replacement(body.scope)._replace(may_be_module=True))
        below = context.without_value()
    collector.push(call.head, below)
    of_trees = calls.takes_tree(call.head)
    for argument in call.arguments:
        if not (of_trees and _take_tree(collector, argument, context)):
            collector.push(argument, below)


def _take_tree(collector: Collector, argument: Node, context: VisitContext) -> bool:
    """Add the folder of which a function takes everything; return whether it is one."""
    folders = [argument]
    if isinstance(argument, tree.Set):
        told = [argument.definitions.get(name) for name in _FOLDERS]
        folders = [definition.node for definition in told if definition is not None]
    taken = False
    for folder in folders:
        target = collector.resolver.target(folder, context.scope)
        if target is not None:
            collector.add_target(target, PathKind.TREE, context, folder.span)
            taken = folder is argument
    return taken


class _Item(NamedTuple):
    """One item of a collection."""

    name: Step
    arguments: tuple[Node, ...]
    """The arguments that a function gets for it."""
    scope: NameScope


def _look_at_map(collector: Collector, call: calls.FunctionCall, context: VisitContext) -> bool:
    """Visit a function that is applied to each item; return whether it is known."""
    at = _MAPS[call.name]
    collection, mapped = call.arguments[at], call.arguments[1 - at]
    function = collector.resolver.function(mapped, context.scope)
    if function is None:
        return False
    named = call.name in _NAMED
    aside = context.without_value()
    collector.push(collection, aside)
    anywhere = (*context.setting, None) if named else context.setting
    items = _items(collector, collection, context.scope)
    if not named or not items:
        collector.add_opaque(mapped, context)
    if not items or not context.mode.takes_definitions or context.mode.replacements >= DEEPEST:
        collector.push(mapped, context.for_part()._replace(setting=anywhere))
        return True
    mode = aside.mode._replace(let_binding=context.mode.let_binding or call.name)
    collector.push(mapped, aside._replace(setting=anywhere, mode=mode))
    for item in items:
        body = collector.resolver.applied(function, item.arguments, item.scope)
        way = (*context.setting, item.name) if named else context.setting
        below = context.for_replacement(body.scope)
        below = below._replace(setting=way, may_be_module=True, attribute=None)
        collector.push(body.node, below)
    return True


def _items(collector: Collector, collection: Node, scope: NameScope) -> list[_Item]:
    """Return the items of a collection; none where they are not known."""
    found = collector.resolver.meaning(collection, scope)
    if not isinstance(found, LocalExpression):
        return []
    node = found.node
    if isinstance(node, tree.ListLiteral) and len(node.items) <= _MOST_ITEMS:
        return [
            _Item(collector.resolver.step(item, found.scope), (item,), found.scope)
            for item in node.items
        ]
    if isinstance(node, tree.Set) and not node.dynamic and len(node.definitions) <= _MOST_ITEMS:
        inner = NameScope(found.scope, node.definitions) if node.recursive else found.scope
        return [
            _Item(
                name,
                (_text(name, definition.name_span), definition.node),
                found.scope if definition.inherited else inner,
            )
            for name, definition in node.definitions.items()
        ]
    return []


def _text(name: str, span: Span) -> tree.Str:
    """Return an attribute's name as a string."""
    return tree.Str((tree.TextPart(join_segments((Segment(name, span, verbatim=False),))),), span)


def _look_at_option(collector: Collector, call: calls.FunctionCall, context: VisitContext) -> None:
    option = option_of(call, context, collector.resolver)
    if context.mode.takes_definitions and option is not None:
        collector.options.append(option)
    for node, below in options_below(call, context, collector.resolver):
        collector.push(node, below)


def visit_update(collector: Collector, node: tree.Binary, context: VisitContext) -> None:
    """Visit `left // right` or `left ++ right`."""
    if isinstance(node.left, tree.Apply) and isinstance(node.right, tree.Set):
        call = calls.call_of(node.left)
        default = node.right.definitions.get("default")
        if call.name in ENABLING and default is not None:
            option = option_of(call, context, collector.resolver)
            if context.mode.takes_definitions and option is not None:
                value = value_of(default.node, context.scope, collector.resolver)
                collector.options.append(option._replace(default=value))
            return
    part = context
    if context.parent is not ParentKind.ARGUMENT:
        part = context._replace(parent=ParentKind.NOTHING)
    collector.push(node.left, part)
    collector.push(node.right, part)
