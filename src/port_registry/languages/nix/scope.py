"""Where names are looked up, and how evaluation gives up."""

from typing import NoReturn

from port_registry.languages.nix import tree
from port_registry.languages.nix.values import Attr, Int, Thunk, UnknownValue
from port_registry.model import Span


class StuckError(Exception):
    """A value that is needed cannot be known; never leaves `Evaluator`."""

    def __init__(self, unknown: UnknownValue) -> None:
        super().__init__(unknown)
        self.unknown = unknown


def stuck(reason: str, span: Span) -> NoReturn:
    """Give up: `span` cannot be known without running Nix."""
    raise StuckError(UnknownValue(reason, span))


def fail(reason: str, span: Span) -> NoReturn:
    """Give up where Nix fails, too."""
    raise StuckError(UnknownValue(reason, span, fails=True))


class LazyScope:
    """The names that one construct brings in, and the scope around it."""

    __slots__ = ("attached", "folder", "names", "parent")

    def __init__(
        self,
        names: dict[str, Thunk],
        parent: "LazyScope | None",
        folder: str,
        attached: Thunk | None = None,
    ) -> None:
        self.names = names
        self.parent = parent
        self.folder = folder
        """The folder of the file, relative to the project's root."""
        self.attached = attached
        """The set of a `with`; such a scope has no names of its own."""

    def lexical(self, name: str) -> Thunk | None:
        """Return what `name` is bound to by anything but a `with`."""
        scope: LazyScope | None = self
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found
            scope = scope.parent
        return None


def delayed(node: tree.Node, scope: LazyScope) -> Thunk:
    """Return a thunk for `node`, already forced where that costs nothing."""
    if isinstance(node, tree.IntLiteral):
        return Thunk(None, None, None, Int(node.value, node.span, (node.span,)))
    return Thunk(node, scope)


def recursive(node: tree.Set, scope: LazyScope) -> tuple[LazyScope, dict[str, Attr]]:
    """Return the scope inside a recursive set or the bindings of a `let`, and its attributes."""
    if "__overrides" in node.definitions and node.recursive:
        stuck("`__overrides` changes the set from inside", node.span)
    names: dict[str, Thunk] = {}
    inner = LazyScope(names, scope, scope.folder)
    attrs: dict[str, Attr] = {}
    for name, definition in node.definitions.items():
        thunk = delayed(definition.node, scope if definition.inherited else inner)
        names[name] = thunk
        attrs[name] = Attr(name, definition.name_span, definition.span, thunk)
    return inner, attrs
