"""The evaluator proper: expressions in, values out, as lazily as Nix does it.

Nothing here returns an `UnknownValue`: what cannot be known raises `StuckError`, up to the thunk
that needed it, which remembers. Every recursion passes through `Interpreter.evaluate` or
`Interpreter.deeper`, which bound its depth; every loop pays with `Interpreter.spend`, which bounds
the time.
"""

import posixpath
from collections.abc import Callable

from port_registry.languages.nix import operators, tree
from port_registry.languages.nix.coerce import describe, written
from port_registry.languages.nix.external_values import ExternalValues, found
from port_registry.languages.nix.interpolation import dynamic_name, key_name, text_of, total
from port_registry.languages.nix.scope import LazyScope, StuckError, delayed, fail, recursive, stuck
from port_registry.languages.nix.tree import Node
from port_registry.languages.nix.values import (
    NOWHERE,
    Attr,
    AttrSet,
    Bool,
    Builtin,
    ExternalValue,
    Float,
    Int,
    Lambda,
    List,
    PathValue,
    String,
    Thunk,
    UnknownValue,
    Value,
    known,
)
from port_registry.model import Span

MAX_DEPTH = 4000
"""How many expressions may wait for one another."""
_TOO_DEEP = "the evaluation is nested too deeply"
_TOO_LONG = "the evaluation takes too long"


