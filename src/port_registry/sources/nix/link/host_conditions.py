"""What holds on one host, as far as its files tell.

A small part of the module system: definitions by priority, under conditions that are looked
up in the same host, with the defaults of the options that its files declare. An option of
NixOS itself that nothing sets is off where it is an `enable`, and unknown else.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from port_registry.sources.nix.link.definition_index import (
    CONFIGS,
    DefinitionIndex,
    IndexedDefinition,
)
from port_registry.sources.nix.link.graph import ImportPlan
from port_registry.sources.nix.link.module_bodies import ModuleClass, Side
from port_registry.sources.nix.module_facts import (
    AliasOrigin,
    AttrPath,
    BoolValue,
    Chain,
    Guard,
    Link,
    Opaque,
    OptionDefinition,
)

MAX_DEPTH = 24
"""How many values, or conditions, are followed in a row."""

_MAX_STEPS = 48
"""How long the path of an option can be; longer ones are no options."""


class Truth(Enum):
    """Whether a condition holds."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "open"
    """It cannot be known."""


class AppliedDefinition(NamedTuple):
    """A definition that is part of a host."""

    file: str
    setting: AttrPath
    side: Side
    uncertain: bool
    """Whether it is only likely that the host has it."""
    definition: OptionDefinition


class EffectiveDefinition(NamedTuple):
    """What an option is defined as."""

    definitions: tuple[AppliedDefinition, ...]
    """The strongest definitions; more than one where they merge, or where conditions
    decide."""
    certain: bool
    """Whether they are what counts for certain."""


OptionKey = tuple[AttrPath, Side]
"""An option, and whose it is."""


