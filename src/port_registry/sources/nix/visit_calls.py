"""Calls of functions: what a walk takes down of `mkIf cfg.enable { … }`."""

from port_registry.facts.words import word_list
from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.model import NamedTuple, Segment, Span, join_segments
from port_registry.sources.nix import calls
from port_registry.sources.nix.collector import DEEPEST, Collector
from port_registry.sources.nix.conditions import guards_of
from port_registry.sources.nix.file_imports import look_at_reading
from port_registry.sources.nix.module_facts import AliasOrigin, Chain, PathKind, Step
from port_registry.sources.nix.name_resolver import ResolvedChain
from port_registry.sources.nix.options import DECLARING, ENABLING, option_of, options_below
from port_registry.sources.nix.scopes import Local, NameScope
from port_registry.sources.nix.values import value_of
from port_registry.sources.nix.visit_context import ParentKind, VisitContext

_MOST_ITEMS = 64
"""How many items a function is applied to one by one."""

_MAPS = {"mapAttrs": 1, "mapAttrs'": 1, "mapAttrsToList": 1, "genAttrs": 0, "map": 1,
         "forEach": 0, "concatMap": 1}  # fmt: skip
"""Functions that apply another, and which of their two arguments is the collection."""

_NAMED = ("mapAttrs", "genAttrs")
"""Those whose results stand at the names of the items."""

_FOLDERS = word_list("functions", "folder-arguments")
"""Attributes by which functions are told a folder."""


def look_at_call(desk: Collector, node: tree.Apply, spot: VisitContext) -> None:
    """Look at a function applied to one argument or more."""
    call = calls.call_of(node)
    name, arguments = call.name, call.arguments
    if name in calls.CONDITIONS and len(arguments) == 2:
        _look_at_condition(desk, call, spot)
    elif name == "mkMerge" and isinstance(arguments[0], tree.ListLiteral):
        for item in arguments[0].items:
            desk.push(item, spot)
    elif name == "nameValuePair" and len(arguments) == 2:
        text = desk.follower.text(arguments[0], spot.scope)
        way = (*spot.setting, None if "*" in text else text)
        desk.push(arguments[0], spot.aside())
        desk.push(arguments[1], spot._replace(setting=way))
    elif name in DECLARING or name in ENABLING:
        _look_at_option(desk, call, spot)
    elif calls.LAST.get(name) == len(arguments):
        priority = calls.priority_of(call)
        desk.push(arguments[-1], spot if priority is None else spot._replace(priority=priority))
        for argument in arguments[:-1]:
            desk.push(argument, spot.aside())
    elif (read := desk.follower.reading(call, spot.scope)) is not None:
        _look_at_file(desk, read, call, node, spot)
    elif not (name in _MAPS and len(arguments) == 2 and _look_at_map(desk, call, spot)):
        _look_at_other(desk, call, node, spot)


def _look_at_condition(desk: Collector, call: calls.FunctionCall, spot: VisitContext) -> None:
    condition, body = call.arguments
    guards = guards_of(condition, spot.scope, desk.follower, wanted=True)
    if not calls.CONDITIONS[call.name]:
        body = tree.ListLiteral((body,), body.span)
    desk.push(body, spot.guarded(guards))
    desk.push(condition, spot.aside())


def _look_at_file(
    desk: Collector, read: ResolvedChain, call: calls.FunctionCall, node: Node, spot: VisitContext
) -> None:
    """Look at a call that gives what another file holds."""
    packaged = call.name.startswith("callPackage") and spot.holder is not ParentKind.NAME
    if spot.manner.notes and not packaged:
        desk.refer_to_file(read.chain, node, spot)
    desk.value(node, spot)
    look_at_reading(desk, read, call, spot)


