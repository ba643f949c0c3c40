"""Resolver of names and selections to their origins."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Key, Node
from port_registry.languages.nix.undefined_names import GLOBALS
from port_registry.model import NamedTuple
from port_registry.sources.nix.calls import DECODERS, IMPORTS, LAST, FunctionCall, call_of
from port_registry.sources.nix.module_facts import AliasOrigin, AttrPath, Chain, Step
from port_registry.sources.nix.port_vocabulary import names_port
from port_registry.sources.nix.scopes import (
    ArgumentSet,
    LocalExpression,
    Meaning,
    NameScope,
    binding_scope,
    with_subjects,
)

_DEEPEST = 40
"""The largest number of names and brackets that are followed for one expression."""
_MOST_TEXTS = 20_000
"""The largest number of pieces of text that are joined in one file."""
_LONGEST = 64
"""The largest number of parts of a chain that is extended."""


class ResolvedChain(NamedTuple):
    """A call that reads a file of the project."""

    target: str
    node: Node
    """The argument that names the file."""

    @property
    def chain(self) -> Chain:
        """The value of the file."""
        return Chain(AliasOrigin.FILE, self.target, ())


class NameResolver:
    """Resolves the expressions of one file."""

    __slots__ = ("_budget", "_depth", "_folder")

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._depth = 0
        self._budget = _MOST_TEXTS

    def meaning(self, node: Node, scope: NameScope) -> Meaning:
        """Return the meaning of `node`."""
        if isinstance(node, tree.VarNode):
            found = binding_scope(scope, node.name)
            known = found.given.get(node.name) if found is not None else None
            if known is not None:
                return known
        if self._depth >= _DEEPEST:
            return LocalExpression(node, scope, None)
        self._depth += 1
        try:
            return self._meaning(node, scope)
        finally:
            self._depth -= 1

    def _meaning(self, node: Node, scope: NameScope) -> Meaning:
        found: Meaning | None = None
        while True:
            if isinstance(node, tree.VarNode):
                return self._variable(node.name, scope)
            if isinstance(node, tree.Select):
                found = self._selection(node, scope)
                break
            if isinstance(node, tree.Apply):
                found = self._call(node, scope)
                break
            if isinstance(node, tree.Let):
                scope = NameScope(scope, node.bindings.definitions)
            elif isinstance(node, tree.With):
                scope = NameScope(scope, subject=node.scope)
            elif not isinstance(node, tree.Assert):
                break
            node = node.body
        return LocalExpression(node, scope, None) if found is None else found

    # Names.

    def _variable(self, name: str, scope: NameScope) -> Meaning:
        found = binding_scope(scope, name)
        if found is None:
            return self._opened(name, scope)
        known = found.given.get(name)
        return self._defined(name, found) if known is None else known

    def _defined(self, name: str, scope: NameScope) -> Meaning:
        """Return the meaning of the definition of `name` in `scope`."""
        definition = scope.definitions[name]
        way = Chain(AliasOrigin.LOCAL, name, ())
        scope.given[name] = LocalExpression(definition.node, scope, way)
        outside = scope.parent
        if definition.inherited:
            made = self.meaning(definition.node, outside or NameScope(None))
        else:
            made = self.meaning(definition.node, scope)
        if isinstance(made, LocalExpression) and made.chain is None:
            made = LocalExpression(made.node, made.scope, way)
        scope.given[name] = made
        return made

    def _opened(self, name: str, scope: NameScope) -> Meaning:
        """Return the meaning of `name`, which nothing binds, by the `with`s around it."""
        nowhere = Chain(AliasOrigin.NOWHERE, name, ())
        if name in GLOBALS:
            return nowhere
        around = with_subjects(scope)
        for subject, outside in around:
            opened = self.meaning(subject, outside)
            if isinstance(opened, LocalExpression):
                if isinstance(opened.node, tree.Set) and name in opened.node.definitions:
                    return self._attribute(opened, name) or nowhere
            elif len(around) == 1 or (isinstance(opened, Chain) and chain_names_ports(opened)):
                return _extended(opened, (name,))
        return nowhere

    # Selections.

    def _selection(self, node: tree.Select, scope: NameScope) -> Meaning | None:
        found: Meaning | None = self.meaning(node.subject, scope)
        for number, key in enumerate(node.path):
            if isinstance(found, (Chain, ArgumentSet)):
                keys = node.path[number:] if number else node.path
                rest = [key.name or self._step(key, scope) for key in keys]
                return _extended(found, tuple(rest))
            if found is None:
                return None
            found = self._attribute(found, self._step(key, scope))
        return found

    def _step(self, key: Key, scope: NameScope) -> Step:
        return key.name if key.node is None else self.step(key.node, scope)

    def step(self, node: Node, scope: NameScope) -> Step:
        """Return the step of a path that `node` is as text; None where it is computed."""
        text = self.text(node, scope)
        return None if "*" in text else text

    def attribute(self, subject: Meaning, name: str) -> Meaning | None:
        """Return the attribute `name` of `subject`; None where it is not known."""
        if isinstance(subject, LocalExpression):
            return self._attribute(subject, name)
        return _extended(subject, (name,))

    def _attribute(self, local: LocalExpression, name: str | None) -> Meaning | None:
        """Return the attribute `name` of `local`; None where it is not known."""
        way = None if local.chain is None else _extended(local.chain, (name,))
        node = local.node
        if name is None:
            return way
        if isinstance(node, tree.Binary) and node.operator == "//":
            return self._updated(local, name)
        definition = node.definitions.get(name) if isinstance(node, tree.Set) else None
        if definition is None or not isinstance(node, tree.Set):
            return way
        scope = local.scope
        if node.recursive and not definition.inherited:
            scope = NameScope(scope, node.definitions)
        found = self.meaning(definition.node, scope)
        if isinstance(found, LocalExpression) and found.chain is None:
            return LocalExpression(found.node, found.scope, way)
        return found

    def _updated(self, local: LocalExpression, name: str) -> Meaning | None:
        """Return the attribute `name` of `left // right`."""
        way, node, scope = local.chain, local.node, local.scope
        for _ in range(_DEEPEST):
            if not isinstance(node, tree.Binary) or node.operator != "//":
                return self._attribute(LocalExpression(node, scope, way), name)
            right = self.meaning(node.right, scope)
            if not isinstance(right, LocalExpression) or not isinstance(right.node, tree.Set):
                break
            if name in right.node.definitions:
                return self._attribute(LocalExpression(right.node, right.scope, way), name)
            left = self.meaning(node.left, scope)
            if not isinstance(left, LocalExpression):
                return _extended(left, (name,))
            if right.node.dynamic:
                break
            node, scope = left.node, left.scope
        return None if way is None else _extended(way, (name,))

    # Calls.

    def _call(self, node: tree.Apply, scope: NameScope) -> Meaning | None:
        call = call_of(node)
        arity = LAST.get(call.name)
        if arity is not None and arity == len(call.arguments):
            return self.meaning(call.arguments[-1], scope)
        if call.name == "removeAttrs":
            return self.meaning(call.arguments[0], scope)
        read = self.reading(call, scope)
        if read is not None:
            return read.chain
        function = self.function(call.head, scope)
        self._budget -= 1
        if function is None or self._budget < 0:
            return None
        body = self.applied(function, call.arguments, scope)
        made = self.meaning(body.node, body.scope)
        return made if isinstance(made, Chain) and made.origin is AliasOrigin.FILE else None

    def function(self, node: Node, scope: NameScope) -> LocalExpression | None:
        """Return the function that `node` means if it is one of this file."""
        found = self.meaning(node, scope)
        return (
            found
            if isinstance(found, LocalExpression) and isinstance(found.node, tree.LambdaExpression)
            else None
        )

    def applied(
        self, function: LocalExpression, arguments: tuple[Node, ...], scope: NameScope
    ) -> LocalExpression:
        """Return the body of `function` in a scope with `arguments`, which are of `scope`."""
        node, inner = function.node, function.scope
        for argument in arguments:
            if not isinstance(node, tree.LambdaExpression):
                break
            given = self.meaning(argument, scope)
            inner = NameScope(inner)
            if node.parameter is not None:
                inner.given[node.parameter] = given
            for formal in node.formals.formals if node.formals is not None else ():
                found = self.attribute(given, formal.name)
                if found is None and formal.default is not None:
                    found = LocalExpression(formal.default, inner, None)
                inner.given[formal.name] = found or Chain(AliasOrigin.LOCAL, formal.name, ())
            node = node.body
        return LocalExpression(node, inner, None)

    def reading(self, call: FunctionCall, scope: NameScope) -> ResolvedChain | None:
        """Return the file of the project that `call` reads, if it reads one."""
        node = None
        at = IMPORTS.get(call.name)
        if at is not None and at < len(call.arguments):
            node = call.arguments[at]
        elif call.name in DECODERS and isinstance(call.arguments[0], tree.Apply):
            inner = call_of(call.arguments[0])
            if inner.name == "readFile":
                node = inner.arguments[0]
        target = None if node is None else self.target(node, scope)
        return None if node is None or target is None else ResolvedChain(target, node)

    # Paths.

    def target(self, node: Node, scope: NameScope) -> str | None:
        """Return the path of the project that `node` is, if it is one."""
        found = self._place(node, scope)
        return None if found is None else _normalised(found)

    def _place(self, node: Node, scope: NameScope) -> str | None:
        """Return the path that `node` is, relative to the project's root, not normalised."""
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                return None
            if isinstance(node, tree.PathLiteral):
                text = self._joined(node.parts, scope)
                return f"{self._folder}/{text}" if text.startswith(".") else None
            if isinstance(node, tree.Str):
                return self._place_in_text(node, scope)
            if isinstance(node, tree.Binary):
                left = self._place(node.left, scope) if node.operator == "+" else None
                return None if left is None else left + self.text(node.right, scope)
            if isinstance(node, tree.Apply):
                return self._place_of_call(call_of(node), scope)
            return self._place_of_name(node, scope)
        finally:
            self._depth -= 1

    def _place_in_text(self, node: tree.Str, scope: NameScope) -> str | None:
        first = node.parts[0] if node.parts else None
        if not isinstance(first, tree.Interpolation):
            return None
        start = self._place(first.node, scope)
        return None if start is None else start + self._joined(node.parts[1:], scope)

    def _place_of_call(self, call: FunctionCall, scope: NameScope) -> str | None:
        if call.name in ("toString", "toPath", "cleanSource"):
            return self._place(call.arguments[0], scope)
        if call.name == "append" and len(call.arguments) == 2:
            start = self._place(call.arguments[0], scope)
            return None if start is None else f"{start}/{self.text(call.arguments[1], scope)}"
        return None

    def _place_of_name(self, node: Node, scope: NameScope) -> str | None:
        if not isinstance(node, (tree.VarNode, tree.Select)):
            return None
        found = self.meaning(node, scope)
        if isinstance(found, LocalExpression) and not isinstance(
            found.node, (tree.VarNode, tree.Select)
        ):
            return self._place(found.node, found.scope)
        if isinstance(found, Chain) and found.origin is AliasOrigin.ARGUMENT:
            way = tuple([step for step in (found.root, *found.path) if step != "outPath"])
            return "" if way in (("self",), ("inputs", "self")) else None
        return None

    def text(self, node: Node, scope: NameScope) -> str:
        """Return `node` as text, with `*` for computed parts."""
        self._budget -= 1
        if self._budget < 0 or self._depth >= _DEEPEST:
            return "*"
        self._depth += 1
        try:
            return self._text(node, scope)
        finally:
            self._depth -= 1

    def _text(self, node: Node, scope: NameScope) -> str:
        if isinstance(node, tree.IntLiteral):
            return str(node.value)
        if isinstance(node, (tree.Str, tree.PathLiteral)):
            return self._joined(node.parts, scope)
        if isinstance(node, tree.Binary) and node.operator == "+":
            return self.text(node.left, scope) + self.text(node.right, scope)
        if isinstance(node, (tree.VarNode, tree.Select, tree.Apply)):
            found = self.meaning(node, scope)
            if isinstance(found, LocalExpression) and isinstance(
                found.node, (tree.IntLiteral, tree.Str)
            ):
                return self.text(found.node, found.scope)
        return "*"

    def _joined(
        self, parts: tuple[tree.TextPart | tree.Interpolation, ...], scope: NameScope
    ) -> str:
        pieces: list[str] = []
        for part in parts:
            if isinstance(part, tree.TextPart):
                pieces.append(part.traced.text)
            else:
                pieces.append(self.text(part.node, scope))
        return "".join(pieces)


def _extended(base: Chain | ArgumentSet, steps: tuple[str | None, ...]) -> Chain:
    """Return the selection of `steps`, at least one, from `base`."""
    if isinstance(base, Chain):
        if len(base.path) > _LONGEST:
            return Chain(base.origin, base.root, (*base.path[:_LONGEST], None))
        return Chain(base.origin, base.root, base.path + steps)
    return Chain(AliasOrigin.ARGUMENT, steps[0] or base.name, steps[1:])


def chain_names_ports(chain: Chain) -> bool:
    """Return whether a part of `chain` has a word for ports."""
    if chain.origin is AliasOrigin.FILE or names_port(chain.root):
        return True
    return path_names_ports(chain.path)


def path_names_ports(path: AttrPath) -> bool:
    """Return whether a step of `path` has a word for ports."""
    # A loop is twice as fast as `any` here, and this is asked of every name.
    for step in path:  # noqa: SIM110
        if step is not None and names_port(step):
            return True
    return False


def _normalised(path: str) -> str | None:
    """Return `path` without `.` and `..`; "." for the root, None for what lies outside."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not kept:
                return None
            kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    return "/".join(kept) or "."
