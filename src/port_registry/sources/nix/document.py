"""A Nix file's text and tree, as far as an edit has to know them."""

from collections.abc import Iterator
from typing import NamedTuple, cast

from port_registry.languages.nix import tree
from port_registry.languages.nix.parse import parse
from port_registry.model import Edit, Source, Span


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


class NixSource:
    """One file. Never changed after it is made."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._root = parse(source).root
        names = set[str]()
        strings = set[tuple[int, int]]()
        for node in _nodes(self._root):
            names.update(_named(node))
            if isinstance(node, tree.Str):
                strings.add((node.span.start, node.span.end))
        self.names = frozenset(names)
        """Every name that is bound or asked for somewhere."""
        self._strings = strings

    def is_string(self, span: Span) -> bool:
        """Return whether a string stands at `span`, quotes included."""
        return (span.start, span.end) in self._strings

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


def _behind(formals: tree.Formals, start: int) -> int:
    return max((formal.span.end for formal in formals.formals), default=start)


def _nodes(root: object) -> Iterator[object]:
    """Yield everything in the tree; nodes are tuples, and hold their parts."""
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, tree.Set):
            pending.extend(node.definitions.values())
            pending.extend(node.dynamic)
        elif isinstance(node, tuple):
            pending.extend(cast("tuple[object, ...]", node))


def _named(node: object) -> Iterator[str]:
    """Yield the names that `node` itself binds or asks for."""
    if isinstance(node, tree.VarNode):
        yield node.name
    elif isinstance(node, tree.Set) and node.recursive:
        yield from node.definitions
    elif isinstance(node, tree.Let):
        yield from node.bindings.definitions
    elif isinstance(node, tree.LambdaExpression):
        yield node.parameter or ""
        for formal in node.formals.formals if node.formals is not None else ():
            yield formal.name