def _look_at_other(
    desk: Collector, call: calls.FunctionCall, node: tree.Apply, spot: VisitContext
) -> None:
    """Look at a call of a function that is not known by its name."""
    function = desk.follower.function(call, spot.scope)
    result = None
    if function is not None or call.name == "removeAttrs":
        result = desk.follower.meaning(node, spot.scope)
    if isinstance(result, Chain) and result.origin is AliasOrigin.FILE:
        if spot.manner.notes:
            desk.refer_to_file(result, node, spot)
        desk.value(node, spot)
        for argument in call.arguments:
            if desk.follower.target(argument, spot.scope) == result.root:
                desk.taken.path(result.root, PathKind.IMPORT, spot, argument.span)
            else:
                desk.push(argument, spot.aside())
        return
    below = spot.part()
    if call.name == "submodule":
        below = below._replace(fresh=True)
    if function is None or not spot.manner.says or spot.manner.depth >= DEEPEST:
        desk.opaque(node, spot)
    else:
        body = desk.follower.applied(function, call.arguments, spot.scope)
        desk.push(body.node, spot.replaced(body.scope)._replace(fresh=True))
        below = spot.aside()
    desk.push(call.head, below)
    of_trees = calls.takes_tree(call.head)
    for argument in call.arguments:
        if not (of_trees and _take_tree(desk, argument, spot)):
            desk.push(argument, below)


def _take_tree(desk: Collector, argument: Node, spot: VisitContext) -> bool:
    """Take down the folder of which a function takes everything; False where it is none."""
    folders = [argument]
    if isinstance(argument, tree.Set):
        told = [argument.definitions.get(name) for name in _FOLDERS]
        folders = [definition.node for definition in told if definition is not None]
    taken = False
    for folder in folders:
        target = desk.follower.target(folder, spot.scope)
        if target is not None:
            desk.taken.path(target, PathKind.TREE, spot, folder.span)
            taken = folder is argument
    return taken


class _Item(NamedTuple):
    """One item of a collection."""

    name: Step
    arguments: tuple[Node, ...]
    """What a function is applied to for it."""
    scope: NameScope


def _look_at_map(desk: Collector, call: calls.FunctionCall, spot: VisitContext) -> bool:
    """Look at a function that is applied to each item; False where it is not known."""
    at = _MAPS[call.name]
    collection, mapped = call.arguments[at], call.arguments[1 - at]
    function = desk.follower.meaning(mapped, spot.scope)
    if not isinstance(function, Local) or not isinstance(function.node, tree.LambdaExpression):
        return False
    named = call.name in _NAMED
    aside = spot.aside()
    desk.push(collection, aside)
    anywhere = (*spot.setting, None) if named else spot.setting
    items = _items(desk, collection, spot.scope)
    if not named or not items:
        desk.opaque(mapped, spot)
    if not items or not spot.manner.says or spot.manner.depth >= DEEPEST:
        desk.push(mapped, spot.part()._replace(setting=anywhere))
        return True
    manner = aside.manner._replace(local=spot.manner.local or call.name)
    desk.push(mapped, aside._replace(setting=anywhere, manner=manner))
    for item in items:
        body = desk.follower.applied(function, item.arguments, item.scope)
        way = (*spot.setting, item.name) if named else spot.setting
        desk.push(
            body.node,
            spot.replaced(body.scope)._replace(setting=way, fresh=True, attribute=None),
        )
    return True


def _items(desk: Collector, collection: Node, scope: NameScope) -> list[_Item]:
    """Return the items of a collection; none where they are not known."""
    found = desk.follower.meaning(collection, scope)
    if not isinstance(found, Local):
        return []
    node = found.node
    if isinstance(node, tree.ListLiteral) and len(node.items) <= _MOST_ITEMS:
        made: list[_Item] = []
        for item in node.items:
            text = desk.follower.text(item, found.scope)
            made.append(_Item(None if "*" in text else text, (item,), found.scope))
        return made
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


def _look_at_option(desk: Collector, call: calls.FunctionCall, spot: VisitContext) -> None:
    option = option_of(call, spot, desk.follower)
    if spot.manner.says and option is not None:
        desk.taken.options.append(option)
    for node, below in options_below(call, spot, desk.follower):
        desk.push(node, below)


def look_at_update(desk: Collector, node: tree.Binary, spot: VisitContext) -> None:
    """Look at `left // right` or `left ++ right`."""
    if isinstance(node.left, tree.Apply) and isinstance(node.right, tree.Set):
        call = calls.call_of(node.left)
        default = node.right.definitions.get("default")
        if call.name in ENABLING and default is not None:
            option = option_of(call, spot, desk.follower)
            if spot.manner.says and option is not None:
                value = value_of(default.node, spot.scope, desk.follower)
                desk.taken.options.append(option._replace(default=value))
            return
    part = spot
    if spot.holder is not ParentKind.ARGUMENT:
        part = spot._replace(holder=ParentKind.NOTHING)
    desk.push(node.left, part)
    desk.push(node.right, part)
