"""Conditions and effective definitions of one host, as far as its files determine them.

A small part of the module system: definitions by priority, under conditions that are looked
up in the same host, with the defaults of the options that its files declare. An option of
NixOS itself that nothing sets is off if it is an `enable`, and otherwise unknown.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import Enum

from port_registry.model import NamedTuple
from port_registry.sources.nix import module_facts
from port_registry.sources.nix.link import definition_index, graph
from port_registry.sources.nix.link.module_bodies import ModuleClass, Side

MAX_DEPTH = 24
"""How many values, or conditions, are followed in a row."""

_MAX_STEPS = 48
"""Paths with more steps are not followed."""


class Truth(Enum):
    """Whether a condition holds."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "open"
    """It cannot be known."""


class AppliedDefinition(NamedTuple):
    """A definition that is part of a host."""

    file: str
    setting: module_facts.AttrPath
    side: Side
    uncertain: bool
    """Whether it is only likely that the host imports its module."""
    definition: module_facts.OptionDefinition


class EffectiveDefinition(NamedTuple):
    """The definitions that determine the value of an option."""

    definitions: tuple[AppliedDefinition, ...]
    """Those of the strongest priority; more than one where they merge, or where conditions
    decide."""
    certain: bool
    """Whether one of them is certain to apply."""


OptionKey = tuple[module_facts.AttrPath, Side]
"""The path of an option, of the system or of a user."""


