"""Recursive-descent parser for plain Nix, several times as fast as a walk over the grammar's tree.

It accepts the constructs of nearly all files, and gives up at anything else: rare tokens, deep
nesting, invalid Nix. The grammar then decides (`port_registry.languages.nix.grammar`). Its
result is that of the grammar, except for some faults of the grammar: a comment after a path
is not part of the path, and a quote may be next to an interpolation.
"""

from port_registry.languages.nix import tree
from port_registry.languages.nix.fast_tuples import make
from port_registry.languages.nix.plain_operands import PlainOperands
from port_registry.languages.nix.plain_tokens import FINAL, NotPlainError
from port_registry.languages.nix.tree import Node
from port_registry.languages.nix.undefined_names import GLOBALS
from port_registry.model import NamedTuple, Source, Span

_LEFT, _RIGHT = 1, 0
_STRENGTH = {
    "->": (1, _RIGHT),
    "||": (2, _LEFT),
    "&&": (3, _LEFT),
    "==": (4, _LEFT),
    "!=": (4, _LEFT),
    "<": (5, _LEFT),
    ">": (5, _LEFT),
    "<=": (5, _LEFT),
    ">=": (5, _LEFT),
    "//": (6, _RIGHT),
    "+": (8, _LEFT),
    "-": (8, _LEFT),
    "*": (9, _LEFT),
    "/": (9, _LEFT),
    "++": (10, _RIGHT),
    "?": (11, _LEFT),
}
"""The precedence of an operator, and the increment for operators in its right operand."""
_NOT = 7
"""The precedence of `!`; the `-` before an operand binds more tightly than any operator."""
_ONCE = (4, 5, 11)
"""The precedences of operators that cannot follow one another without parentheses."""
_LONGEST = 500
"""The largest number of operators, or of arguments, in a row: each is a level of nesting."""
_OPENING = frozenset(("let", "if", "with", "assert"))
"""Keywords that start an expression."""


class PlainFile(NamedTuple):
    """A file of plain Nix."""

    root: Node
    comments: tuple[tree.NixComment, ...]
    is_closed: bool
    """Whether every name is surely defined; where it is False, most are."""


def parse_plain(source: Source) -> PlainFile | None:
    """Return `source` as a tree; None where it is not plain, though it may be valid Nix."""
    if "\r" in source.text or "\0" in source.text:
        return None
    parser = _PlainParser(source)
    try:
        root = parser.file()
    except (NotPlainError, RecursionError):
        return None
    if parser.duplicates:
        return None
    text = source.text
    comments = tuple([
        tree.NixComment(text[start:end], Span(source.path, start, end))
        for start, end in sorted(parser.comments.items())
    ])  # fmt: skip
    is_closed = all(name in GLOBALS or name.startswith("__") for name in parser.free)
    return PlainFile(root, comments, is_closed)


