"""Undefined names, which Nix refuses before evaluation."""

from port_registry.languages.nix import tree

_GLOBALS = (
    "abort baseNameOf break builtins derivation derivationStrict dirOf false fetchGit "
    "fetchMercurial fetchTarball fetchTree fromTOML import isNull map null placeholder "
    "removeAttrs scopedImport throw toString true"
)
GLOBALS = frozenset(_GLOBALS.split())
"""The global names of Nix 2.8 to 2.31, without those that start with `__`."""


class _Names:
    """The names of one scope and of its enclosing scopes."""

    __slots__ = ("anything", "names", "parent")

    def __init__(
        self, names: set[str] | frozenset[str], parent: "_Names | None", *, anything: bool = False
    ) -> None:
        self.names = names
        self.parent = parent
        self.anything: bool = anything or (parent is not None and parent.anything)

    def defines(self, name: str) -> bool:
        scope: _Names | None = self
        while scope is not None:
            if scope.anything or name in scope.names:
                return True
            scope = scope.parent
        return False


def undefined_names(root: tree.Node) -> list[tree.ParseProblem]:
    """Return an error for each name in `root` that no enclosing scope defines.

    A name inside a `with` may come from there, and is checked by evaluation.
    """
    problems: list[tree.ParseProblem] = []
    pending: list[tuple[tree.Node, _Names]] = [(root, _Names(GLOBALS, None))]
    while pending:
        node, names = pending.pop()
        if isinstance(node, tree.VarNode):
            if not names.defines(node.name) and not node.name.startswith("__"):
                problems.append(tree.ParseProblem(f"`{node.name}` is not defined", node.span))
        elif isinstance(node, tree.Set):
            _push_set(node, names, pending)
        elif not isinstance(node, _LEAVES):
            _push(node, names, pending)
    return problems


_LEAVES = (tree.IntLiteral, tree.FloatLiteral, tree.Uri, tree.SearchPath)


def _push(node: tree.Node, names: _Names, pending: list[tuple[tree.Node, _Names]]) -> None:
    """Add the children of `node` to `pending`, each with its scope."""
    if isinstance(node, tree.Let):
        inner = _push_set(node.bindings, names, pending)
        pending.append((node.body, inner))
    elif isinstance(node, tree.With):
        pending.append((node.scope, names))
        pending.append((node.body, _Names(frozenset(), names, anything=True)))
    elif isinstance(node, tree.LambdaExpression):
        _push_function(node, names, pending)
    else:
        pending.extend([(child, names) for child in tree.child_nodes(node)])


def _push_set(node: tree.Set, names: _Names, pending: list[tuple[tree.Node, _Names]]) -> _Names:
    inner = _Names(set(node.definitions), names) if node.recursive else names
    shared: tree.Node | None = None
    for definition in node.definitions.values():
        value = definition.node
        if isinstance(value, tree.Select):
            if value.subject is shared:
                continue
            if value.span == definition.name_span:
                shared = value.subject
        if not isinstance(value, tree.IntLiteral):
            pending.append((value, names if definition.inherited else inner))
    for dynamic in node.dynamic:
        pending.append((dynamic.key, inner))
        pending.append((dynamic.node, inner))
    return inner


def _push_function(
    node: tree.LambdaExpression, names: _Names, pending: list[tuple[tree.Node, _Names]]
) -> None:
    own: set[str] = set()
    if node.parameter is not None:
        own.add(node.parameter)
    formals = node.formals.formals if node.formals is not None else ()
    own.update(formal.name for formal in formals)
    inner = _Names(own, names)
    pending.extend((formal.default, inner) for formal in formals if formal.default is not None)
    pending.append((node.body, inner))
