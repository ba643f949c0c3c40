"""The place at which an expression stands while a file is walked."""

from enum import Enum
from functools import cache
from typing import NamedTuple

from port_registry.languages.nix import tree
from port_registry.model import Span
from port_registry.sources.nix.module_facts import AttrPath, Guard, Priority
from port_registry.sources.nix.scopes import NameScope


class ParentKind(Enum):
    """What holds an expression directly."""

    NOTHING = "nothing"
    """It is part of another expression."""
    STRING = "string"
    """It is put into a string."""
    NAME = "name"
    """A `let` binding."""
    ATTRIBUTE = "attribute"
    """An attribute of a set."""
    ARGUMENT = "argument"
    """An attribute of a set of arguments: of an imported file, or of modules."""


class CollectMode(NamedTuple):
    """What is taken down of an expression."""

    says: bool
    """Definitions and options, which are told where they take effect."""
    notes: bool
    """References and literals, which are told once, where they are written."""
    local: str
    """The `let` binding around it, or the function that applies it to many items; empty outside
    of one."""
    declared: bool
    """Whether it is (in) the default of an option."""
    depth: int
    """How many names were replaced by what they stand for on the way here."""


class VisitContext(NamedTuple):
    """Where an expression stands."""

    scope: NameScope
    setting: AttrPath
    guards: tuple[Guard, ...]
    priority: Priority
    owner: tree.Set | None
    """The set that holds the attribute."""
    attribute: Span | None
    """The attribute whose value it is; None where it is only part of one."""
    holder: ParentKind
    fresh: bool
    """Whether a module may begin here, with `config` and `options`."""
    manner: CollectMode

    def part(self) -> "VisitContext":
        """Return the place of a part whose sets count all the same: a function's argument."""
        return self._apart(self.manner)

    def aside(self) -> "VisitContext":
        """Return the place of a part that gives the attribute nothing: a condition."""
        return self._apart(_silent(self.manner))

    def _apart(self, manner: CollectMode) -> "VisitContext":
        """Return the place of what is no attribute's value by itself."""
        return VisitContext(
            self.scope,
            self.setting,
            self.guards,
            self.priority,
            self.owner,
            None,
            ParentKind.NOTHING,
            fresh=False,
            manner=manner,
        )

    def replaced(self, scope: NameScope) -> "VisitContext":
        """Return the same place for what a name stands for, which is noted where it is written."""
        depth = self.manner.depth + 1
        manner = self.manner._replace(says=True, notes=False, local="", depth=depth)
        return self._replace(scope=scope, manner=manner)


@cache
def _silent(manner: CollectMode) -> CollectMode:
    return manner._replace(says=False)