class _PlainParser(PlainOperands):
    """A parser of one text."""

    __slots__ = ()

    def file(self) -> Node:
        """Return the expression of the whole text; raises `NotPlainError`."""
        node, end = self.expression(self.gap(0))
        if self.gap(end) != len(self.source.text):
            raise NotPlainError
        return node

    def expression(self, at: int) -> tuple[Node, int]:
        text = self.text
        if text[at] == "{":
            is_set = self.patterns.arguments.match(text, at) is None
            return self._operation(at, 0) if is_set else self._function(at)
        found = self.patterns.operand.match(text, at)
        if found is None:
            return self._operation(at, 0)
        if found.lastindex == 1:
            end = found.end()
            if found[1] in _OPENING:
                return self._keyword(found[1], at, end)
            if text[end] in ":@" or (text[end] == " " and text[end + 1] in ":@"):
                return self._function(at)
        taken = self.taken(found, at)
        if taken is None:
            raise NotPlainError
        if text[taken[1]] in FINAL:
            return taken
        return self._operators(at, 0, *self._applied(at, taken))

    def _keyword(self, keyword: str, at: int, end: int) -> tuple[Node, int]:
        """Read the expression at `at` whose keyword ends at `end`."""
        if keyword == "let":
            return self._let(at)
        inner = self.gap(end)
        if keyword == "if":
            condition, end = self.expression(inner)
            yes, end = self.expression(self.gap(self.take_word("then", end)))
            no, end = self.expression(self.gap(self.take_word("else", end)))
            return tree.If(condition, yes, no, self.span(at, end)), end
        first, end = self.expression(inner)
        outer = self.free
        if keyword == "with":
            # It may define any name.
            self.free = set()
        body, end = self.expression(self.gap(self.take(";", end)))
        self.free = outer
        if keyword == "with":
            return tree.With(first, body, self.span(at, end)), end
        return tree.Assert(first, body, self.span(at, end)), end

    def _let(self, at: int) -> tuple[Node, int]:
        inner = self.gap(at + len("let"))
        if self.text[inner] == "{":
            raise NotPlainError
        made = tree.Set({}, [], recursive=True, span=Span(self.path, at, at))
        outer, self.free = self.free, set()
        end = self.take_word("in", self.bindings(inner, made, outer))
        body, end = self.expression(self.gap(end))
        self.leave(outer, made.definitions.keys())
        if made.dynamic:
            raise NotPlainError
        span = self.span(at, end)
        return tree.Let(made._replace(span=span), body, span), end

    def _function(self, start: int) -> tuple[Node, int]:
        text = self.text
        parameter: str | None = None
        formals: tree.Formals | None = None
        outer, self.free = self.free, set()
        at = start
        if text[at] == "{":
            formals, at = self._formals(at)
        else:
            parameter, at = self.name(at)
        at = self.gap(at)
        if text[at] == "@":
            at = self.gap(at + 1)
            if text[at] == "{" and formals is None:
                formals, at = self._formals(at)
            else:
                if formals is None:
                    raise NotPlainError
                parameter, at = self.name(at)
                # Without a space after the colon, it would be a URI.
                if text[self.gap(at) + 1] not in " \t\n":
                    raise NotPlainError
        names = [formal.name for formal in formals.formals] if formals is not None else []
        if parameter is not None:
            if parameter in names:
                raise NotPlainError
            names.append(parameter)
        body, end = self.expression(self.gap(self.take(":", at)))
        self.leave(outer, names)
        return tree.LambdaExpression(parameter, formals, body, self.span(start, end)), end

    def _formals(self, at: int) -> tuple[tree.Formals, int]:
        text = self.text
        taken: dict[str, tree.Formal] = {}
        ellipsis = False
        at = self.gap(at + 1)
        while text[at] != "}":
            if text.startswith("...", at):
                ellipsis = True
                at = self.gap(at + 3)
                break
            name, end = self.name(at)
            span = Span(self.path, at, end)
            default: Node | None = None
            at = self.gap(end)
            if text[at] == "?":
                default, end = self.expression(self.gap(at + 1))
                at = self.gap(end)
            if name in taken:
                raise NotPlainError
            taken[name] = tree.Formal(name, default, span)
            if text[at] != ",":
                break
            at = self.gap(at + 1)
        return tree.Formals(tuple(taken.values()), ellipsis), self.take("}", at)

    def _operation(self, start: int, least: int) -> tuple[Node, int]:
        """Read operands and operators that bind at least as tightly as `least`."""
        text = self.text
        taken = self._unary(start, least) if text[start] in "!-" else self._application(start)
        if text[taken[1]] in FINAL:
            return taken
        return self._operators(start, least, *taken)

    def _operators(self, start: int, least: int, node: Node, end: int) -> tuple[Node, int]:
        """Read the operators that follow `node`, and their other operands."""
        text, operator = self.text, self.patterns.operator
        before = 0
        for _ in range(_LONGEST):
            if text[end] in FINAL:
                return node, end
            found = operator.match(text, self.gap(end))
            if found is None:
                return node, end
            sign = found[0]
            strength, tighter = _STRENGTH[sign]
            if strength < least:
                return node, end
            if strength == before and strength in _ONCE:
                raise NotPlainError
            before = strength
            at = self.gap(found.end())
            if sign == "?":
                path, end = self.attribute_path(at)
                node = tree.HasAttr(node, path, Span(self.path, start, end))
            else:
                right, end = self._operation(at, strength + tighter)
                node = tree.Binary(sign, node, right, Span(self.path, start, end))
        raise NotPlainError

    def _unary(self, at: int, least: int) -> tuple[Node, int]:
        sign = self.text[at]
        if sign == "!":
            if least > _NOT:
                raise NotPlainError
            operand, end = self._operation(self.gap(at + 1), _NOT + 1)
        elif self.patterns.operator.match(self.text, at) is not None:
            operand, end = self._application(self.gap(at + 1))
        else:
            return self._application(at)
        return tree.Unary(sign, operand, self.span(at, end)), end

    def _application(self, start: int) -> tuple[Node, int]:
        taken = self.operand(start)
        if taken is None:
            raise NotPlainError
        return self._applied(start, taken)

    def _applied(self, start: int, function: tuple[Node, int]) -> tuple[Node, int]:
        """Read the arguments of `function`."""
        node, end = function
        for _ in range(_LONGEST):
            if self.text[end] in FINAL:
                return node, end
            taken = self.operand(self.gap(end))
            if taken is None:
                return node, end
            argument, end = taken
            node = make(tree.Apply, (node, argument, make(Span, (self.path, start, end))))
        raise NotPlainError
