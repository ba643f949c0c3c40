"""Bindings of Nix, in sets and `let`, and the attribute paths that they define."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.fast_tuples import make
from port_registry.languages.nix.operands import Operands
from port_registry.languages.nix.tokens import KEYWORDS, SKIPPED, UNSURE
from port_registry.languages.nix.tree import (
    AttrDefinition,
    DynamicDefinition,
    Key,
    Node,
    child_nodes,
)
from port_registry.model import DuplicateDefinition, Span


class Bindings(Operands):
    """A parser of bindings."""

    __slots__ = ()

    def bindings(self, at: int, made: tree.Set, outer: set[str], unbound: str) -> int:
        """Add the bindings from `at` on to `made`; return the offset after them and spaces.

        A plain `inherit` takes names of the scope whose free names are `outer`. `unbound` is the
        message where no `=` follows a name.
        """
        text, path, binding = self.text, self.path, self.patterns.binding
        definitions, duplicates = made.definitions, self.duplicates
        while True:
            found = binding.match(text, at)
            if found is None:
                end = self._odd_binding(at, made, outer, unbound)
                if end == at:
                    return at
                at = self.gap(end)
                continue
            names = found[1]
            if found.lastindex == 3:
                node, end = self._simple(found[2], found.start(2)), found.end(3)
                behind = found.end()
            else:
                start, known = self.gap(found.end()), len(duplicates)
                node, end = self.expression(start)
                if len(duplicates) > known:
                    self._lengthen_names(names.split("."), known)
                behind = end = end + 1 if text[end] == ";" else self._semicolon(start, node, end)
            span = make(Span, (path, at, end))
            if "." in names or names in definitions or names in KEYWORDS:
                self._define(made, self.keys(names.split("."), at), node, span)
            else:
                name_span = make(Span, (path, at, at + len(names)))
                definitions[names] = make(AttrDefinition, (names, name_span, span, node, False))
            at = self.gap(behind) if text[behind] in SKIPPED else behind

    def _simple(self, text: str, start: int) -> Node:
        """Return `text` as an integer, string or selection."""
        if text[0] == '"':
            return self.plain(start, start + len(text))
        if text[0].isdecimal():
            return tree.IntLiteral(int(text), Span(self.path, start, start + len(text)))
        node = self.named(text, start)
        if node is None:
            self.unexpected(start, "expected a value here, not …")
        return node

    def _semicolon(self, start: int, node: Node, end: int) -> int:
        """Return the offset after the `;` that follows the value `node` at `[start, end)`."""
        at = self.gap(end)
        if self.text[at] != ";":
            if self.text[at] == "=":
                end = self._end_before_name(node, end)
            self.unexpected(at, "expected `;` after this value", (start, end))
        return at + 1

    def _end_before_name(self, node: Node, end: int) -> int:
        """Return the end of the value `node` without its last argument, if it has one.

        The argument, which ends at `end`, is the name of the next binding then.
        """
        while not isinstance(node, tree.Apply):
            children = child_nodes(node)
            if not children or children[-1].span.end != end:
                return end
            node = children[-1]
        start = node.argument.span.start
        if node.argument.span.end == end:
            end = node.function.span.end
            while self.text[after := self.gap(end)] == ")" and after < start:
                end = after + 1
        return end

    def _lengthen_names(self, path: list[str], first: int) -> None:
        """Prepend `path` to the names of the duplicates from the number `first` on."""
        for number in range(first, len(self.duplicates)):
            duplicate = self.duplicates[number]
            self.duplicates[number] = duplicate._replace(name=(*path, *duplicate.name))

    def _odd_binding(self, at: int, made: tree.Set, outer: set[str], unbound: str) -> int:
        """Add an `inherit`, or a binding with quoted or computed names; return its end.

        It is `at` where there is none.
        """
        text = self.text
        found = self.patterns.inherit.match(text, at)
        if found is not None:
            return self._inherit(at, found.end(), made, outer)
        found = self.patterns.name.match(text, at)
        if text[at] in ")]}" or at == self.length or (found is not None and found[0] == "in"):
            return at
        keys, end = self.attribute_path(at)
        sign = self.gap(end)
        if text[sign] != "=" or text[sign + 1] == "=":
            self.unexpected(sign, unbound, (at, end))
        start, known = self.gap(sign + 1), len(self.duplicates)
        node, end = self.expression(start)
        end = self._semicolon(start, node, end)
        self._lengthen_names([key.name or "" for key in keys], known)
        self._define(made, keys, node, self.span(at, end))
        return end

    def _define(self, made: tree.Set, path: tuple[Key, ...], node: Node, span: Span) -> None:
        """Add `path = node;`, which is at `span`, to `made`, and the sets in between.

        Sets are merged as by `addAttr` in Nix's parser.
        """
        if isinstance(node, tree.Set) and node.recursive:
            # Its bindings may come to be in the scope of another set.
            self.free.add(UNSURE)
        for number, key in enumerate(path, 1):
            earlier = None if key.name is None else made.definitions.get(key.name)
            value = node
            if number < len(path):
                inner = Span(self.path, key.span.start, span.end)
                value = earlier.node if earlier else tree.Set({}, [], recursive=False, span=inner)
            if key.name is None:
                if key.node is not None:
                    made.dynamic.append(DynamicDefinition(key.node, key.span, span, value))
            elif earlier is None:
                definition = AttrDefinition(key.name, key.span, span, value, inherited=False)
                made.definitions[key.name] = definition
            elif not isinstance(earlier.node, tree.Set) or not isinstance(value, tree.Set):
                self._add_duplicate(path[:number], earlier)
                return
            elif number == len(path):
                self._merge(earlier.node, value, path)
            if isinstance(value, tree.Set):
                made = value

    def _merge(self, made: tree.Set, other: tree.Set, path: tuple[Key, ...]) -> None:
        """Add the definitions of `other` to `made`; a name in both is a duplicate."""
        for name, definition in other.definitions.items():
            earlier = made.definitions.setdefault(name, definition)
            if earlier is not definition:
                self._add_duplicate((*path, Key(name, None, definition.name_span)), earlier)
        made.dynamic.extend(other.dynamic)

    def _add_duplicate(self, path: tuple[Key, ...], earlier: AttrDefinition) -> None:
        names = tuple([key.name or "" for key in path])
        self.duplicates.append(DuplicateDefinition(names, path[-1].span, earlier.name_span))

    def _inherit(self, start: int, end: int, made: tree.Set, outer: set[str]) -> int:
        """Add the `inherit` at `start`, whose keyword ends at `end`; return its end."""
        text = self.text
        subject: Node | None = None
        at = self.gap(end)
        if text[at] == "(":
            opening = at
            subject, end = self.expression(self.gap(at + 1))
            end = self.close(")", end, opening, "(")
            at = self.gap(end)
        names: list[tuple[str, Span]] = []
        while text[at] != ";":
            if text[at] not in '"$' and self.patterns.name.match(text, at) is None:
                self.unexpected(at, "expected `;` after these names", (start, end))
            key, end = self._key(at)
            if key.name is None:
                self.problem("`inherit` does not accept computed names", key.span)
            else:
                names.append((key.name, key.span))
            at = self.gap(end)
        span = self.span(start, at + 1)
        for name, name_span in names:
            node: Node = tree.VarNode(name, name_span)
            if subject is None:
                outer.add(name)
            else:
                node = tree.Select(subject, (Key(name, None, name_span),), None, name_span)
            definition = AttrDefinition(name, name_span, span, node, subject is None)
            earlier = made.definitions.setdefault(name, definition)
            if earlier is not definition:
                self.duplicates.append(DuplicateDefinition((name,), name_span, earlier.name_span))
        return at + 1

    def attribute_path(self, at: int) -> tuple[tuple[Key, ...], int]:
        """Read the attribute path at `at`."""
        keys: list[Key] = []
        while True:
            key, end = self._key(at)
            keys.append(key)
            found = self.more(end)
            if found is None or found[1] is None:
                return tuple(keys), end
            at = self.gap(found.end())

    def _key(self, at: int) -> tuple[Key, int]:
        if self.text[at] == '"':
            string, end = self.string(at)
            return _key_of(string, string.span), end
        if self.text.startswith("${", at):
            hole, end = self.hole(at)
            return _key_of(hole.node, hole.span), end
        name, end = self.name(at)
        return Key(name, None, self.span(at, end)), end


def _key_of(node: Node, span: Span) -> Key:
    """Return the attribute name that `node` computes, which is written at `span`."""
    if not isinstance(node, tree.Str):
        return Key(None, node, span)
    text = ""
    for part in node.parts:
        if not isinstance(part, tree.TextPart):
            return Key(None, node, span)
        text += part.traced.text
    return Key(text, None, span)
