"""What names mean at a place of a file."""

from collections.abc import Mapping

from port_registry.languages.nix import tree
from port_registry.languages.nix.tree import Node
from port_registry.model import NamedTuple
from port_registry.sources.nix.module_facts import Chain


class Local(NamedTuple):
    """An expression of this file."""

    node: Node
    scope: "NameScope"
    """Where it stands."""
    way: Chain | None
    """How it was reached, from a local name on; None where by none."""


class WholeSet(NamedTuple):
    """The whole argument of a function, whose attributes are arguments of their own."""

    name: str


Meaning = Chain | Local | WholeSet
"""What an expression comes down to."""

_MOST_SUBJECTS = 8
"""How many `with`s around a name are looked into."""

_NOTHING: Mapping[str, tree.AttrDefinition] = {}


class NameScope:
    """The names that one construct brings in, and the scope around it."""

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
        """What is known of names: of arguments, and of definitions once they were asked for."""
        self.subject = subject
        """Of a `with`."""


def holder(scope: NameScope | None, name: str) -> NameScope | None:
    """Return the innermost scope from `scope` outwards that binds `name` itself."""
    while scope is not None:
        if name in scope.definitions or name in scope.given:
            return scope
        scope = scope.parent
    return None


def subjects(scope: NameScope | None) -> list[tuple[Node, NameScope]]:
    """Return what is opened by the `with`s around, the innermost first, each with its scope."""
    found: list[tuple[Node, NameScope]] = []
    while scope is not None and len(found) < _MOST_SUBJECTS:
        if scope.subject is not None and scope.parent is not None:
            found.append((scope.subject, scope.parent))
        scope = scope.parent
    return found
