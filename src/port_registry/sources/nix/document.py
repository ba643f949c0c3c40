"""Nix document for edits: its expressions by position, and its names."""

from collections.abc import Collection

from port_registry.languages.nix import tree
from port_registry.languages.nix.parse import parse
from port_registry.model import Edit, Name, NamedTuple, Reader, Source, Span


class SelectionForm(NamedTuple):
    """A selection in the text: `ports.databases.redis`."""

    base: tree.Node
    """The subject of the first attribute."""
    units: tuple[Span, ...]
    """The attributes, in order."""
    inherited: tree.AttrDefinition | None
    """The statement that inherits the last one, if it is inherited."""
    computed: tuple[tree.Node, ...] = ()
    """The expressions of computed attributes, in order."""


class Question(NamedTuple):
    """`ports.databases ? redis`."""

    name: str
    """The first name."""
    way: Name
    """The attributes after it."""
    units: tuple[Span, ...]
    span: Span


class NixDocument:
    """The document of one file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.bound: set[str] = set()
        """The names that a `let`, a recursive set or a function binds."""
        self.questions: list[Question] = []
        self._selections: dict[Span, tree.Select] = {}
        self._variables: dict[Span, tree.VarNode] = {}
        self._inherited: dict[Span, tree.AttrDefinition] = {}
        self._calls: list[tree.Apply] = []
        self._functions: list[tree.LambdaExpression] = []
        self._withs: list[tree.With] = []
        self._strings: set[Span] = set()
        self._root = parse(source).root
        pending: list[tree.Node] = [] if self._root is None else [self._root]
        # The names of one `inherit` share what they are taken from.
        seen: set[int] = set()
        while pending:
            node = pending.pop()
            if id(node) not in seen:
                seen.add(id(node))
                self._take_in(node)
                pending.extend(tree.child_nodes(node))

    def _take_in(self, node: tree.Node) -> None:
        if isinstance(node, tree.Select):
            self._selections[node.path[-1].span] = node
        elif isinstance(node, tree.VarNode):
            self._variables[node.span] = node
        elif isinstance(node, tree.Apply):
            self._calls.append(node)
        elif isinstance(node, tree.Str):
            self._strings.add(node.span)
        elif isinstance(node, tree.With):
            self._withs.append(node)
        elif isinstance(node, tree.HasAttr):
            self._take_in_question(node)
        else:
            self._take_in_bindings(node)

    def _take_in_bindings(self, node: tree.Node) -> None:
        """Add the names that `node` binds, if it binds any."""
        if isinstance(node, tree.Set):
            if node.recursive:
                self.bound.update(node.definitions)
            for definition in node.definitions.values():
                if definition.inherited or definition.node.span == definition.name_span:
                    self._inherited[definition.name_span] = definition
        elif isinstance(node, tree.LambdaExpression):
            formals = node.formals.formals if node.formals is not None else ()
            self.bound.update((node.parameter or "", *(formal.name for formal in formals)))
            self._functions.append(node)
        elif isinstance(node, tree.Let):
            self.bound.update(node.bindings.definitions)

    def _take_in_question(self, node: tree.HasAttr) -> None:
        base, keys = _base_of(node.subject)
        keys.extend(node.path)
        way = tuple(key.name for key in keys if key.name is not None)
        if isinstance(base, tree.VarNode) and len(way) == len(keys):
            units = tuple(key.span for key in keys)
            self.questions.append(Question(base.name, way, units, node.span))

    def selection_ending_at(self, last: Span) -> SelectionForm | None:
        """Return the selection whose last attribute is at `last`, or None."""
        inherited = self._inherited.get(last)
        node = self._selections.get(last) or self._variables.get(last)
        if node is None:
            return None
        base, keys = _base_of(node)
        computed = tuple(key.node for key in keys if key.node is not None)
        return SelectionForm(base, tuple(key.span for key in keys), inherited, computed)

    def question_ending_at(self, last: Span) -> Question | None:
        """Return the question whose last attribute is at `last`."""
        return next((one for one in self.questions if one.units[-1] == last), None)

    def inherited_count(self, inherited: tree.AttrDefinition) -> int:
        """Return the number of names in the `inherit` that `inherited` is in."""
        return sum(one.span == inherited.span for one in self._inherited.values())

    def first_inherited_start(self, inherited: tree.AttrDefinition) -> int:
        """Return the offset of the first name in the `inherit` that `inherited` is in."""
        same = (one for one in self._inherited.values() if one.span == inherited.span)
        return min(one.name_span.start for one in same)

    def is_nested_with(self, span: Span) -> bool:
        """Return whether the `with` whose subject is at `span` is in another, or has one in it."""
        for own in self._withs:
            if _covers(own.scope.span, span):
                return any(
                    other is not own
                    and (_covers(other.span, own.span) or _covers(own.span, other.span))
                    for other in self._withs
                )
        return False

    def function_of(self, variable: tree.VarNode) -> tree.LambdaExpression | None:
        """Return the function whose whole argument `variable` is."""
        same = (one for one in self._functions if one.parameter == variable.name)
        around = (one for one in same if _covers(one.body.span, variable.span))
        return max(around, key=lambda one: one.span.start, default=None)

    def call_around(self, span: Span) -> tree.Apply | None:
        """Return the innermost call that has `span` in an argument, with all its arguments."""
        holding = (one for one in self._calls if _covers(one.argument.span, span))
        call = min(holding, key=lambda one: one.span.end - one.span.start, default=None)
        outer = {one.function.span: one for one in self._calls}
        while call is not None and call.span in outer:
            call = outer[call.span]
        return call

    @property
    def names(self) -> set[str]:
        """All names that are bound or used."""
        return self.bound | {variable.name for variable in self._variables.values()}

    def is_string(self, span: Span) -> bool:
        """Return whether `span` is that of a string, including its quotes."""
        return span in self._strings

    def import_call(self, path: str, known: Collection[str]) -> str | None:
        """Return the import of the file as `path`: `import ./ports.nix { inherit lib; }`.

        None where it needs arguments that are not `known`.
        """
        root = self._root
        if not isinstance(root, tree.LambdaExpression):
            return None if root is None else f"import {path}"
        if root.formals is None or isinstance(root.body, tree.LambdaExpression):
            return None
        names = {formal.name for formal in root.formals.formals if formal.default is None}
        arguments = f"inherit {' '.join(sorted(names))}; " if names else ""
        return f"import {path} {{ {arguments}}}" if names <= set(known) else None

    def add_formal(self, name: str) -> Edit | None:
        """Return the edit that adds the argument `name` to the file's function.

        None where the file is no function that takes any argument, `{ lib, ... }:`.
        """
        root = self._root
        if not isinstance(root, tree.LambdaExpression) or root.formals is None:
            return None
        text = self.source.text
        start = max((one.span.end for one in root.formals.formals), default=root.span.start)
        at = text.find("...", start) if root.formals.ellipsis else -1
        between = text[root.span.start : at]
        if at < 0 or at > root.body.span.start or "#" in between or "/*" in between:
            return None
        head = text[text.rfind("\n", 0, at) + 1 : at]
        newline = "\r\n" if text[: at - len(head)].endswith("\r\n") else "\n"
        span = Span(self.source.path, at, at)
        if not head.strip():
            return Edit(span, f"{name},{newline}{head}")
        if head.strip() == ",":
            return Edit(span, f"{name}{newline}{head}")
        return Edit(span, f"{name}, ")


class NixDocuments:
    """The documents of a project's Nix files, each made once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[str, NixDocument] = {}

    def of(self, path: str) -> NixDocument:
        """Return the expressions of the file at `path`."""
        if path not in self._known:
            self._known[path] = NixDocument(self._reader.read(path))
        return self._known[path]

    def contains_words(self, path: str, *words: str) -> bool:
        """Return whether the file at `path` has all of `words` in its text."""
        text = self._reader.read(path).text
        return all(word in text for word in words)


def _base_of(node: tree.Node) -> tuple[tree.Node, list[tree.Key]]:
    """Return the first subject of the selection `node`, and all its attributes in order."""
    keys: list[tree.Key] = []
    while isinstance(node, tree.Select):
        keys[:0] = node.path
        node = node.subject
    return node, keys


def _covers(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
