"""Operands of plain Nix: names, strings, lists, sets, and selections from them."""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection

from port_registry.languages.nix import strings, tree
from port_registry.languages.nix.attrset_merge import Bind, Inherit, add_bind, add_inherit
from port_registry.languages.nix.builder import key_of
from port_registry.languages.nix.fast_tuples import make
from port_registry.languages.nix.plain_tokens import (
    FINAL,
    RESERVED,
    SKIPPED,
    UNSURE,
    NotPlainError,
    PlainTokens,
)
from port_registry.languages.nix.tree import AttrDefinition, Key, Node
from port_registry.model import Span

_BETWEEN = frozenset("=+*?:&|>!,@;)]}")
"""Characters that start no operand."""
_SELECTING = frozenset(" \t\n.o")
"""Characters that may follow a space after an operand before a selection from it."""


class PlainOperands(PlainTokens, ABC):
    """A parser of operands, and of the expressions inside them."""

    __slots__ = ()

    @abstractmethod
    def expression(self, at: int) -> tuple[Node, int]:
        """Read the expression at `at`."""

    def operand(self, at: int) -> tuple[Node, int] | None:
        """Read a value with a selection from it; None where no value starts."""
        if self.text[at] in _BETWEEN:
            return None
        found = self.patterns.operand.match(self.text, at)
        if found is not None:
            return self.taken(found, at)
        taken = self._bracketed(at)
        return None if taken is None else self._selected(taken[0], at, taken[1])

    def taken(self, found: re.Match[str], at: int) -> tuple[Node, int] | None:
        """Read the value whose first token is `found`; None where that is a keyword."""
        end = found.end()
        group = found.lastindex
        if group == 1:
            node = self.named(found[1], at)
            if node is not None:
                return self._selected(node, at, end)
            if found[1] != "rec":
                return None
            made, end = self._set(at, self.take("{", end), recursive=True)
            return self._selected(made, at, end)
        if group == 2:
            return self.plain(at, end), end
        if group == 3:
            return tree.IntLiteral(int(found[3]), Span(self.path, at, end)), end
        if group == 4:
            return tree.FloatLiteral(float(found[4]), self.span(at, end)), end
        if group == 5:
            parts = strings.raw_parts(self.source, at, end, [])
            return tree.PathLiteral(parts, self.span(at, end)), end
        if group == 6:
            return self._computed_path(at, end)
        return tree.SearchPath(found[7][1:-1], self.span(at, end)), end

    def _selected(self, node: Node, start: int, end: int) -> tuple[Node, int]:
        """Read the selection from `node`, if one follows `end`."""
        char = self.text[end]
        if char in FINAL or (char == " " and self.text[end + 1] not in _SELECTING):
            return node, end
        found = self.patterns.more.match(self.text, end)
        return (node, end) if found is None else self._selection(node, start, end)

    def _selection(self, subject: Node, start: int, end: int) -> tuple[Node, int]:
        """Read the selection from `subject` that follows `end`."""
        text, more = self.text, self.patterns.more
        keys: tuple[Key, ...] = ()
        found = more.match(text, end)
        if found is not None and found[1] is not None:
            keys, end = self.attribute_path(self.gap(found.end()))
            found = more.match(text, end)
        if isinstance(subject, tree.Select) and subject.span.start == start:
            # The names before the rest belong to the same path.
            keys = (*subject.path, *keys)
            subject = subject.subject
        if not keys:
            raise NotPlainError
        default: Node | None = None
        if found is not None:
            taken = None if found[1] is not None else self.operand(self.gap(found.end()))
            if taken is None:
                raise NotPlainError
            default, end = taken
        return tree.Select(subject, keys, default, self.span(start, end)), end

    def _bracketed(self, at: int) -> tuple[Node, int] | None:
        """Read a value that starts with a bracket or quote; None where there is none."""
        sign = self.text[at]
        if sign == "(":
            node, end = self.expression(self.gap(at + 1))
            return node, self.take(")", end)
        if sign == "{":
            return self._set(at, at + 1, recursive=False)
        if sign == "[":
            return self._list(at)
        if sign == '"':
            return self._string(at)
        if self.text.startswith("''", at):
            return self._indented(at)
        return None

    def _list(self, start: int) -> tuple[Node, int]:
        items: list[Node] = []
        at = self.gap(start + 1)
        while (taken := self.operand(at)) is not None:
            items.append(taken[0])
            at = self.gap(taken[1])
        end = self.take("]", at)
        return tree.ListLiteral(tuple(items), self.span(start, end)), end

    def _string(self, start: int) -> tuple[tree.Str, int]:
        holes: list[tree.Interpolation] = []
        at = start + 1
        while True:
            found = self.patterns.text.match(self.text, at)
            at = at if found is None else found.end()
            if not self.text.startswith("${", at):
                break
            hole, at = self._hole(at)
            holes.append(hole)
        end = at + 1
        if self.text[at] != '"':
            raise NotPlainError
        parts = strings.plain_parts(self.source, start + 1, at, holes)
        return tree.Str(parts, self.span(start, end)), end

    def _indented(self, start: int) -> tuple[tree.Str, int]:
        holes: list[tree.Interpolation] = []
        at = start + 2
        while True:
            found = self.patterns.indented.match(self.text, at)
            at = at if found is None else found.end()
            if not self.text.startswith("${", at):
                break
            hole, at = self._hole(at)
            holes.append(hole)
        if not self.text.startswith("''", at):
            raise NotPlainError
        parts = strings.indented_parts(self.source, start + 2, at, holes)
        return tree.Str(parts, self.span(start, at + 2)), at + 2

    def _computed_path(self, start: int, at: int) -> tuple[tree.PathLiteral, int]:
        """Read the path that starts at `start` and has its first `${` at `at`."""
        holes: list[tree.Interpolation] = []
        while self.text.startswith("${", at):
            hole, at = self._hole(at)
            holes.append(hole)
            found = self.patterns.path.match(self.text, at)
            at = at if found is None else found.end()
        if self.text[at] in "/$":
            raise NotPlainError
        parts = strings.raw_parts(self.source, start, at, holes)
        return tree.PathLiteral(parts, self.span(start, at)), at

    def _hole(self, at: int) -> tuple[tree.Interpolation, int]:
        """Read the `${…}` at `at`."""
        node, end = self.expression(self.gap(at + 2))
        end = self.take("}", end)
        return tree.Interpolation(node, Span(self.path, at, end)), end

    def _set(self, start: int, inner: int, *, recursive: bool) -> tuple[Node, int]:
        made = tree.Set({}, [], recursive, Span(self.path, start, start))
        outer = self.free
        if recursive:
            self.free = set()
        end = self.take("}", self.bindings(self.gap(inner), made, outer))
        if recursive:
            self.leave(outer, made.definitions.keys())
        span = make(Span, (self.path, start, end))
        return make(tree.Set, (made.definitions, made.dynamic, recursive, span)), end

    def leave(self, outer: set[str], defined: Collection[str]) -> None:
        """Leave the current scope, which defines the names `defined`, for the one around it."""
        outer.update(self.free.difference(defined))
        self.free = outer

    def bindings(self, at: int, made: tree.Set, outer: set[str]) -> int:
        """Add the bindings from `at` on to `made`; return their end.

        A plain `inherit` takes names of the scope whose free names are `outer`.
        """
        text, path, binding = self.text, self.path, self.patterns.binding
        definitions = made.definitions
        while True:
            found = binding.match(text, at)
            if found is None:
                end = self._odd_binding(at, made, outer)
                if end == at:
                    return at
                at = self.gap(end)
                continue
            names = found[1]
            if found.lastindex == 3:
                node, end = self.simple(found[2], found.start(2)), found.end(3)
                behind = found.end()
            else:
                node, end = self.expression(self.gap(found.end()))
                behind = end = self.take(";", end)
            span = make(Span, (path, at, end))
            if "." in names or names in definitions:
                self._note_merge(node)
                add_bind(made, Bind(self.keys(names, at), node, span), self.duplicates)
            elif names in RESERVED:
                raise NotPlainError
            else:
                name_span = make(Span, (path, at, at + len(names)))
                definitions[names] = make(AttrDefinition, (names, name_span, span, node, False))
            at = self.gap(behind) if text[behind] in SKIPPED else behind

    def _odd_binding(self, at: int, made: tree.Set, outer: set[str]) -> int:
        """Add an `inherit`, or a binding with quoted or computed names; return its end.

        It is `at` where there is none.
        """
        found = self.patterns.inherit.match(self.text, at)
        if found is not None:
            return self._inherit(at, self.gap(found.end()), made, outer)
        if self.text[at] != '"' and not self.text.startswith("${", at):
            found = self.patterns.name.match(self.text, at)
            if found is None or found[0] == "in":
                return at
        keys, end = self.attribute_path(at)
        node, end = self.expression(self.gap(self.take("=", end)))
        end = self.take(";", end)
        self._note_merge(node)
        add_bind(made, Bind(keys, node, self.span(at, end)), self.duplicates)
        return end

    def _note_merge(self, node: Node) -> None:
        """Note that `node` may be merged into a set, whose scope its bindings are in then."""
        if isinstance(node, tree.Set) and node.recursive:
            self.free.add(UNSURE)

    def _inherit(self, start: int, at: int, made: tree.Set, outer: set[str]) -> int:
        subject: Node | None = None
        if self.text[at] == "(":
            subject, end = self.expression(self.gap(at + 1))
            at = self.gap(self.take(")", end))
        names: list[Key] = []
        while self.text[at] != ";":
            key, end = self._key(at)
            if key.name is None:
                raise NotPlainError
            names.append(key)
            at = self.gap(end)
        if not names:
            raise NotPlainError
        end = at + 1
        variables = tuple([tree.VarNode(key.name or "", key.span) for key in names])
        if subject is None:
            outer.update([key.name or "" for key in names])
        binding = Inherit(subject, tuple(names), self.span(start, end))
        add_inherit(made, binding, variables, self.duplicates)
        return end

    def attribute_path(self, at: int) -> tuple[tuple[Key, ...], int]:
        """Read the attribute path at `at`."""
        text = self.text
        keys: list[Key] = []
        while True:
            key, end = self._key(at)
            keys.append(key)
            found = self.patterns.more.match(text, end)
            if found is None or found[1] is None:
                return tuple(keys), end
            at = self.gap(found.end())

    def _key(self, at: int) -> tuple[Key, int]:
        if self.text[at] == '"':
            string, end = self._string(at)
            return key_of(string, string.span), end
        if self.text.startswith("${", at):
            hole, end = self._hole(at)
            return key_of(hole.node, hole.span), end
        name, end = self.name(at)
        return Key(name, None, self.span(at, end)), end
