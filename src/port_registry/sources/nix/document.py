"""A Nix file as edits need it: its expressions by place, and the names in it."""

from port_registry.languages.nix import tree
from port_registry.languages.nix.children import child_nodes
from port_registry.languages.nix.parse import parse
from port_registry.languages.nix.tree import Node
from port_registry.model import Edit, Name, NamedTuple, Reader, Source, Span


class Taking(NamedTuple):
    """What a file has to be given by who imports it."""

    names: frozenset[str]
    """Arguments without a default."""
    is_function: bool

    def call(self) -> str:
        """Return what stands behind the path in `import ./ports.nix { inherit lib; }`."""
        if not self.is_function:
            return ""
        names = " ".join(sorted(self.names))
        return f" {{ inherit {names}; }}" if names else " { }"


class SelectionForm(NamedTuple):
    """A name and what is selected from it, as written: `ports.databases.redis`."""

    base: Node
    """What the first attribute is selected from."""
    units: tuple[Span, ...]
    """The attributes, in order."""
    inherited: tree.AttrDefinition | None
    """What inherits the last one, where one does."""
    computed: tuple[tree.Node, ...] = ()
    """What computes attributes, in order."""


class Question(NamedTuple):
    """`ports.databases ? redis`."""

    name: str
    """The name that it begins with."""
    way: Name
    """What is selected and asked for from there."""
    units: tuple[Span, ...]
    span: Span


class NixText:
    """One file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.bound: set[str] = set()
        """Every name that a `let`, a recursive set or a function binds."""
        self.questions: list[Question] = []
        self._selections: dict[Span, tree.Select] = {}
        self._variables: dict[Span, tree.VarNode] = {}
        self._inherited: dict[Span, tree.AttrDefinition] = {}
        self._calls: list[tree.Apply] = []
        self._functions: list[tree.LambdaExpression] = []
        self._withs: list[tree.With] = []
        self._strings: set[Span] = set()
        self._root = parse(source).root
        pending: list[Node] = [] if self._root is None else [self._root]
        # The names of one `inherit` share what they are taken from.
        seen: set[int] = set()
        while pending:
            node = pending.pop()
            if id(node) not in seen:
                seen.add(id(node))
                self._take_in(node)
                pending.extend(child_nodes(node))

    def _take_in(self, node: Node) -> None:
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

    def _take_in_bindings(self, node: Node) -> None:
        """Take in the names that `node` binds, if it binds any."""
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
        keys = list(node.path)
        base = node.subject
        while isinstance(base, tree.Select):
            keys[:0] = base.path
            base = base.subject
        way = tuple(key.name for key in keys if key.name is not None)
        if isinstance(base, tree.VarNode) and len(way) == len(keys):
            units = tuple(key.span for key in keys)
            self.questions.append(Question(base.name, way, units, node.span))

    def way(self, last: Span) -> SelectionForm | None:
        """Return the way whose last attribute stands at `last`; None where there is none."""
        inherited = self._inherited.get(last)
        node = self._selections.get(last) or self._variables.get(last)
        if node is None:
            return None
        keys: list[tree.Key] = []
        base: Node = node
        while isinstance(base, tree.Select):
            keys[:0] = base.path
            base = base.subject
        computed = tuple(key.node for key in keys if key.node is not None)
        return SelectionForm(base, tuple(key.span for key in keys), inherited, computed)

    def question(self, last: Span) -> Question | None:
        """Return the question whose last attribute stands at `last`."""
        return next((one for one in self.questions if one.units[-1] == last), None)

    def siblings(self, inherited: tree.AttrDefinition) -> int:
        """Return how many names the statement inherits that `inherited` is a part of."""
        return sum(one.span == inherited.span for one in self._inherited.values())

    def first_name(self, inherited: tree.AttrDefinition) -> int:
        """Return where the first name stands of the statement that `inherited` is a part of."""
        same = (one for one in self._inherited.values() if one.span == inherited.span)
        return min(one.name_span.start for one in same)

    def is_nested_with(self, span: Span) -> bool:
        """Return whether at `span` a `with` opens something that is around or inside another."""
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
        around = [
            one
            for one in self._functions
            if one.parameter == variable.name and _covers(one.body.span, variable.span)
        ]
        return max(around, key=lambda one: one.span.start, default=None)

    def call_around(self, span: Span) -> tree.Apply | None:
        """Return the innermost call that has `span` in an argument, with all its arguments."""
        holding = [
            one for one in self._calls if _covers(one.argument.span, span) and one.span != span
        ]
        if not holding:
            return None
        call = min(holding, key=lambda one: one.span.end - one.span.start)
        outer = {one.function.span: one for one in self._calls}
        while call.span in outer:
            call = outer[call.span]
        return call

    @property
    def names(self) -> set[str]:
        """Every name that is bound or asked for somewhere."""
        return self.bound | {variable.name for variable in self._variables.values()}

    def is_string(self, span: Span) -> bool:
        """Return whether a string stands at `span`, quotes included."""
        return span in self._strings

    def taking(self) -> Taking | None:
        """Return what the file asks of who imports it, or None where that cannot be told."""
        root = self._root
        if not isinstance(root, tree.LambdaExpression):
            return None if root is None else Taking(frozenset(), is_function=False)
        if root.formals is None or isinstance(root.body, tree.LambdaExpression):
            return None
        asked = [formal.name for formal in root.formals.formals if formal.default is None]
        return Taking(frozenset(asked), is_function=True)

    def add_formal(self, name: str) -> Edit | None:
        """Return the edit that has the file's function take the argument `name` as well.

        None where the file is no function that takes any argument, `{ lib, ... }:`.
        """
        root = self._root
        if (
            not isinstance(root, tree.LambdaExpression)
            or root.formals is None
            or not root.formals.ellipsis
        ):
            return None
        text = self.source.text
        at = text.find("...", _behind(root.formals, root.span.start))
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


class Texts:
    """The Nix files of a project, each taken apart once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[str, NixText] = {}

    def of(self, path: str) -> NixText:
        """Return the expressions of the file at `path`."""
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = NixText(self._reader.read(path))
        return known

    def have(self, path: str, *words: str) -> bool:
        """Return whether the file at `path` has all of `words` in its text."""
        text = self._reader.read(path).text
        return all(word in text for word in words)


def _covers(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _behind(formals: tree.Formals, start: int) -> int:
    return max((formal.span.end for formal in formals.formals), default=start)