class Interpreter:
    """Evaluates expressions; holds the budgets and the way to other files."""

    __slots__ = ("_depth", "import_path", "read_path", "steps", "text_at", "world")

    def __init__(
        self,
        import_path: "Callable[[Interpreter, PathValue, Span], Value]",
        read_path: Callable[[PathValue, Span], Value],
        text_at: Callable[[Span], str],
        world: ExternalValues | None,
    ) -> None:
        self.import_path = import_path
        """Evaluates the file at a path."""
        self.read_path = read_path
        """Returns the text of the file at a path."""
        self.text_at = text_at
        """Returns the text that a span covers."""
        self.world = world
        """What is known of what comes from outside; None where it is simply unknown."""
        self.steps = 0
        """How many steps may still be taken."""
        self._depth = 0

    def spend(self, steps: int, span: Span) -> None:
        """Take `steps` steps; give up at `span` where none are left."""
        self.steps -= steps
        if self.steps < 0:
            stuck(_TOO_LONG, span)

    def force(self, thunk: Thunk) -> Value:
        """Return the value of `thunk`, which is known; raises `StuckError`."""
        value = self.reach(thunk)
        if isinstance(value, ExternalValue):
            stuck(value.reason, value.span)
        return value

    def reach(self, thunk: Thunk) -> Value:
        """Return the value of `thunk`, known or from outside; raises `StuckError`."""
        value = thunk.value
        if value is None:
            value = self._compute(thunk)
        if isinstance(value, UnknownValue):
            raise StuckError(value)
        return value

    def _compute(self, thunk: Thunk) -> Value:
        """Compute and remember the value of `thunk`, perhaps an `UnknownValue`."""
        node, scope, work = thunk.node, thunk.scope, thunk.work
        if thunk.forcing:
            span = node.span if node is not None else NOWHERE
            return UnknownValue("infinite recursion: it needs its own value", span, fails=True)
        thunk.forcing = True
        value: Value
        try:
            if node is not None and scope is not None:
                value = self.evaluate(node, scope)
            else:
                value = self._work(work)
        except StuckError as reason:
            value = reason.unknown
        thunk.value = value
        thunk.forcing = False
        thunk.scope = thunk.work = None
        return value

    def _work(self, work: "Callable[[Interpreter], Value] | None") -> Value:
        if work is None:
            return stuck("it was never given a value", NOWHERE)
        self.deeper(NOWHERE)
        try:
            return work(self)
        finally:
            self.shallower()

    def deeper(self, span: Span) -> None:
        """Enter one more level; `shallower` must follow."""
        if self._depth >= MAX_DEPTH:
            stuck(_TOO_DEEP, span)
        self._depth += 1

    def shallower(self) -> None:
        """Leave a level that `deeper` entered."""
        self._depth -= 1

    def evaluate(self, node: Node, scope: LazyScope) -> Value:
        """Return the value of `node`, its parts still thunks; raises `StuckError`."""
        self.steps -= 1
        if self.steps < 0:
            stuck(_TOO_LONG, node.span)
        if self._depth >= MAX_DEPTH:
            stuck(_TOO_DEEP, node.span)
        self._depth += 1
        try:
            if isinstance(node, tree.VarNode):
                return self._variable(node, scope)
            if isinstance(node, tree.IntLiteral):
                return Int(node.value, node.span, (node.span,))
            if isinstance(node, tree.Apply):
                function = self.evaluate(node.function, scope)
                return self.call(function, delayed(node.argument, scope), node.span)
            if isinstance(node, tree.Select):
                return self._select(node, scope)
            if isinstance(node, tree.Set):
                return self._set(node, scope)
            if isinstance(node, tree.Str):
                return String(text_of(self, node.parts, scope, node.span), node.span)
            return self._other(node, scope)
        finally:
            self._depth -= 1

    def _other(self, node: Node, scope: LazyScope) -> Value:
        if isinstance(node, tree.ListLiteral):
            self.spend(len(node.items) // 2, node.span)
            return List(tuple([delayed(item, scope) for item in node.items]), node.span)
        if isinstance(node, tree.LambdaExpression):
            return Lambda(node, scope, node.span)
        if isinstance(node, tree.Binary):
            return self._binary(node, scope)
        if isinstance(node, tree.Let):
            inner, _ = recursive(node.bindings, scope)
            return self.evaluate(node.body, inner)
        if isinstance(node, tree.If):
            chosen = node.yes if self._condition(node.condition, scope) else node.no
            return self.evaluate(chosen, scope)
        if isinstance(node, tree.With):
            attached = delayed(node.scope, scope)
            return self.evaluate(node.body, LazyScope({}, scope, scope.folder, attached))
        if isinstance(node, tree.Assert):
            if not self._condition(node.condition, scope):
                fail("this assertion fails", node.condition.span)
            return self.evaluate(node.body, scope)
        if isinstance(node, tree.HasAttr):
            return Bool(self._has_attr(node, scope), node.span)
        return self._plain(node, scope)

    def _plain(self, node: Node, scope: LazyScope) -> Value:
        if isinstance(node, tree.Unary):
            value = self.evaluate(node.operand, scope)
            return operators.unary(node.operator, value, node.span)
        if isinstance(node, tree.PathLiteral):
            text = text_of(self, node.parts, scope, node.span).text
            if text.startswith(("/", "~")):
                return PathValue(posixpath.normpath(text), node.span)
            return PathValue(posixpath.normpath(posixpath.join(scope.folder, text)), node.span)
        if isinstance(node, tree.SearchPath):
            return PathValue(f"<{node.text}>", node.span)
        if isinstance(node, tree.Uri):
            return String(written(node.text, node.span), node.span)
        if isinstance(node, tree.FloatLiteral):
            return Float(node.value, node.span)
        return stuck("this expression is not understood", node.span)

    # Names.

    def _variable(self, node: tree.VarNode, scope: LazyScope) -> Value:
        bound = scope.lexical(node.name)
        if bound is not None:
            return self._forced_at(bound, node.span)
        around: LazyScope | None = scope
        while around is not None:
            if around.attached is not None:
                attached = self.reach(around.attached)
                attr = attached.attrs.get(node.name) if isinstance(attached, AttrSet) else None
                if attr is not None:
                    return self._forced_at(attr.thunk, node.span)
                beyond = attached.rest if isinstance(attached, AttrSet) else attached
                if beyond is not None:
                    return self._selected(beyond, node.name, node.span)
            around = around.parent
        return fail(f"`{node.name}` is not defined", node.span)

    def _forced_at(self, thunk: Thunk, span: Span) -> Value:
        """Return the value of `thunk`; one that needs itself is reported at `span`."""
        if thunk.forcing:
            fail("infinite recursion: it needs its own value", span)
        return self.reach(thunk)

    # Sets.

    def _set(self, node: tree.Set, scope: LazyScope) -> Value:
        if node.recursive:
            inner, attrs = recursive(node, scope)
        else:
            inner = scope
            attrs = {
                name: Attr(name, d.name_span, d.span, delayed(d.node, scope))
                for name, d in node.definitions.items()
            }
        self.spend(len(attrs) // 2, node.span)
        for dynamic in node.dynamic:
            name = dynamic_name(self, dynamic, inner)
            if name is None or (name in attrs and self.world is not None):
                continue
            if name in attrs:
                fail(f"the attribute `{name}` is defined twice", dynamic.name_span)
            thunk = delayed(dynamic.node, inner)
            attrs[name] = Attr(name, dynamic.name_span, dynamic.span, thunk)
        return AttrSet(attrs, node.span)

    def _selected(self, value: Value, name: str, span: Span) -> Value:
        """Return the attribute `name` of what is not in the project; `span` selects it."""
        if isinstance(value, ExternalValue):
            return found(self.world, ExternalValue((*value.way, name), span))
        if isinstance(value, UnknownValue):
            stuck(value.reason, span)
        return fail(f"{describe(value)} is used as a set", span)

    def _select(self, node: tree.Select, scope: LazyScope) -> Value:
        value = self.evaluate(node.subject, scope)
        for key in node.path:
            if isinstance(value, ExternalValue):
                value = self._selected(value, key.name or "*", node.span)
                continue
            name = key_name(self, key, scope)
            attr = value.attrs.get(name) if isinstance(value, AttrSet) else None
            if attr is not None:
                value = self._forced_at(attr.thunk, key.span)
            elif isinstance(value, AttrSet) and value.rest is not None:
                value = self._selected(value.rest, name, node.span)
            elif node.default is not None:
                return self.evaluate(node.default, scope)
            elif isinstance(value, AttrSet):
                fail(f"there is no attribute `{name}`", key.span)
            else:
                fail(f"{describe(value)} has no attributes", node.subject.span)
        return value

    def _has_attr(self, node: tree.HasAttr, scope: LazyScope) -> bool:
        value = self.evaluate(node.subject, scope)
        for number, key in enumerate(node.path):
            name = key_name(self, key, scope)
            if isinstance(value, ExternalValue):
                stuck(value.reason, node.span)
            if not isinstance(value, AttrSet):
                return False
            attr = value.attrs.get(name)
            if attr is None:
                if value.rest is not None:
                    stuck(value.rest.reason, node.span)
                return False
            if number < len(node.path) - 1:
                value = self._forced_at(attr.thunk, key.span)
        return True

    # Functions.

    def call(self, function: Value, argument: Thunk, span: Span) -> Value:
        """Return what `function` gives for `argument`; `span` is the whole call."""
        if isinstance(function, Lambda):
            return self.evaluate(function.node.body, self._argument_scope(function, argument, span))
        if isinstance(function, Builtin):
            arguments = (*function.arguments, argument)
            if len(arguments) < function.arity:
                return function._replace(arguments=arguments, span=span)
            return self._run(function, arguments, span)
        if isinstance(function, ExternalValue):
            return found(self.world, ExternalValue((*function.way, "()"), span))
        if isinstance(function, AttrSet) and "__functor" in function.attrs:
            functor = self.force(function.attrs["__functor"].thunk)
            self.deeper(span)
            try:
                return self.call(self.call(functor, known(function), span), argument, span)
            finally:
                self.shallower()
        return fail(f"{describe(function)} is called like a function", span)

    def _run(self, function: Builtin, arguments: tuple[Thunk, ...], span: Span) -> Value:
        self.spend(1, span)
        self.deeper(span)
        try:
            return function.run(self, arguments, span)
        finally:
            self.shallower()

    def _argument_scope(self, function: Lambda, argument: Thunk, span: Span) -> LazyScope:
        node = function.node
        names: dict[str, Thunk] = {}
        inner = LazyScope(names, function.scope, function.scope.folder)
        if node.parameter is not None:
            names[node.parameter] = argument
        if node.formals is None:
            return inner
        given = self.attrs(argument, span)
        for formal in node.formals.formals:
            attr = given.attrs.get(formal.name)
            if attr is not None:
                names[formal.name] = attr.thunk
            elif given.rest is not None:
                names[formal.name] = known(given.rest)
            elif formal.default is not None:
                names[formal.name] = delayed(formal.default, inner)
            else:
                fail(f"the argument `{formal.name}` is missing", span)
        if not node.formals.ellipsis:
            expected = {formal.name for formal in node.formals.formals}
            for name in given.attrs:
                if name not in expected:
                    fail(f"the function takes no argument `{name}`", span)
        return inner

    # Operators and strings.

    def _condition(self, node: Node, scope: LazyScope) -> bool:
        return operators.truth(self.evaluate(node, scope), node.span)

    def _binary(self, node: tree.Binary, scope: LazyScope) -> Value:
        operator = node.operator
        if operator in ("&&", "||", "->"):
            left = self._condition(node.left, scope)
            if operator == "->":
                left = not left
            if left == (operator != "&&"):
                return Bool(left, node.span)
            return Bool(self._condition(node.right, scope), node.span)
        left_value = self.evaluate(node.left, scope)
        if (
            self.world is not None
            and operator == "+"
            and isinstance(left_value, (String, ExternalValue))
        ):
            return total(self, left_value, node, scope)
        right_value = self.evaluate(node.right, scope)
        for value in (left_value, right_value):
            if isinstance(value, ExternalValue):
                stuck(value.reason, value.span)
        return operators.binary(self, operator, left_value, right_value, node.span)

    # What functions need of their arguments.

    def attrs(self, thunk: Thunk, span: Span) -> AttrSet:
        """Return `thunk` as a set, perhaps one with a `rest`."""
        value = self.force(thunk)
        if isinstance(value, AttrSet):
            return value
        return fail(f"{describe(value)} is used as a set", span)
