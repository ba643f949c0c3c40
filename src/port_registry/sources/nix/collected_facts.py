"""Facts collected from a file, and their relevance to ports."""

from port_registry.facts.words import word_set
from port_registry.model import NamedTuple, Span
from port_registry.sources.nix import module_facts
from port_registry.sources.nix.name_resolver import chain_names_ports
from port_registry.sources.nix.paths import may_be_module
from port_registry.sources.nix.port_vocabulary import STANDARD, names_ports
from port_registry.sources.nix.values import matters
from port_registry.sources.nix.visit_context import ParentKind, VisitContext

_MODULES = word_set("flakes", "module-lists")
"""Attributes that contain modules, in a list or by name."""

_HANDING = word_set("flakes", "given-arguments")
"""Attributes whose own attributes become arguments of modules."""

_OUTPUTS = word_set("flakes", "foreign-outputs")
"""Outputs that are taken from the flakes of others."""

_CARRIERS = word_set("flakes", "carrying-arguments")
"""Standard arguments to which projects add attributes of their own."""


class Binder(NamedTuple):
    """A name that a construct binds."""

    name: str
    chain: module_facts.Chain | None
    """None where it cannot lead to a registry."""
    span: Span


class CollectedFacts:
    """The facts of one file, in the order in which they are found."""

    __slots__ = (
        "_local_paths",
        "_paths",
        "_references",
        "binders",
        "definitions",
        "literals",
        "options",
        "passed_arguments",
    )

    def __init__(self) -> None:
        self.binders: list[Binder] = []
        self.definitions: list[module_facts.OptionDefinition] = []
        self.passed_arguments: dict[module_facts.PassedArgument, None] = {}
        self.literals: list[module_facts.Literal] = []
        self.options: list[module_facts.OptionDeclaration] = []
        self._references: dict[tuple[Span, module_facts.Chain], module_facts.ChainReference] = {}
        self._paths: dict[module_facts.PathDefinition, None] = {}
        self._local_paths: dict[module_facts.PathDefinition, None] = {}

    def add_reference(self, reference: module_facts.ChainReference) -> None:
        """Add `reference`, once for each place."""
        self._references[reference.span, reference.chain] = reference

    def add_definition(self, value: module_facts.Value, context: VisitContext) -> None:
        """Add the definition of the attribute of `context` by `value`, if it can matter."""
        setting = context.setting
        known = matters(setting, value) if setting else isinstance(value, module_facts.Link)
        if known and context.attribute is not None:
            self.definitions.append(
                module_facts.OptionDefinition(
                    setting, value, context.guards, context.priority, context.attribute
                )
            )

    def add_path(
        self, target: str, kind: module_facts.PathKind, context: VisitContext, span: Span
    ) -> None:
        """Add the path `target`, which is named in `context`."""
        if kind is module_facts.PathKind.OTHER:
            if not may_be_module(target):
                return
            if _holds_modules(context.setting):
                kind = module_facts.PathKind.MODULE
        local = context.mode.let_binding
        into = self._local_paths if local else self._paths
        into[
            module_facts.PathDefinition(target, kind, context.setting, local, context.guards, span)
        ] = None

    def paths(self) -> tuple[module_facts.PathDefinition, ...]:
        """Return the paths; those in `let` bindings only where their effect is not known."""
        known = {path.span for path in self._paths}
        found = [path for path in self._local_paths if path.span not in known]
        return tuple(sorted((*self._paths, *found), key=_in_order))

    def references(self) -> tuple[module_facts.ChainReference, ...]:
        """Return the references in the order of the text."""
        return tuple(sorted(self._references.values(), key=lambda one: one.span.start))


def may_lead_to_registry(chain: module_facts.Chain, held: ParentKind) -> bool:
    """Return whether `chain`, a value in `parent`, may lead to a registry or an entry."""
    path = chain.path
    if chain.origin is module_facts.AliasOrigin.FILE:
        return True
    if chain.origin is module_facts.AliasOrigin.ARGUMENT:
        if chain_names_ports(chain):
            return "types" not in path[-3:-1]
        if chain.root in STANDARD or not _OUTPUTS.isdisjoint(path):
            return False
        return bool(path) or held is ParentKind.ARGUMENT
    if path[:1] == ("types",) or path[-1:] == ("port",):
        return False
    if names_ports(chain.root):
        return True
    return any(step is not None and names_ports(step) for step in path)


def reaches_registry(chain: module_facts.Chain) -> bool:
    """Return whether a registry may be reached by a name for `chain`."""
    if chain.origin is module_facts.AliasOrigin.LOCAL or chain.root == "pkgs":
        return False
    if chain.origin is module_facts.AliasOrigin.FILE or chain_names_ports(chain):
        return True
    if chain.origin is not module_facts.AliasOrigin.ARGUMENT:
        return False
    return not chain.path or chain.root in _CARRIERS or chain.root not in STANDARD


def only_renames(chain: module_facts.Chain, context: VisitContext) -> bool:
    """Return whether the use of `chain` in `context` only gives it another name."""
    if context.parent in (ParentKind.NAME, ParentKind.ARGUMENT):
        return True
    if context.parent is not ParentKind.ATTRIBUTE or not context.setting:
        return False
    if _is_handing(context.setting[:-1]):
        return True
    last = context.setting[-1]
    if last is None or chain.path:
        return False
    return chain.origin is module_facts.AliasOrigin.FILE or last == chain.root or names_ports(last)


def _is_handing(setting: module_facts.AttrPath) -> bool:
    """Return whether the attributes of `setting` become arguments of modules."""
    if not setting:
        return False
    return setting[-1] in _HANDING or setting[-2:] == ("_module", "args")


def _holds_modules(setting: module_facts.AttrPath) -> bool:
    if not _MODULES.isdisjoint(setting[-2:]):
        return True
    return setting[-2:-1] == ("users",) and "home-manager" in setting


def _in_order(path: module_facts.PathDefinition) -> tuple[int, str]:
    return path.span.start, path.target
