"""Scopes: the meaning of names in a part of a file."""

from collections.abc import Mapping

from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.model import NamedTuple
from port_registry.sources.nix.module_facts import Chain


class LocalExpression(NamedTuple):
    """An expression of this file."""

    node: Node
    scope: "NameScope"
    """The scope that it is in."""
    chain: Chain | None
    """The chain from a local name by which it was reached, if it was."""


class ArgumentSet(NamedTuple):
    """The whole argument of a function, whose attributes are arguments too."""

    name: str


Meaning = Chain | LocalExpression | ArgumentSet
"""The meaning of an expression."""

_MOST_SUBJECTS = 8
"""The largest number of `with` expressions that are considered for a name."""

_NOTHING: Mapping[str, tree.AttrDefinition] = {}


class NameScope:
    """The names that one construct binds, and the scope around it."""

    __slots__ = ("definitions", "given", "parent", "subject")

    def __init__(
        self,
        parent: "NameScope | None",
        definitions: Mapping[str, tree.AttrDefinition] = _NOTHING,
        subject: Node | None = None,
    ) -> None:
        self.parent = parent
        self.definitions = definitions
        """Of a `let` or a recursive set."""
        self.given: dict[str, Meaning] = {}
        """The known meanings: of arguments, and of definitions that were looked up before."""
        self.subject = subject
        """Of a `with`."""


def binding_scope(scope: NameScope | None, name: str) -> NameScope | None:
    """Return the innermost scope, from `scope` outwards, that binds `name` itself."""
    while scope is not None:
        if name in scope.definitions or name in scope.given:
            return scope
        scope = scope.parent
    return None


def with_subjects(scope: NameScope | None) -> list[tuple[Node, NameScope]]:
    """Return the subjects of the `with`s around, innermost first, each with its scope."""
    found: list[tuple[Node, NameScope]] = []
    while scope is not None and len(found) < _MOST_SUBJECTS:
        if scope.subject is not None and scope.parent is not None:
            found.append((scope.subject, scope.parent))
        scope = scope.parent
    return found