class HostConditions:
    """What holds on one host."""

    def __init__(self, index: DefinitionIndex, plan: ImportPlan) -> None:
        self.index = index
        self.plan = plan
        self.depth = 0
        self._module_classes = frozenset([member.module_class for member in plan.members.values()])
        self._systemd_units: frozenset[str] | None = None
        self._truths: dict[OptionKey, Truth] = {}
        self._by_head: dict[AttrPath, list[AppliedDefinition]] = defaultdict(list)
        self._by_option: dict[OptionKey, list[AppliedDefinition]] = defaultdict(list)
        self._grouped = set[AttrPath]()
        self._by_prefix: dict[AttrPath, list[AppliedDefinition]] = defaultdict(list)
        self.active = list(index.active(plan.members))
        for held in self.active:
            hit = self.applied(held)
            self._by_head[hit.setting[:2]].append(hit)
            self._by_option[hit.setting, hit.side].append(hit)

    def applied(self, held: IndexedDefinition) -> AppliedDefinition:
        """Return a definition as part of the host."""
        stated, member = held.definition, self.plan.members[held.body]
        side = Side.USER if member.module_class is ModuleClass.HOME else stated.side
        file = self.index.files[held.body]
        return AppliedDefinition(file, stated.setting, side, member.uncertain, stated.definition)

    def heads(self, first: str) -> Iterator[tuple[str, str]]:
        """Yield the first two steps of what is set below `first`."""
        for head in self._by_head:
            if len(head) == 2 and head[0] == first and head[1] is not None:
                yield first, head[1]

    def systemd_units(self) -> frozenset[str]:
        """Return the units of systemd to which the host's files give ports."""
        if self._systemd_units is None:
            self._systemd_units = frozenset[str]().union(
                *map(self.index.systemd_units, self.plan.members)
            )
        return self._systemd_units

    def module_classes(self) -> frozenset[ModuleClass]:
        """Return the worlds that the host's modules belong to."""
        return self._module_classes

    def definitions_at(self, path: AttrPath, side: Side = Side.SYSTEM) -> list[AppliedDefinition]:
        """Return the definitions of `path` that may count."""
        found = self._by_option.get((path, side), ())
        return [hit for hit in found if self.holds(hit) is not Truth.NO]

    def definitions_below(
        self, root: AttrPath, side: Side = Side.SYSTEM
    ) -> list[AppliedDefinition]:
        """Return the definitions of options below `root`, of two steps at least, or at it."""
        found: Sequence[AppliedDefinition] = self._by_head.get(root[:2], ())
        if len(root) > 2 and found:
            found = self._within(root[:2], root)
        return [hit for hit in found if hit.side is side and self.holds(hit) is not Truth.NO]

    def _within(self, head: AttrPath, root: AttrPath) -> Sequence[AppliedDefinition]:
        """Return the definitions below `root`, which begins with `head`."""
        if head not in self._grouped:
            self._grouped.add(head)
            for hit in self._by_head[head]:
                for size in range(3, min(len(hit.setting), _MAX_STEPS) + 1):
                    self._by_prefix[hit.setting[:size]].append(hit)
        return self._by_prefix.get(root, ())

    def holds(self, hit: AppliedDefinition) -> Truth:
        """Return whether the conditions that `hit` stands under are met."""
        answer = self._all_hold(hit.definition.guards, hit.side)
        return Truth.UNKNOWN if hit.uncertain and answer is Truth.YES else answer

    def rules_out(self, guards: Sequence[Guard]) -> bool:
        """Return whether one of `guards` is surely not met."""
        return self._all_hold(guards, Side.SYSTEM) is Truth.NO

    def _all_hold(self, guards: Sequence[Guard], side: Side) -> Truth:
        answer = Truth.YES
        for guard in guards:
            one = Truth.UNKNOWN if guard.chain is None else self._chain_truth(guard.chain, side)
            if one is not Truth.UNKNOWN and (one is Truth.YES) is not guard.wanted:
                return Truth.NO
            if one is Truth.UNKNOWN:
                answer = one
        return answer

    def _chain_truth(self, chain: Chain, side: Side) -> Truth:
        """Return what a condition comes to."""
        if chain.path[-1:] == ("isLinux",) or chain.path[-1:] == ("isDarwin",):
            return self._runs_on(
                ModuleClass.DARWIN if chain.path[-1] == "isDarwin" else ModuleClass.NIXOS
            )
        path = option_of(chain, side)
        return Truth.UNKNOWN if path is None else self.truth(*path)

    def _runs_on(self, world: ModuleClass) -> Truth:
        """Return whether the host is one of `module_class`."""
        known = self._module_classes & {ModuleClass.NIXOS, ModuleClass.DARWIN}
        if not known:
            return Truth.UNKNOWN
        return Truth.YES if world in known else Truth.NO

    def truth(self, path: AttrPath, side: Side = Side.SYSTEM) -> Truth:
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

    def _evaluate(self, path: AttrPath, side: Side) -> Truth:
        if len(path) > _MAX_STEPS or self.is_set_above(path, side):
            return Truth.UNKNOWN
        chosen = self.effective(path, side)
        said = {self._value_truth(hit) for hit in chosen.definitions}
        if not chosen.certain:
            said.add(self._default_truth(path, side))
        return said.pop() if len(said) == 1 else Truth.UNKNOWN

    def _value_truth(self, hit: AppliedDefinition) -> Truth:
        value = hit.definition.value
        if isinstance(value, BoolValue):
            return Truth.YES if value.value else Truth.NO
        return (
            self._chain_truth(value.chain, hit.side) if isinstance(value, Link) else Truth.UNKNOWN
        )

    def _default_truth(self, path: AttrPath, side: Side) -> Truth:
        """Return what an option is where nothing sets it."""
        for body, option in self.index.declarations(path):
            if body in self.plan.members:
                value = option.default
                if isinstance(value, BoolValue):
                    return Truth.YES if value.value else Truth.NO
                if isinstance(value, Link):
                    return self._chain_truth(value.chain, side)
                return Truth.UNKNOWN if value is not None else Truth.NO
        last = path[-1] if path else None
        return Truth.NO if last is not None and last.startswith("enable") else Truth.UNKNOWN

    def is_set_above(self, path: AttrPath, side: Side = Side.SYSTEM) -> bool:
        """Return whether a set that holds `path` is given as a whole, by what is not known."""
        for size in range(2, min(len(path), _MAX_STEPS)):
            for hit in self.definitions_at(path[:size], side):
                if isinstance(hit.definition.value, (Link, Opaque)):
                    return True
        return False

    def effective(self, path: AttrPath, side: Side = Side.SYSTEM) -> EffectiveDefinition:
        """Return what `path` is defined as."""
        hits = sorted(
            self.definitions_at(path, side), key=lambda hit: hit.definition.priority.value
        )
        taken: list[AppliedDefinition] = []
        sure = True
        best: int | None = None
        for hit in hits:
            priority = hit.definition.priority.value
            if best is not None and priority > best:
                break
            taken.append(hit)
            if self.holds(hit) is Truth.YES:
                best = priority
            else:
                sure = False
        return EffectiveDefinition(tuple(taken), sure and best is not None)


def option_of(chain: Chain, side: Side) -> OptionKey | None:
    """Return the option that `chain` takes."""
    if chain.origin is not AliasOrigin.ARGUMENT or chain.root not in CONFIGS or not chain.path:
        return None
    users = CONFIGS[chain.root]
    return chain.path, users or side
