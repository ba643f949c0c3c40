"""Discovery of the stacks that the Nix files of a flake define, before their options are read."""

import posixpath
from collections.abc import Iterable, Iterator
from enum import Enum

from port_registry.languages.nix.evaluate import Evaluator
from port_registry.languages.nix.functions.builtins_table import root_scope
from port_registry.languages.nix.scope import delayed
from port_registry.languages.nix.scoped_walk import inner_scope, walk_with_scopes
from port_registry.languages.nix.tree import Apply, Binary, Let, Node, Select, Set, VarNode, With
from port_registry.languages.nix.values import ExternalValue, LazyScope, List, Thunk
from port_registry.model import NamedTuple, Source, Span
from port_registry.sources.nix_stacks.flake_arguments import STACKS, FlakeValues
from port_registry.sources.nix_stacks.modules import StackModules, UnevaluatedOption
from port_registry.sources.nix_stacks.services import attribute_names

_CALLS = ("evalModules", "makeProcessCompose")
"""The functions of process-compose-flake that take modules."""

_OLD_STACKS = "configs"
"""The attribute that held the settings of all stacks in process-compose-flake 0.1."""


class StackOrigin(Enum):
    """The kind of a place that defines stacks."""

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


def definition_sites(
    evaluator: Evaluator, flake: FlakeValues, source: Source
) -> Iterator[DefinitionSite]:
    """Yield the places in the file `source` that define stacks."""
    file = evaluator.file(source.path)
    if file.root is None or file.errors:
        return
    seen = set[int]()
    """The expressions, by identity, of definitions that were yielded."""
    root = root_scope(posixpath.dirname(source.path))
    is_devenv = posixpath.basename(source.path) == "devenv.nix" or "devenv" in source.text
    nodes = walk_with_scopes(file.root, root, flake.argument, lambda node: id(node) not in seen)
    for node, scope in nodes:
        if id(node) in seen:
            continue
        if isinstance(node, Set):
            if STACKS in node.definitions:
                seen.add(id(node.definitions[STACKS].node))
                yield from _sites_in_set(node, scope)
            elif is_devenv and _defines_processes(node):
                seen.add(id(node))
                yield DefinitionSite(StackOrigin.DEVENV, delayed(node, scope), node.span)
        elif isinstance(node, Apply):
            site = _site_of_call(evaluator, node, scope)
            if site is not None:
                yield site


def _sites_in_set(node: Set, scope: LazyScope) -> Iterator[DefinitionSite]:
    """Yield the definition `process-compose = …` in `node`; of `a // b` both sides.

    One of them may not be known, and the other has stacks nevertheless.
    """
    definition = node.definitions[STACKS]
    inner = scope if definition.inherited else inner_scope(node, scope)
    pending = [definition.node]
    while pending:
        value = pending.pop()
        if isinstance(value, Binary) and value.operator == "//":
            pending += [value.right, value.left]
        else:
            yield DefinitionSite(StackOrigin.NAMED, delayed(value, inner), definition.name_span)


def _site_of_call(evaluator: Evaluator, node: Apply, scope: LazyScope) -> DefinitionSite | None:
    """Return the definition in a call of process-compose-flake's functions, if it is one."""
    function = node.function
    name = ""
    if isinstance(function, Select):
        name = function.path[-1].name or ""
    elif isinstance(function, VarNode):
        name = function.name
    if name not in _CALLS:
        return None
    value = evaluator.force(delayed(function, scope))
    if name == "evalModules" and not (
        isinstance(value, ExternalValue) and value.path[-2:-1] != ("lib",)
    ):
        return None
    return DefinitionSite(StackOrigin.CALL, delayed(node.argument, scope), node.span)


def _defines_processes(node: Set) -> bool:
    """Return whether `node` sets `processes.<name>.exec`."""
    definition = node.definitions.get("processes")
    if definition is None:
        return False
    return any(
        "exec" in inner.definitions
        for processes in _possible_sets(definition.node)
        for process in processes.definitions.values()
        for inner in _possible_sets(process.node)
    )


def _possible_sets(node: Node) -> Iterator[Set]:
    """Yield the sets that an expression may evaluate to, by its syntax."""
    pending = [node]
    while pending:
        expression = pending.pop()
        if isinstance(expression, Set):
            yield expression
        elif isinstance(expression, (Let, With)):
            pending.append(expression.body)
        elif isinstance(expression, Binary):
            pending += [expression.left, expression.right]
        elif isinstance(expression, Apply):
            pending.append(expression.argument)


class StackDefinition(NamedTuple):
    """The definition of one stack."""

    kind: StackOrigin
    key: str
    """The key of its modules' `config`: its name, or else its position."""
    modules: tuple[UnevaluatedOption, ...]
    files: tuple[str, ...]


def stack_definitions(
    evaluator: Evaluator, flake: FlakeValues, sources: Iterable[Source]
) -> list[StackDefinition]:
    """Return the stacks that the files of a flake define.

    Modules of one name in several files form one stack, as flake-parts merges them.
    """
    stacks: list[StackDefinition] = []
    indexes: dict[str, int] = {}
    for source in sources:
        for site in definition_sites(evaluator, flake, source):
            for stack in _from_site(evaluator, flake, site):
                index = indexes.get(stack.key)
                if index is None or stacks[index].files[-1] == source.path:
                    indexes[stack.key] = len(stacks)
                    stacks.append(stack)
                else:
                    known = stacks[index]
                    stacks[index] = known._replace(
                        modules=known.modules + stack.modules, files=known.files + stack.files
                    )
    return stacks


def _from_site(
    evaluator: Evaluator, flake: FlakeValues, site: DefinitionSite
) -> list[StackDefinition]:
    path = site.span.path
    module = UnevaluatedOption(site.thunk, site.span, certain=True)
    key = f"{path}:{site.span.start}"
    if site.kind is StackOrigin.DEVENV:
        return [StackDefinition(StackOrigin.DEVENV, key, (module,), (path,))]
    modules = StackModules(evaluator, flake, key, (path,))
    values = modules.evaluate((module,))
    if site.kind is StackOrigin.NAMED:
        old = modules.values_at(values, (_OLD_STACKS,))
        if old and not modules.values_at(values, (_OLD_STACKS, "settings")):
            values = old
        return [
            StackDefinition(
                kind=StackOrigin.NAMED,
                key=name,
                modules=tuple(modules.definitions_of(values, name)),
                files=(path,),
            )
            for name in attribute_names(values)
        ]
    lists = [option.value for option in modules.values_at(values, ("modules",))]
    items = [
        UnevaluatedOption(item, site.span, certain=True)
        for value in lists
        if isinstance(value, List)
        for item in value.items
    ]
    return [StackDefinition(StackOrigin.CALL, key, tuple(items), (path,))]
