"""The place at which an expression stands while a file is walked."""

from enum import Enum

from port_registry.languages.nix import tree
from port_registry.languages.nix.fast_tuples import make
from port_registry.model import NamedTuple, Span
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

    def silent(self) -> "CollectMode":
        """Return what is taken down of what takes no effect where it stands."""
        return make(CollectMode, (False, *self[1:]))


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
        manner = self.manner
        return self._apart(manner if not manner.says else manner.silent())

    def _apart(self, manner: CollectMode) -> "VisitContext":
        """Return the place of what is no attribute's value by itself."""
        scope, setting, guards, priority, owner, *_ = self
        fields = (scope, setting, guards, priority, owner, None, ParentKind.NOTHING, False, manner)
        return make(VisitContext, fields)

    def item(self) -> "VisitContext":
        """Return the place of an item of a list, which may be a module."""
        return self.beginning(self.scope, None)

    def beginning(self, scope: NameScope, attribute: Span | None) -> "VisitContext":
        """Return the place in `scope` at which a module may begin, given to `attribute`."""
        _, setting, guards, priority, owner, *_, manner = self
        nothing = ParentKind.NOTHING
        fields = (scope, setting, guards, priority, owner, attribute, nothing, True, manner)
        return make(VisitContext, fields)

    def within(self, scope: NameScope) -> "VisitContext":
        """Return the same place in `scope`."""
        return make(VisitContext, (scope, *self[1:]))

    def guarded(self, guards: tuple[Guard, ...]) -> "VisitContext":
        """Return the same place under `guards` as well."""
        if not guards:
            return self
        return make(VisitContext, (self.scope, self.setting, self.guards + guards, *self[3:]))

    def replaced(self, scope: NameScope) -> "VisitContext":
        """Return the same place for what a name stands for, which is noted where it is written."""
        manner = CollectMode(
            says=True,
            notes=False,
            local="",
            declared=self.manner.declared,
            depth=self.manner.depth + 1,
        )
        return make(VisitContext, (scope, *self[1:-1], manner))
