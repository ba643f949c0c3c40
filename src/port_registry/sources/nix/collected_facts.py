"""What is taken down of a file, and what of it may have to do with ports."""

from port_registry.facts.words import word_set
from port_registry.model import NamedTuple, Span
from port_registry.sources.nix import module_facts
from port_registry.sources.nix.name_resolver import any_speaks
from port_registry.sources.nix.paths import may_be_module
from port_registry.sources.nix.port_vocabulary import STANDARD, speaks_of_many
from port_registry.sources.nix.values import matters
from port_registry.sources.nix.visit_context import ParentKind, VisitContext

_MODULES = word_set("flakes", "module-lists")
"""Attributes that hold modules, in a list or by name."""

_HANDING = word_set("flakes", "given-arguments")
"""Attributes whose own attributes become arguments of modules."""

_OUTPUTS = word_set("flakes", "foreign-outputs")
"""What is taken from other people's flakes."""

_CARRIERS = word_set("flakes", "carrying-arguments")
"""Standard arguments that a project puts things of its own in."""


class Binder(NamedTuple):
    """A construct that gives a name a meaning."""

    name: str
    chain: module_facts.Chain | None
    """None where it leads to no registry."""
    span: Span


class CollectedFacts:
    """What one file says, as it is found."""

    __slots__ = (
        "_local_paths",
        "_paths",
        "_references",
        "binders",
        "definitions",
        "handed",
        "literals",
        "options",
    )

    def __init__(self) -> None:
        self.binders: list[Binder] = []
        self.definitions: list[module_facts.OptionDefinition] = []
        self.handed: dict[module_facts.PassedArgument, None] = {}
        self.literals: list[module_facts.Literal] = []
        self.options: list[module_facts.OptionDeclaration] = []
        self._references: dict[tuple[Span, module_facts.Chain], module_facts.ChainReference] = {}
        self._paths: dict[module_facts.PathDefinition, None] = {}
        self._local_paths: dict[module_facts.PathDefinition, None] = {}

    def reference(self, reference: module_facts.ChainReference) -> None:
        """Take down `reference`, once for each place."""
        self._references[reference.span, reference.chain] = reference

    def definition(self, value: module_facts.Value, spot: VisitContext) -> None:
        """Take down that the attribute at `spot` is given `value`, if that can matter."""
        setting = spot.setting
        known = matters(setting, value) if setting else isinstance(value, module_facts.Link)
        if known and spot.attribute is not None:
            self.definitions.append(
                module_facts.OptionDefinition(
                    setting, value, spot.guards, spot.priority, spot.attribute
                )
            )

    def path(
        self, target: str, kind: module_facts.PathKind, spot: VisitContext, span: Span
    ) -> None:
        """Take down that the path `target` is named at `spot`."""
        if kind is module_facts.PathKind.OTHER:
            if not may_be_module(target):
                return
            if _holds_modules(spot.setting):
                kind = module_facts.PathKind.MODULE
        local = spot.manner.local
        into = self._local_paths if local else self._paths
        into[module_facts.PathDefinition(target, kind, spot.setting, local, spot.guards, span)] = (
            None
        )

    def paths(self) -> tuple[module_facts.PathDefinition, ...]:
        """Return the paths; those of `let` bindings only where their effect is not known."""
        known = {path.span for path in self._paths}
        found = [path for path in self._local_paths if path.span not in known]
        return tuple(sorted((*self._paths, *found), key=_in_order))

    def references(self) -> tuple[module_facts.ChainReference, ...]:
        """Return the references in the order they stand."""
        return tuple(sorted(self._references.values(), key=lambda one: one.span.start))


def may_lead(chain: module_facts.Chain, held: ParentKind) -> bool:
    """Return whether `chain`, a value that is `held`, may be the way to a registry or an entry."""
    path = chain.path
    if chain.origin is module_facts.AliasOrigin.FILE:
        return True
    if chain.origin is module_facts.AliasOrigin.ARGUMENT:
        if any_speaks(chain):
            return "types" not in path[-3:-1]
        if chain.root in STANDARD or not _OUTPUTS.isdisjoint(path):
            return False
        return bool(path) or held is ParentKind.ARGUMENT
    if path[:1] == ("types",) or path[-1:] == ("port",):
        return False
    if speaks_of_many(chain.root):
        return True
    return any(step is not None and speaks_of_many(step) for step in path)


def leads(chain: module_facts.Chain) -> bool:
    """Return whether a name for `chain` is worth knowing to reach a registry by."""
    if chain.origin is module_facts.AliasOrigin.LOCAL or chain.root == "pkgs":
        return False
    if chain.origin is module_facts.AliasOrigin.FILE or any_speaks(chain):
        return True
    if chain.origin is not module_facts.AliasOrigin.ARGUMENT:
        return False
    return not chain.path or chain.root in _CARRIERS or chain.root not in STANDARD


def binds(chain: module_facts.Chain, spot: VisitContext) -> bool:
    """Return whether a use of `chain` at `spot` only gives it another name."""
    if spot.holder in (ParentKind.NAME, ParentKind.ARGUMENT):
        return True
    if spot.holder is not ParentKind.ATTRIBUTE or not spot.setting:
        return False
    if _is_handing(spot.setting[:-1]):
        return True
    last = spot.setting[-1]
    if last is None or chain.path:
        return False
    return (
        chain.origin is module_facts.AliasOrigin.FILE or last == chain.root or speaks_of_many(last)
    )


def _is_handing(setting: module_facts.AttrPath) -> bool:
    """Return whether what is set below `setting` becomes an argument of modules."""
    if not setting:
        return False
    return setting[-1] in _HANDING or setting[-2:] == ("_module", "args")


def _holds_modules(setting: module_facts.AttrPath) -> bool:
    if not _MODULES.isdisjoint(setting[-2:]):
        return True
    return setting[-2:-1] == ("users",) and "home-manager" in setting


def _in_order(path: module_facts.PathDefinition) -> tuple[int, str]:
    return path.span.start, path.target
