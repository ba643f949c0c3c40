"""What holds on one host, as far as its files tell.

A small part of the module system: definitions by priority, under conditions that are looked
up in the same host, with the defaults of the options that its files declare. An option of
NixOS itself that nothing sets is off where it is an `enable`, and unknown else.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from port_registry.sources.nix.link.definition_index import CONFIGS, DefinitionIndex, HeldDefinition
from port_registry.sources.nix.link.graph import ImportPlan
from port_registry.sources.nix.link.module_bodies import ModuleWorld, Side
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

MOST_DEPTH = 24
"""How many values, or conditions, are followed in a row."""

_MOST_STEPS = 48
"""How long the path of an option can be; longer ones are no options."""


class Truth(Enum):
    """Whether a condition holds."""

    YES = "yes"
    NO = "no"
    OPEN = "open"
    """It cannot be known."""


class AppliedDefinition(NamedTuple):
    """A definition that is part of a host."""

    file: str
    setting: AttrPath
    side: Side
    doubted: bool
    """Whether it is only likely that the host has it."""
    definition: OptionDefinition


class EffectiveDefinition(NamedTuple):
    """What an option is defined as."""

    hits: tuple[AppliedDefinition, ...]
    """The strongest definitions; more than one where they merge, or where conditions
    decide."""
    sure: bool
    """Whether they are what counts for certain."""


Asked = tuple[AttrPath, Side]
"""An option, and whose it is."""


class Conditions:
    """What holds on one host."""

    def __init__(self, index: DefinitionIndex, plan: ImportPlan) -> None:
        self.index = index
        self.plan = plan
        self.depth = 0
        self._worlds = frozenset([member.world for member in plan.members.values()])
        self._units: frozenset[str] | None = None
        self._truths: dict[Asked, Truth] = {}
        self._heads: dict[AttrPath, list[AppliedDefinition]] = defaultdict(list)
        self._exact: dict[Asked, list[AppliedDefinition]] = defaultdict(list)
        self._sorted = set[AttrPath]()
        self._below: dict[AttrPath, list[AppliedDefinition]] = defaultdict(list)
        self.live = list(index.live(plan.members))
        for held in self.live:
            hit = self.hit(held)
            self._heads[hit.setting[:2]].append(hit)
            self._exact[hit.setting, hit.side].append(hit)

    def hit(self, held: HeldDefinition) -> AppliedDefinition:
        """Return a definition as part of the host."""
        stated, member = held.stated, self.plan.members[held.body]
        side = Side.USER if member.world is ModuleWorld.HOME else stated.side
        file = self.index.files[held.body]
        return AppliedDefinition(file, stated.setting, side, member.doubted, stated.definition)

    def heads(self, first: str) -> Iterator[tuple[str, str]]:
        """Yield the first two steps of what is set below `first`."""
        for head in self._heads:
            if len(head) == 2 and head[0] == first and head[1] is not None:
                yield first, head[1]

    def units(self) -> frozenset[str]:
        """Return the units of systemd to which the host's files give ports."""
        if self._units is None:
            self._units = frozenset[str]().union(*map(self.index.units, self.plan.members))
        return self._units

    def worlds(self) -> frozenset[ModuleWorld]:
        """Return the worlds that the host's modules belong to."""
        return self._worlds

    def at(self, path: AttrPath, side: Side = Side.SYSTEM) -> list[AppliedDefinition]:
        """Return the definitions of `path` that may count."""
        found = self._exact.get((path, side), ())
        return [hit for hit in found if self.holds(hit) is not Truth.NO]

    def below(self, root: AttrPath, side: Side = Side.SYSTEM) -> list[AppliedDefinition]:
        """Return the definitions of options below `root`, of two steps at least, or at it."""
        found: Sequence[AppliedDefinition] = self._heads.get(root[:2], ())
        if len(root) > 2 and found:
            found = self._within(root[:2], root)
        return [hit for hit in found if hit.side is side and self.holds(hit) is not Truth.NO]

    def _within(self, head: AttrPath, root: AttrPath) -> Sequence[AppliedDefinition]:
        """Return the definitions below `root`, which begins with `head`."""
        if head not in self._sorted:
            self._sorted.add(head)
            for hit in self._heads[head]:
                for size in range(3, min(len(hit.setting), _MOST_STEPS) + 1):
                    self._below[hit.setting[:size]].append(hit)
        return self._below.get(root, ())

    def holds(self, hit: AppliedDefinition) -> Truth:
        """Return whether the conditions that `hit` stands under are met."""
        answer = self._all(hit.definition.guards, hit.side)
        return Truth.OPEN if hit.doubted and answer is Truth.YES else answer

    def rules_out(self, guards: Sequence[Guard]) -> bool:
        """Return whether one of `guards` is surely not met."""
        return self._all(guards, Side.SYSTEM) is Truth.NO

    def _all(self, guards: Sequence[Guard], side: Side) -> Truth:
        answer = Truth.YES
        for guard in guards:
            one = Truth.OPEN if guard.chain is None else self._asked(guard.chain, side)
            if one is not Truth.OPEN and (one is Truth.YES) is not guard.wanted:
                return Truth.NO
            if one is Truth.OPEN:
                answer = one
        return answer

    def _asked(self, chain: Chain, side: Side) -> Truth:
        """Return what a condition comes to."""
        if chain.path[-1:] == ("isLinux",) or chain.path[-1:] == ("isDarwin",):
            return self._runs_on(
                ModuleWorld.DARWIN if chain.path[-1] == "isDarwin" else ModuleWorld.NIXOS
            )
        path = option_of(chain, side)
        return Truth.OPEN if path is None else self.truth(*path)

    def _runs_on(self, world: ModuleWorld) -> Truth:
        """Return whether the host is one of `world`."""
        known = self._worlds & {ModuleWorld.NIXOS, ModuleWorld.DARWIN}
        if not known:
            return Truth.OPEN
        return Truth.YES if world in known else Truth.NO

    def truth(self, path: AttrPath, side: Side = Side.SYSTEM) -> Truth:
        """Return whether the option `path` is true."""
        key = (path, side)
        known = self._truths.get(key)
        if known is None:
            self._truths[key] = known = Truth.OPEN
            if self.depth < MOST_DEPTH:
                self.depth += 1
                known = self._truths[key] = self._weigh(path, side)
                self.depth -= 1
        return known

    def _weigh(self, path: AttrPath, side: Side) -> Truth:
        if len(path) > _MOST_STEPS or self.clouded(path, side):
            return Truth.OPEN
        chosen = self.chosen(path, side)
        said = {self._flag(hit) for hit in chosen.hits}
        if not chosen.sure:
            said.add(self._default(path, side))
        return said.pop() if len(said) == 1 else Truth.OPEN

    def _flag(self, hit: AppliedDefinition) -> Truth:
        value = hit.definition.value
        if isinstance(value, BoolValue):
            return Truth.YES if value.value else Truth.NO
        return self._asked(value.chain, hit.side) if isinstance(value, Link) else Truth.OPEN

    def _default(self, path: AttrPath, side: Side) -> Truth:
        """Return what an option is where nothing sets it."""
        for body, option in self.index.options(path):
            if body in self.plan.members:
                value = option.default
                if isinstance(value, BoolValue):
                    return Truth.YES if value.value else Truth.NO
                if isinstance(value, Link):
                    return self._asked(value.chain, side)
                return Truth.OPEN if value is not None else Truth.NO
        last = path[-1] if path else None
        return Truth.NO if last is not None and last.startswith("enable") else Truth.OPEN

    def clouded(self, path: AttrPath, side: Side = Side.SYSTEM) -> bool:
        """Return whether a set that holds `path` is given as a whole, by what is not known."""
        for size in range(2, min(len(path), _MOST_STEPS)):
            for hit in self.at(path[:size], side):
                if isinstance(hit.definition.value, (Link, Opaque)):
                    return True
        return False

    def chosen(self, path: AttrPath, side: Side = Side.SYSTEM) -> EffectiveDefinition:
        """Return what `path` is defined as."""
        hits = sorted(self.at(path, side), key=lambda hit: hit.definition.priority.value)
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


def option_of(chain: Chain, side: Side) -> Asked | None:
    """Return the option that `chain` takes."""
    if chain.origin is not AliasOrigin.ARGUMENT or chain.root not in CONFIGS or not chain.path:
        return None
    users = CONFIGS[chain.root]
    return chain.path, users or side
