"""Expressions of Nix: operators, functions, and what starts with a keyword."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.bindings import Bindings
from port_registry.languages.nix.fast_tuples import make
from port_registry.languages.nix.tokens import FINAL, MAX_DEPTH, RESERVED, SKIPPED
from port_registry.languages.nix.tree import Node
from port_registry.model import Span

_LEFT, _RIGHT = 1, 0
_STRENGTH = {
    "|>": (0, 2),
    "<|": (1, _RIGHT),
    "->": (2, _RIGHT),
    "||": (3, _LEFT),
    "&&": (4, _LEFT),
    "==": (5, _LEFT),
    "!=": (5, _LEFT),
    "<": (6, _LEFT),
    ">": (6, _LEFT),
    "<=": (6, _LEFT),
    ">=": (6, _LEFT),
    "//": (7, _RIGHT),
    "+": (9, _LEFT),
    "-": (9, _LEFT),
    "*": (10, _LEFT),
    "/": (10, _LEFT),
    "++": (11, _RIGHT),
    "?": (12, _LEFT),
}
"""The precedence of an operator, and the increment for operators in its right operand."""
_NOT = 8
"""The precedence of `!`; the `-` before an operand binds more tightly than any operator."""
_APART = frozenset(((0, 1), (1, 0), (5, 5), (6, 6)))
"""The precedences of operators that cannot follow one another without parentheses."""
_UNENCLOSED = "… needs parentheses around it here"
_OPENING = frozenset(("let", "if", "with", "assert"))
"""Keywords that start an expression."""


class Expressions(Bindings):
    """A parser of one text."""

    __slots__ = ()

    def file(self) -> Node:
        """Return the expression of the whole text."""
        text = self.text
        if text[0] == "\ufeff":
            self.refuse("Nix does not accept a byte order mark", 0, 1)
        at = self.gap(0)
        if at == self.length:
            self.refuse("the file is empty: expected an expression", 0, 0)
        node, end = self.expression(at)
        end = self.gap(end)
        if end != self.length:
            self.unexpected(end, "unexpected … after the end of the expression")
        return node

    def expression(self, at: int) -> tuple[Node, int]:
        """Read the expression at `at`."""
        text = self.text
        if text[at] == "{":
            is_set = self.patterns.arguments.match(text, at) is None
            return self._operation(at, 0) if is_set else self._function(at)
        found = self.patterns.operand.match(text, at)
        if found is None:
            return self._operation(at, 0)
        group = found.lastindex
        if group == 1 or group == 8:
            word, end = found[group], found.end()
            if word in _OPENING and (word != "let" or text[self.gap(end)] != "{"):
                return self._keyword(word, at, end)
            ahead = text[end + 1] if text[end] == " " else text[end]
            is_named = ahead in ":@" or (ahead in SKIPPED and text[self.gap(end)] in ":@")
            if is_named and word not in RESERVED:
                return self._function(at)
        taken = self.taken(found, at)
        if taken is None:
            self.unexpected(at, "expected a value here, not …")
        if text[taken[1]] in FINAL:
            return taken
        return self._operators(at, 0, self._applied(at, taken))

    def _keyword(self, keyword: str, at: int, end: int) -> tuple[Node, int]:
        """Read the expression at `at` whose keyword ends at `end`."""
        self.deeper(at)
        if keyword == "let":
            taken = self._let(at, end)
        elif keyword == "if":
            taken = self._if(at, end)
        else:
            place = (at, end)
            first, end = self.expression(self.gap(end))
            end = self.take(";", end, f"expected `;` after this `{keyword}`", place)
            outer = self.free
            if keyword == "with":
                # It may define any name.
                self.free = set()
            body, end = self.expression(self.gap(end))
            self.free = outer
            kind = tree.With if keyword == "with" else tree.Assert
            taken = kind(first, body, self.span(at, end)), end
        self.depth -= 1
        return taken

    def _if(self, at: int, end: int) -> tuple[Node, int]:
        condition, end = self.expression(self.gap(end))
        end = self.take_word("then", end, "if", at)
        yes, end = self.expression(self.gap(end))
        end = self.take_word("else", end, "if", at)
        no, end = self.expression(self.gap(end))
        return tree.If(condition, yes, no, self.span(at, end)), end

    def _let(self, at: int, end: int) -> tuple[Node, int]:
        made = tree.Set({}, [], recursive=True, span=Span(self.path, at, at))
        outer, self.free = self.free, set()
        unbound = "expected `in` or another binding here"
        end = self.bindings(self.gap(end), made, outer, unbound)
        end = self.take_word("in", end, "let", at)
        for dynamic in made.dynamic:
            self.problem("`let` does not accept computed names", dynamic.name_span)
        body, end = self.expression(self.gap(end))
        self.leave(outer, made.definitions.keys())
        span = self.span(at, end)
        return tree.Let(made._replace(span=span), body, span), end

    def _function(self, start: int) -> tuple[Node, int]:
        text = self.text
        self.deeper(start)
        parameter: tree.Formal | None = None
        formals: tree.Formals | None = None
        outer, self.free = self.free, set()
        at = start
        if text[at] == "{":
            formals, at = self._formals(at)
        else:
            parameter, at = self._parameter(at)
        at = self.gap(at)
        if text[at] == "@":
            at = self.gap(at + 1)
            if formals is None:
                formals, at = self._formals(at)
            else:
                parameter, at = self._parameter(at)
        names = [formal.name for formal in formals.formals] if formals is not None else []
        if parameter is not None:
            if parameter.name in names:
                self._refuse_twice(parameter)
            names.append(parameter.name)
        at = self.take(":", at, "expected `:` after the arguments of a function, not …")
        body, end = self.expression(self.gap(at))
        self.leave(outer, names)
        self.depth -= 1
        name = None if parameter is None else parameter.name
        return tree.LambdaExpression(name, formals, body, self.span(start, end)), end

    def _refuse_twice(self, formal: tree.Formal) -> None:
        self.problem(f"the argument `{formal.name}` is named twice", formal.span)

    def _parameter(self, at: int) -> tuple[tree.Formal, int]:
        """Read the name of an argument."""
        name, end = self.name(at, RESERVED, "expected the name of an argument, not …")
        return tree.Formal(name, None, Span(self.path, at, end)), end

    def _formals(self, start: int) -> tuple[tree.Formals, int]:
        text = self.text
        formals: list[tree.Formal] = []
        names: set[str] = set()
        ellipsis = False
        at = self.gap(self.take("{", start, "expected the arguments of a function, not …"))
        while text[at] != "}" and at != self.length:
            if text.startswith("...", at):
                ellipsis = True
                at += 3
                break
            formal, end = self._parameter(at)
            at = self.gap(end)
            if text[at] == "?":
                default, end = self.expression(self.gap(at + 1))
                formal = formal._replace(default=default)
                at = self.gap(end)
            if formal.name in names:
                self._refuse_twice(formal)
            names.add(formal.name)
            formals.append(formal)
            if text[at] != ",":
                break
            at = self.gap(at + 1)
        end = self.close("}", at, start, "{")
        return tree.Formals(tuple(formals), ellipsis), end

    def _operation(self, start: int, least: int) -> tuple[Node, int]:
        """Read operands and operators that bind at least as tightly as `least`."""
        text = self.text
        taken = self._prefixed(start) if text[start] in "!-" else self._application(start)
        if text[taken[1]] in FINAL:
            return taken
        return self._operators(start, least, taken)

    def _operators(self, start: int, least: int, left: tuple[Node, int]) -> tuple[Node, int]:
        """Read the operators that follow the operand `left`, and their other operands."""
        text, operator = self.text, self.patterns.operator
        node, end = left
        before = -1
        number = 0
        while text[end] not in FINAL:
            sign_at = self.gap(end)
            found = operator.match(text, sign_at)
            if found is None:
                if text[sign_at] in ":@":
                    self._refuse_function(node)
                break
            sign = found[0]
            strength, tighter = _STRENGTH[sign]
            if strength < least:
                break
            number += 1
            if number > MAX_DEPTH:
                self.refuse_depth(sign_at)
            if (before, strength) in _APART:
                message = f"`{sign}` cannot follow such an operator without parentheses"
                self.problem(message, self.span(sign_at, found.end()))
            before = strength
            at = self.gap(found.end())
            if sign == "?":
                path, end = self.attribute_path(at)
                node = tree.HasAttr(node, path, Span(self.path, start, end))
                continue
            if text[at] == "{" and self.patterns.arguments.match(text, at) is not None:
                self.unexpected(at, _UNENCLOSED)
            self.deeper(at)
            right, end = self._operation(at, strength + tighter)
            self.depth -= 1
            span = Span(self.path, start, end)
            if sign == "|>":
                node = tree.Apply(right, node, span)
            elif sign == "<|":
                node = tree.Apply(node, right, span)
            else:
                node = tree.Binary(sign, node, right, span)
        return node, end

    def _refuse_function(self, node: Node) -> None:
        """Raise the error for `node` where the `:` after it makes its end a function."""
        if isinstance(node, tree.Binary) and isinstance(node.right, tree.VarNode):
            self.unexpected(node.right.span.start, _UNENCLOSED)

    def _prefixed(self, at: int) -> tuple[Node, int]:
        """Read an operand with the operators before it, or a function with its arguments."""
        text = self.text
        sign = text[at]
        if sign == "!" and text[at + 1] != "=":
            self.deeper(at)
            operand, end = self._operation(self.gap(at + 1), _NOT + 1)
        elif sign == "-" and self._is_minus(at):
            self.deeper(at)
            operand, end = self._prefixed(self.gap(at + 1))
        else:
            return self._application(at)
        self.depth -= 1
        return tree.Unary(sign, operand, self.span(at, end)), end

    def _is_minus(self, at: int) -> bool:
        """Return whether the `-` at `at` is an operator, not the start of a path or of `->`."""
        found = self.patterns.operator.match(self.text, at)
        return found is not None and found[0] == "-"

    def _application(self, start: int) -> tuple[Node, int]:
        taken = self.operand(start)
        if taken is None:
            found = self.patterns.name.match(self.text, start)
            is_word = found is not None and found[0] in _OPENING
            self.unexpected(start, _UNENCLOSED if is_word else "expected a value here, not …")
        return self._applied(start, taken)

    def _applied(self, start: int, function: tuple[Node, int]) -> tuple[Node, int]:
        """Read the arguments of `function`."""
        text, path = self.text, self.path
        node, end = function
        number = 0
        while text[end] not in FINAL and (taken := self.operand(self.gap(end))) is not None:
            number += 1
            if number > MAX_DEPTH:
                self.refuse_depth(end)
            argument, end = taken
            node = make(tree.Apply, (node, argument, make(Span, (path, start, end))))
        return node, end