class HostConditions:
    """The definitions of one host, and whether their conditions hold."""

    def __init__(self, index: definition_index.DefinitionIndex, plan: graph.ImportPlan) -> None:
        self.index = index
        self.plan = plan
        self.depth = 0
        self.module_classes = frozenset([member.module_class for member in plan.members.values()])
        self._truths: dict[OptionKey, Truth] = {}
        self._by_head: dict[module_facts.AttrPath, list[AppliedDefinition]] = defaultdict(list)
        self._by_option: dict[OptionKey, list[AppliedDefinition]] = defaultdict(list)
        self._grouped = set[module_facts.AttrPath]()
        self._by_prefix: dict[module_facts.AttrPath, list[AppliedDefinition]] = defaultdict(list)
        self.active = list(index.active(plan.members))
        for indexed in self.active:
            applied = self.applied(indexed)
            self._by_head[applied.setting[:2]].append(applied)
            self._by_option[applied.setting, applied.side].append(applied)

    def applied(self, indexed: definition_index.IndexedDefinition) -> AppliedDefinition:
        """Return a definition as part of the host."""
        in_body, member = indexed.definition, self.plan.members[indexed.body]
        side = Side.USER if member.module_class is ModuleClass.HOME else in_body.side
        return AppliedDefinition(
            file=self.index.files[indexed.body],
            setting=in_body.setting,
            side=side,
            uncertain=member.uncertain,
            definition=in_body.definition,
        )

    def heads(self, first: str) -> Iterator[tuple[str, str]]:
        """Yield the first two steps of the options that are set below `first`."""
        for head in self._by_head:
            if len(head) == 2 and head[0] == first and head[1] is not None:
                yield first, head[1]

    def systemd_units(self) -> frozenset[str]:
        """Return the units of systemd in which the host's files name ports."""
        return frozenset[str]().union(*map(self.index.systemd_units, self.plan.members))

    def definitions_at(
        self, path: module_facts.AttrPath, side: Side = Side.SYSTEM
    ) -> list[AppliedDefinition]:
        """Return the definitions of `path` that no condition rules out."""
        definitions = self._by_option.get((path, side), ())
        return [applied for applied in definitions if self.holds(applied) is not Truth.NO]

    def definitions_below(
        self, root: module_facts.AttrPath, side: Side = Side.SYSTEM
    ) -> list[AppliedDefinition]:
        """Return the definitions of `root`, of two steps at least, and of options below it."""
        definitions: Sequence[AppliedDefinition] = self._by_head.get(root[:2], ())
        if len(root) > 2 and definitions:
            definitions = self._within(root[:2], root)
        return [
            applied
            for applied in definitions
            if applied.side is side and self.holds(applied) is not Truth.NO
        ]

    def _within(
        self, head: module_facts.AttrPath, root: module_facts.AttrPath
    ) -> Sequence[AppliedDefinition]:
        """Return the definitions below `root`, which begins with `head`."""
        if head not in self._grouped:
            self._grouped.add(head)
            for applied in self._by_head[head]:
                for size in range(3, min(len(applied.setting), _MAX_STEPS) + 1):
                    self._by_prefix[applied.setting[:size]].append(applied)
        return self._by_prefix.get(root, ())

    def holds(self, applied: AppliedDefinition) -> Truth:
        """Return whether the conditions of a definition are met."""
        truth = self._all_hold(applied.definition.guards, applied.side)
        return Truth.UNKNOWN if applied.uncertain and truth is Truth.YES else truth

    def rules_out(self, guards: Sequence[module_facts.Guard]) -> bool:
        """Return whether one of `guards` is certainly not met."""
        return self._all_hold(guards, Side.SYSTEM) is Truth.NO

    def _all_hold(self, guards: Sequence[module_facts.Guard], side: Side) -> Truth:
        result = Truth.YES
        for guard in guards:
            truth = Truth.UNKNOWN if guard.chain is None else self._chain_truth(guard.chain, side)
            if truth is not Truth.UNKNOWN and (truth is Truth.YES) is not guard.wanted:
                return Truth.NO
            if truth is Truth.UNKNOWN:
                result = truth
        return result

    def _chain_truth(self, chain: module_facts.Chain, side: Side) -> Truth:
        """Return whether the value of a chain is true."""
        if chain.path[-1:] == ("isLinux",) or chain.path[-1:] == ("isDarwin",):
            return self._runs_on(
                ModuleClass.DARWIN if chain.path[-1] == "isDarwin" else ModuleClass.NIXOS
            )
        path = option_of(chain, side)
        return Truth.UNKNOWN if path is None else self.truth(*path)

    def _runs_on(self, module_class: ModuleClass) -> Truth:
        """Return whether the host is one of `module_class`."""
        known = self.module_classes & {ModuleClass.NIXOS, ModuleClass.DARWIN}
        if not known:
            return Truth.UNKNOWN
        return Truth.YES if module_class in known else Truth.NO

    def truth(self, path: module_facts.AttrPath, side: Side = Side.SYSTEM) -> Truth:
        """Return whether the option `path` is true."""
        key = (path, side)
        known = self._truths.get(key)
        if known is None:
            self._truths[key] = known = Truth.UNKNOWN
            if self.depth < MAX_DEPTH:
                self.depth += 1
                known = self._truths[key] = self._evaluate(path, side)
                self.depth -= 1
        return known

    def _evaluate(self, path: module_facts.AttrPath, side: Side) -> Truth:
        if len(path) > _MAX_STEPS or self.is_set_above(path, side):
            return Truth.UNKNOWN
        effective = self.effective(path, side)
        truths = {self._value_truth(applied) for applied in effective.definitions}
        if not effective.certain:
            truths.add(self._default_truth(path, side))
        return truths.pop() if len(truths) == 1 else Truth.UNKNOWN

    def _value_truth(self, applied: AppliedDefinition) -> Truth:
        value = applied.definition.value
        if isinstance(value, module_facts.BoolValue):
            return Truth.YES if value.value else Truth.NO
        return (
            self._chain_truth(value.chain, applied.side)
            if isinstance(value, module_facts.Link)
            else Truth.UNKNOWN
        )

    def _default_truth(self, path: module_facts.AttrPath, side: Side) -> Truth:
        """Return whether an option is true where nothing sets it."""
        for body, option in self.index.declarations(path):
            if body in self.plan.members:
                value = option.default
                if isinstance(value, module_facts.BoolValue):
                    return Truth.YES if value.value else Truth.NO
                if isinstance(value, module_facts.Link):
                    return self._chain_truth(value.chain, side)
                return Truth.UNKNOWN if value is not None else Truth.NO
        last = path[-1] if path else None
        return Truth.NO if last is not None and last.startswith("enable") else Truth.UNKNOWN

    def is_set_above(self, path: module_facts.AttrPath, side: Side = Side.SYSTEM) -> bool:
        """Return whether a set that contains `path` is set as a whole, to an unknown value."""
        for size in range(2, min(len(path), _MAX_STEPS)):
            for applied in self.definitions_at(path[:size], side):
                if isinstance(applied.definition.value, (module_facts.Link, module_facts.Opaque)):
                    return True
        return False

    def effective(
        self, path: module_facts.AttrPath, side: Side = Side.SYSTEM
    ) -> EffectiveDefinition:
        """Return the definitions that determine the value of `path`."""
        by_priority = sorted(
            self.definitions_at(path, side), key=lambda applied: applied.definition.priority.value
        )
        effective: list[AppliedDefinition] = []
        certain = True
        best: int | None = None
        for applied in by_priority:
            priority = applied.definition.priority.value
            if best is not None and priority > best:
                break
            effective.append(applied)
            if self.holds(applied) is Truth.YES:
                best = priority
            else:
                certain = False
        return EffectiveDefinition(tuple(effective), certain and best is not None)


def option_of(chain: module_facts.Chain, side: Side) -> OptionKey | None:
    """Return the option that `chain` reads, in a module of `side`."""
    if (
        chain.origin is not module_facts.AliasOrigin.ARGUMENT
        or chain.root not in definition_index.CONFIGS
        or not chain.path
    ):
        return None
    return chain.path, definition_index.CONFIGS[chain.root] or side
