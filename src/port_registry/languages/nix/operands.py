"""Operands of Nix: names, strings, paths, lists, sets, and selections from them."""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import NoReturn

from port_registry.languages.nix import strings, tree
from port_registry.languages.nix.fast_tuples import make
from port_registry.languages.nix.tokens import FINAL, SKIPPED, Tokens
from port_registry.languages.nix.tree import Key, Node
from port_registry.model import Span

_BETWEEN = frozenset("=+*?:&|>!,@;)]}")
"""Characters that start no operand; `+` can start a path."""
_SELECTING = frozenset(" \t\r\n.o#/")
"""Characters that may follow a space after an operand before a selection from it."""


class Operands(Tokens, ABC):
    """A parser of operands, and of the expressions inside them."""

    __slots__ = ()

    @abstractmethod
    def expression(self, at: int) -> tuple[Node, int]:
        """Read the expression at `at`."""

    @abstractmethod
    def bindings(self, at: int, made: tree.Set, outer: set[str], unbound: str) -> int:
        """Add the bindings from `at` on to `made`; return the offset after them and spaces.

        A plain `inherit` takes names of the scope whose free names are `outer`. `unbound` is the
        message where no `=` follows a name.
        """

    @abstractmethod
    def attribute_path(self, at: int) -> tuple[tuple[Key, ...], int]:
        """Read the attribute path at `at`."""

    def operand(self, at: int) -> tuple[Node, int] | None:
        """Read a value with a selection from it; None where no value starts."""
        text = self.text
        if text[at] in _BETWEEN and (text[at] != "+" or text[at + 1] in SKIPPED):
            return None
        found = self.patterns.operand.match(text, at)
        if found is not None:
            return self.taken(found, at)
        taken = self._bracketed(at)
        return None if taken is None else self._selected(taken[0], at, taken[1])

    def taken(self, found: re.Match[str], at: int) -> tuple[Node, int] | None:
        """Read the value whose first token is `found`; None where that is a keyword."""
        end = found.end()
        group = found.lastindex
        node: Node | None
        if group == 1 or group == 8:
            node = self.named(found[group], at)
            if node is None:
                return self._worded(found[group], at, end)
        elif group == 2:
            node = self.plain(at, end)
        elif group == 4:
            node = self.integer(at, end)
        elif group == 5:
            node, end = self._path(at, end)
        elif group == 3:
            node = tree.FloatLiteral(float(found[0]), self.span(at, end))
        elif group == 6:
            node = tree.SearchPath(found[0][1:-1], self.span(at, end))
        else:
            node = tree.Uri(found[0], self.span(at, end))
        return self._selected(node, at, end)

    def _worded(self, word: str, at: int, end: int) -> tuple[Node, int] | None:
        """Read a set that starts with `word`; None where it does not start one."""
        if word == "rec":
            message = "expected `{` after this `rec`, not …"
            inner = self.take("{", end, message, (at, end))
            made, end = self._set(at, inner, recursive=True)
            return self._selected(made, at, end)
        inner = self.gap(end)
        if word != "let" or self.text[inner] != "{":
            return None
        made, end = self._set(at, inner + 1, recursive=True)
        body = Key("body", None, made.span)
        return self._selected(tree.Select(made, (body,), None, made.span), at, end)

    def _selected(self, node: Node, start: int, end: int) -> tuple[Node, int]:
        """Read the selection from `node`, if one follows `end`."""
        char = self.text[end]
        if char in FINAL or (char == " " and self.text[end + 1] not in _SELECTING):
            return node, end
        found = self.patterns.more.match(self.text, end)
        return (node, end) if found is None else self._selection(node, start, end)

    def more(self, end: int) -> re.Match[str] | None:
        """Match what continues the operand before `end`, perhaps after a comment."""
        more = self.patterns.more
        found = more.match(self.text, end)
        if found is not None and found[2] is not None:
            found = more.match(self.text, self.gap(end))
        return found

    def _selection(self, subject: Node, start: int, end: int) -> tuple[Node, int]:
        """Read the selection from `subject` that follows `end`, if there is one."""
        keys: tuple[Key, ...] = ()
        found = self.more(end)
        if found is not None and found[1] is not None:
            keys, end = self.attribute_path(self.gap(found.end()))
            found = self.more(end)
        if (
            isinstance(subject, tree.Select)
            and subject.span.start == start
            and isinstance(subject.subject, tree.VarNode)
        ):
            # The names before the rest belong to the same path.
            keys = (*subject.path, *keys)
            subject = subject.subject
        if not keys:
            if found is None:
                return subject, end
            # A function with the argument `or`, which is no keyword here.
            end = found.end()
            self.free.add("or")
            name = tree.VarNode("or", self.span(end - len("or"), end))
            return tree.Apply(subject, name, self.span(start, end)), end
        default: Node | None = None
        if found is not None:
            self.deeper(found.end())
            default, end = self.value(self.gap(found.end()))
            self.depth -= 1
        return tree.Select(subject, keys, default, self.span(start, end)), end

    def value(self, at: int) -> tuple[Node, int]:
        """Read the value at `at`, which must be there, with a selection from it."""
        taken = self.operand(at)
        if taken is None:
            self.unexpected(at, "expected a value here, not …")
        return taken

    def _bracketed(self, at: int) -> tuple[Node, int] | None:
        """Read a value that starts with a bracket or quote; None where there is none."""
        sign = self.text[at]
        if sign == "(":
            self.deeper(at)
            node, end = self.expression(self.gap(at + 1))
            self.depth -= 1
            return node, self.close(")", end, at, "(")
        if sign == "{":
            return self._set(at, at + 1, recursive=False)
        if sign == "[":
            return self._list(at)
        if sign == '"':
            return self.string(at)
        if self.text.startswith("''", at):
            return self._indented(at)
        return None

    def _list(self, start: int) -> tuple[Node, int]:
        self.deeper(start)
        items: list[Node] = []
        at = self.gap(start + 1)
        while (taken := self.operand(at)) is not None:
            items.append(taken[0])
            at = self.gap(taken[1])
        self.depth -= 1
        end = self.close("]", at, start, "[")
        return tree.ListLiteral(tuple(items), self.span(start, end)), end

    def string(self, start: int) -> tuple[tree.Str, int]:
        """Read the `"…"` at `start`."""
        holes, at = self._holes(self.patterns.text, start + 1)
        if self.text[at] != '"':
            self._refuse_unclosed(start, '"', at)
        parts = strings.plain_parts(self.source, start + 1, at, holes)
        return tree.Str(parts, self.span(start, at + 1)), at + 1

    def _indented(self, start: int) -> tuple[tree.Str, int]:
        holes, at = self._holes(self.patterns.indented, start + 2)
        if not self.text.startswith("''", at):
            self._refuse_unclosed(start, "''", at)
        parts = strings.indented_parts(self.source, start + 2, at, holes)
        return tree.Str(parts, self.span(start, at + 2)), at + 2

    def _refuse_unclosed(self, start: int, quote: str, at: int) -> NoReturn:
        """Raise the error for the string at `start`, which cannot be read on at `at`."""
        character = self.text.index("\0", at)
        if character < self.length:
            self.unexpected(character, "")
        self.refuse("this string is never closed", start, start + len(quote))

    def _path(self, start: int, end: int) -> tuple[Node, int]:
        """Read the path at `start`, all before whose first `${` ends at `end`."""
        holes, end = self._holes(self.patterns.path, end)
        span = self.span(start, end)
        if not holes and "//" in self.text[start:end]:
            self.problem("cannot be read without spaces around its `//`", span)
        if self.text[end - 1] == "/":
            self.problem("a path must not end in `/`", span)
        return tree.PathLiteral(strings.plain_parts(self.source, start, end, holes), span), end

    def _holes(self, between: re.Pattern[str], at: int) -> tuple[list[tree.Interpolation], int]:
        """Read each `${…}` after `at`, with `between` before and after it."""
        text = self.text
        holes: list[tree.Interpolation] = []
        while True:
            found = between.match(text, at)
            at = at if found is None else found.end()
            if not text.startswith("${", at):
                return holes, at
            hole, at = self.hole(at)
            holes.append(hole)

    def hole(self, at: int) -> tuple[tree.Interpolation, int]:
        """Read the `${…}` at `at`."""
        self.deeper(at)
        node, end = self.expression(self.gap(at + 2))
        self.depth -= 1
        end = self.close("}", end, at, "${")
        return tree.Interpolation(node, Span(self.path, at, end)), end

    def _set(self, start: int, inner: int, *, recursive: bool) -> tuple[tree.Set, int]:
        """Read the set at `start`, whose bindings start after `inner`."""
        self.deeper(start)
        made = tree.Set({}, [], recursive, Span(self.path, start, start))
        outer = self.free
        if recursive:
            self.free = set()
        at = self.bindings(self.gap(inner), made, outer, "expected `=` after this name, not …")
        end = self.close("}", at, inner - 1, "{")
        if recursive:
            self.leave(outer, made.definitions.keys())
        self.depth -= 1
        span = make(Span, (self.path, start, end))
        return make(tree.Set, (made.definitions, made.dynamic, recursive, span)), end

    def leave(self, outer: set[str], defined: Collection[str]) -> None:
        """Leave the current scope, which defines the names `defined`, for the one around it."""
        outer.update(self.free.difference(defined))
        self.free = outer
