"""Context of an expression during the visit of a file."""

from enum import Enum

from port_registry.languages.nix import tree
from port_registry.languages.nix.fast_tuples import make
from port_registry.model import NamedTuple, Span
from port_registry.sources.nix.module_facts import AttrPath, Guard, Priority
from port_registry.sources.nix.scopes import NameScope


class ParentKind(Enum):
    """The direct parent of an expression."""

    NOTHING = "nothing"
    """Another expression."""
    STRING = "string"
    """An interpolation in a string."""
    NAME = "name"
    """A `let` binding."""
    ATTRIBUTE = "attribute"
    """An attribute of a set."""
    ARGUMENT = "argument"
    """An attribute of a set of arguments: of an imported file, or of modules."""


class CollectMode(NamedTuple):
    """The facts that are taken from an expression."""

    takes_definitions: bool
    """Whether definitions and options are, which count where they take effect."""
    takes_references: bool
    """Whether references and literals are, which count once, where they are written."""
    let_binding: str
    """The name of the `let` binding around it, or of the function that applies it to many
    items; empty outside of one."""
    in_default: bool
    """Whether it is, or is part of, the default of an option."""
    replacements: int
    """The number of names that were replaced by their values on the way here."""

    def without_definitions(self) -> "CollectMode":
        """Return the mode for an expression that has no effect where it is written."""
        return make(CollectMode, (False, *self[1:]))


class VisitContext(NamedTuple):
    """The surroundings of an expression."""

    scope: NameScope
    setting: AttrPath
    guards: tuple[Guard, ...]
    priority: Priority
    owner: tree.Set | None
    """The set that contains the attribute."""
    attribute: Span | None
    """The attribute whose value it is; None where it is only part of one."""
    parent: ParentKind
    may_be_module: bool
    """Whether it may be a module, with `config` and `options`."""
    mode: CollectMode

    def for_part(self) -> "VisitContext":
        """Return the context of a part whose sets count all the same: a function's argument."""
        return self._apart(self.mode)

    def without_value(self) -> "VisitContext":
        """Return the context of a part that is no value of the attribute: a condition."""
        mode = self.mode
        return self._apart(mode if not mode.takes_definitions else mode.without_definitions())

    def _apart(self, mode: CollectMode) -> "VisitContext":
        """Return the context of what is no attribute's value by itself."""
        scope, setting, guards, priority, owner, *_ = self
        fields = (scope, setting, guards, priority, owner, None, ParentKind.NOTHING, False, mode)
        return make(VisitContext, fields)

    def for_item(self) -> "VisitContext":
        """Return the context of an item of a list, which may be a module."""
        return self.at_module_start(self.scope, None)

    def at_module_start(self, scope: NameScope, attribute: Span | None) -> "VisitContext":
        """Return the context in `scope` of what may be a module, the value of `attribute`."""
        _, setting, guards, priority, owner, *_, mode = self
        nothing = ParentKind.NOTHING
        fields = (scope, setting, guards, priority, owner, attribute, nothing, True, mode)
        return make(VisitContext, fields)

    def in_scope(self, scope: NameScope) -> "VisitContext":
        """Return the same context in `scope`."""
        return make(VisitContext, (scope, *self[1:]))

    def with_guards(self, guards: tuple[Guard, ...]) -> "VisitContext":
        """Return the same context under `guards` as well."""
        if not guards:
            return self
        return make(VisitContext, (self.scope, self.setting, self.guards + guards, *self[3:]))

    def for_replacement(self, scope: NameScope) -> "VisitContext":
        """Return the context of the value of a name, whose references count where it is written."""
        mode = CollectMode(
            takes_definitions=True,
            takes_references=False,
            let_binding="",
            in_default=self.mode.in_default,
            replacements=self.mode.replacements + 1,
        )
        return make(VisitContext, (scope, *self[1:-1], mode))
