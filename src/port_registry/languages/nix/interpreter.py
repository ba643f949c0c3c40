"""Lazy evaluation of expressions.

Nothing here returns an `UnknownValue`: what cannot be known raises `UnknownValueError` up to
the thunk that needed it, which remembers it. Every recursion passes through
`LazyInterpreter.evaluate` or `Interpreter.enter_level`, which bound its depth; every loop calls
`Interpreter.spend`, which bounds the time.
"""

import posixpath

from port_registry.languages.nix import coerce, interpolation, operators, tree, values
from port_registry.languages.nix.scope import (
    delayed,
    plain_attrs,
    raise_eval_error,
    raise_unknown,
    recursive_scope,
)
from port_registry.model import Span


class LazyInterpreter(values.Interpreter):
    """An evaluator of expressions."""

    __slots__ = ()

    def evaluate(self, node: tree.Node, scope: values.LazyScope) -> values.Value:
        """Return the value of `node`, with thunks for its parts; raises `UnknownValueError`."""
        self.spend(1, node.span)
        self.enter_level(node.span)
        try:
            if isinstance(node, tree.VarNode):
                return self._variable(node, scope)
            if isinstance(node, tree.IntLiteral):
                return values.Int(node.value, node.span, (node.span,))
            if isinstance(node, tree.Apply):
                function = self.evaluate(node.function, scope)
                return self.call(function, delayed(node.argument, scope), node.span)
            if isinstance(node, tree.Select):
                return self._select(node, scope)
            if isinstance(node, tree.Set):
                return self._set(node, scope)
            if isinstance(node, tree.Str):
                return values.String(
                    interpolation.interpolated_text(self, node.parts, scope, node.span), node.span
                )
            return self._other(node, scope)
        finally:
            self.leave_level()

    def _other(self, node: tree.Node, scope: values.LazyScope) -> values.Value:
        if isinstance(node, tree.ListLiteral):
            self.spend(len(node.items) // 2, node.span)
            return values.List(tuple([delayed(item, scope) for item in node.items]), node.span)
        if isinstance(node, tree.LambdaExpression):
            return values.Lambda(node, scope, node.span)
        if isinstance(node, tree.Binary):
            return self._binary(node, scope)
        if isinstance(node, tree.Let):
            inner, _ = recursive_scope(node.bindings, scope)
            return self.evaluate(node.body, inner)
        if isinstance(node, tree.If):
            chosen = node.yes if self._condition(node.condition, scope) else node.no
            return self.evaluate(chosen, scope)
        if isinstance(node, tree.With):
            attached = delayed(node.scope, scope)
            return self.evaluate(node.body, values.LazyScope({}, scope, scope.folder, attached))
        if isinstance(node, tree.Assert):
            if not self._condition(node.condition, scope):
                raise_eval_error("this assertion fails", node.condition.span)
            return self.evaluate(node.body, scope)
        if isinstance(node, tree.HasAttr):
            return values.Bool(self._has_attr(node, scope), node.span)
        return self._plain(node, scope)

    def _plain(self, node: tree.Node, scope: values.LazyScope) -> values.Value:
        if isinstance(node, tree.Unary):
            value = self.evaluate(node.operand, scope)
            return operators.unary(node.operator, value, node.span)
        if isinstance(node, tree.PathLiteral):
            text = interpolation.interpolated_text(self, node.parts, scope, node.span).text
            if text.startswith(("/", "~")):
                return values.PathValue(posixpath.normpath(text), node.span)
            return values.PathValue(
                posixpath.normpath(posixpath.join(scope.folder, text)), node.span
            )
        if isinstance(node, tree.SearchPath):
            return values.PathValue(f"<{node.text}>", node.span)
        if isinstance(node, tree.Uri):
            return values.String(coerce.computed_text(node.text, node.span), node.span)
        if isinstance(node, tree.FloatLiteral):
            return values.Float(node.value, node.span)
        return raise_unknown("this expression is not supported", node.span)

    # Names.

    def _variable(self, node: tree.VarNode, scope: values.LazyScope) -> values.Value:
        bound = scope.lexical(node.name)
        if bound is not None:
            return self._forced_at(bound, node.span)
        enclosing: values.LazyScope | None = scope
        while enclosing is not None:
            if enclosing.attached is not None:
                attached = self.force_or_external(enclosing.attached)
                attr = (
                    attached.attrs.get(node.name) if isinstance(attached, values.AttrSet) else None
                )
                if attr is not None:
                    return self._forced_at(attr.thunk, node.span)
                rest = attached.rest if isinstance(attached, values.AttrSet) else attached
                if rest is not None:
                    return self._selected(rest, node.name, node.span)
            enclosing = enclosing.parent
        return raise_eval_error(f"`{node.name}` is not defined", node.span)

    def _forced_at(self, thunk: values.Thunk, span: Span) -> values.Value:
        """Return the value of `thunk`; raises an infinite recursion at `span`."""
        if thunk.forcing:
            raise_eval_error("infinite recursion: it needs its own value", span)
        return self.force_or_external(thunk)

    # Sets.

    def _set(self, node: tree.Set, scope: values.LazyScope) -> values.Value:
        if node.recursive:
            inner, attrs = recursive_scope(node, scope)
        else:
            inner, attrs = scope, plain_attrs(node, scope)
        self.spend(len(attrs) // 2, node.span)
        for dynamic in node.dynamic:
            name = interpolation.dynamic_name(self, dynamic, inner)
            if name is None or (name in attrs and self.external is not None):
                continue
            if name in attrs:
                raise_eval_error(f"the attribute `{name}` is defined twice", dynamic.name_span)
            thunk = delayed(dynamic.node, inner)
            attrs[name] = values.Attr(name, dynamic.name_span, dynamic.span, thunk)
        return values.AttrSet(attrs, node.span)

    def _selected(self, value: values.Value, name: str, span: Span) -> values.Value:
        """Return the attribute `name` of an external or unknown value, selected at `span`."""
        if isinstance(value, values.ExternalValue):
            return self.resolve(values.ExternalValue((*value.path, name), span))
        if isinstance(value, values.UnknownValue):
            raise_unknown(value.reason, span)
        return raise_eval_error(f"{coerce.kind_of(value)} is used as a set", span)

    def _select(self, node: tree.Select, scope: values.LazyScope) -> values.Value:
        value = self.evaluate(node.subject, scope)
        for key in node.path:
            if isinstance(value, values.ExternalValue):
                value = self._selected(value, key.name or "*", node.span)
                continue
            name = interpolation.key_name(self, key, scope)
            attr = value.attrs.get(name) if isinstance(value, values.AttrSet) else None
            if attr is not None:
                value = self._forced_at(attr.thunk, key.span)
            elif isinstance(value, values.AttrSet) and value.rest is not None:
                value = self._selected(value.rest, name, node.span)
            elif node.default is not None:
                return self.evaluate(node.default, scope)
            elif isinstance(value, values.AttrSet):
                raise_eval_error(f"there is no attribute `{name}`", key.span)
            else:
                raise_eval_error(f"{coerce.kind_of(value)} has no attributes", node.subject.span)
        return value

    def _has_attr(self, node: tree.HasAttr, scope: values.LazyScope) -> bool:
        value = self.evaluate(node.subject, scope)
        for number, key in enumerate(node.path):
            name = interpolation.key_name(self, key, scope)
            if isinstance(value, values.ExternalValue):
                raise_unknown(value.reason, node.span)
            if not isinstance(value, values.AttrSet):
                return False
            attr = value.attrs.get(name)
            if attr is None:
                if value.rest is not None:
                    raise_unknown(value.rest.reason, node.span)
                return False
            if number < len(node.path) - 1:
                value = self._forced_at(attr.thunk, key.span)
        return True

    # Functions.

    def call(self, function: values.Value, argument: values.Thunk, span: Span) -> values.Value:
        """Return the result of `function` for `argument`; `span` is the whole call."""
        if isinstance(function, values.Lambda):
            return self.evaluate(function.node.body, self._argument_scope(function, argument, span))
        if isinstance(function, values.Builtin):
            arguments = (*function.arguments, argument)
            if len(arguments) < function.arity:
                return function._replace(arguments=arguments, span=span)
            return self._run(function, arguments, span)
        if isinstance(function, values.ExternalValue):
            return self.resolve(values.ExternalValue((*function.path, "()"), span))
        if isinstance(function, values.AttrSet) and "__functor" in function.attrs:
            functor = self.force(function.attrs["__functor"].thunk)
            self.enter_level(span)
            try:
                return self.call(
                    self.call(functor, values.evaluated(function), span), argument, span
                )
            finally:
                self.leave_level()
        return raise_eval_error(f"{coerce.kind_of(function)} is called like a function", span)

    def _run(
        self, function: values.Builtin, arguments: tuple[values.Thunk, ...], span: Span
    ) -> values.Value:
        self.spend(1, span)
        self.enter_level(span)
        try:
            return function.run(self, arguments, span)
        finally:
            self.leave_level()

    def _argument_scope(
        self, function: values.Lambda, argument: values.Thunk, span: Span
    ) -> values.LazyScope:
        node = function.node
        names: dict[str, values.Thunk] = {}
        inner = values.LazyScope(names, function.scope, function.scope.folder)
        if node.parameter is not None:
            names[node.parameter] = argument
        if node.formals is None:
            return inner
        argument_set = self.force(argument)
        if not isinstance(argument_set, values.AttrSet):
            raise_eval_error(f"{coerce.kind_of(argument_set)} is used as a set", span)
        for formal in node.formals.formals:
            attr = argument_set.attrs.get(formal.name)
            if attr is not None:
                names[formal.name] = attr.thunk
            elif argument_set.rest is not None:
                names[formal.name] = values.evaluated(argument_set.rest)
            elif formal.default is not None:
                names[formal.name] = delayed(formal.default, inner)
            else:
                raise_eval_error(f"the argument `{formal.name}` is missing", span)
        if not node.formals.ellipsis:
            expected = {formal.name for formal in node.formals.formals}
            for name in argument_set.attrs:
                if name not in expected:
                    raise_eval_error(f"the function has no argument `{name}`", span)
        return inner

    # Operators and strings.

    def _condition(self, node: tree.Node, scope: values.LazyScope) -> bool:
        return operators.truth(self.evaluate(node, scope), node.span)

    def _binary(self, node: tree.Binary, scope: values.LazyScope) -> values.Value:
        operator = node.operator
        if operator in ("&&", "||", "->"):
            left = self._condition(node.left, scope)
            if operator == "->":
                left = not left
            if left == (operator != "&&"):
                return values.Bool(left, node.span)
            return values.Bool(self._condition(node.right, scope), node.span)
        left_value = self.evaluate(node.left, scope)
        if (
            self.external is not None
            and operator == "+"
            and isinstance(left_value, (values.String, values.ExternalValue))
        ):
            return interpolation.concatenated_string(self, left_value, node, scope)
        right_value = self.evaluate(node.right, scope)
        for value in (left_value, right_value):
            if isinstance(value, values.ExternalValue):
                raise_unknown(value.reason, value.span)
        return operators.binary(self, operator, left_value, right_value, node.span)
