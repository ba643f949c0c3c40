"""Where a Nix file defines stacks."""

import posixpath
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from port_registry.languages.nix import tree
from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.functions.builtins_table import root_scope
from port_registry.languages.nix.scope import delayed
from port_registry.languages.nix.scoped_walk import inner_scope, walk_with_scopes
from port_registry.languages.nix.values import ExternalValue, LazyScope, Thunk
from port_registry.model import Source, Span
from port_registry.sources.nix_stacks.flake_arguments import STACKS, Flake

_CALLS = ("evalModules", "makeProcessCompose")
"""The functions of process-compose-flake that take modules."""


class StackOrigin(Enum):
    """What a place gives."""

    NAMED = "named"
    """The stacks of a flake, by their names."""
    CALL = "call"
    """`{ modules = […]; }`, of one stack."""
    DEVENV = "devenv"
    """A module of devenv."""


class DefinitionSite(NamedTuple):
    """One place that defines stacks."""

    kind: StackOrigin
    thunk: Thunk
    span: Span


def _is_devenv(source: Source) -> bool:
    """Return whether a file speaks of devenv."""
    return posixpath.basename(source.path) == "devenv.nix" or "devenv" in source.text


def definitions(evaluator: Evaluator, flake: Flake, source: Source) -> Iterator[DefinitionSite]:
    """Yield the places in the file `source` that define stacks."""
    file = evaluator.file(source.path)
    if file.root is None or file.errors:
        return
    taken = set[int]()
    """The expressions, by identity, that are a definition's own."""
    scope = root_scope(posixpath.dirname(source.path))
    devenv = _is_devenv(source)
    places = walk_with_scopes(file.root, scope, flake.argument, lambda node: id(node) not in taken)
    for node, around in places:
        if id(node) in taken:
            continue
        if isinstance(node, tree.Set):
            if STACKS in node.definitions:
                taken.add(id(node.definitions[STACKS].node))
                yield from _in_set(node, around)
            elif devenv and _runs_processes(node):
                taken.add(id(node))
                yield DefinitionSite(StackOrigin.DEVENV, delayed(node, around), node.span)
        elif isinstance(node, tree.Apply):
            found = _in_call(evaluator, node, around)
            if found is not None:
                yield found


def _in_set(node: tree.Set, scope: LazyScope) -> Iterator[DefinitionSite]:
    """Yield what `process-compose = …` in `node` defines; of `a // b` both sides.

    One of them may not be known, and the other's stacks are there all the same.
    """
    definition = node.definitions[STACKS]
    inner = scope if definition.inherited else inner_scope(node, scope)
    pending = [definition.node]
    while pending:
        value = pending.pop()
        if isinstance(value, tree.Binary) and value.operator == "//":
            pending += [value.right, value.left]
        else:
            yield DefinitionSite(StackOrigin.NAMED, delayed(value, inner), definition.name_span)


def _in_call(evaluator: Evaluator, node: tree.Apply, scope: LazyScope) -> DefinitionSite | None:
    """Return what a call of process-compose-flake's own functions defines."""
    function = node.function
    name = ""
    if isinstance(function, tree.Select):
        name = function.path[-1].name or ""
    elif isinstance(function, tree.VarNode):
        name = function.name
    if name not in _CALLS:
        return None
    value = evaluator.force(delayed(function, scope))
    if name == "evalModules" and not (
        isinstance(value, ExternalValue) and value.path[-2:-1] != ("lib",)
    ):
        return None
    return DefinitionSite(StackOrigin.CALL, delayed(node.argument, scope), node.span)


def _runs_processes(node: tree.Set) -> bool:
    """Return whether `node` sets `processes.<name>.exec`."""
    definition = node.definitions.get("processes")
    if definition is None:
        return False
    return any(
        "exec" in inner.definitions
        for processes in _sets(definition.node)
        for process in processes.definitions.values()
        for inner in _sets(process.node)
    )


def _sets(node: tree.Node) -> Iterator[tree.Set]:
    """Yield the sets that an expression may give, as far as its form tells."""
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, tree.Set):
            yield one
        elif isinstance(one, (tree.Let, tree.With)):
            pending.append(one.body)
        elif isinstance(one, tree.Binary):
            pending += [one.left, one.right]
        elif isinstance(one, tree.Apply):
            pending.append(one.argument)
